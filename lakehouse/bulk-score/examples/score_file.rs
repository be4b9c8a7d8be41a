//! Scores a file as `weir score` does and prints the rate: `score_file FILE MODEL OUTPUT [THREADS] [TIMES]`.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use std::time::Instant;

use weir_bulk_score::{Request, score};
use weir_features::FeatureSet;
use weir_keyring::Pseudonyms;
use weir_scoring::{DEFAULT_POLICY, Model, Policy, Scorer};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, model, output, rest @ ..] = &arguments[..] else {
        return Err("usage: score_file FILE MODEL OUTPUT [THREADS] [TIMES]".into());
    };
    let threads = rest.first().map_or(Ok(1), |text| text.parse())?;
    let times = rest.get(1).map_or(Ok(1), |text| text.parse())?;
    let model = Model::from_json(&std::fs::read(model)?)?;
    let request = Request {
        file: file.into(),
        output: output.into(),
        with_reasons: false,
        scorer: Scorer::bind(model, &FeatureSet::full())?,
        policy: Policy::from_json(DEFAULT_POLICY.as_bytes())?,
        pseudonyms: Pseudonyms::for_one_process(),
        currency: "USD".parse()?,
        label_delay_days: 7,
        mapping: None,
        limit: None,
        threads,
    };
    for _ in 0..times {
        let started = Instant::now();
        let summary = score(&request, &|_| {})?;
        let seconds = started.elapsed().as_secs_f64();
        println!("{threads} threads: {:.0}/s, {summary:?}", summary.rows as f64 / seconds);
    }
    Ok(())
}
