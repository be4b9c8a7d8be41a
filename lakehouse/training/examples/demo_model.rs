//! Makes the bundled model, and measures it on another shop: `cargo run --release -p weir-training --example demo_model [FOLDER]`.

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::path::PathBuf;

use weir_features::FeatureSet;
use weir_generator::Generator;
use weir_scoring::{Model, Scorer};
use weir_training::{demo_settings, evaluate, generated, train};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let demo = demo_settings();
    let set = FeatureSet::full();
    let trained = train(generated(Generator::new(demo.shop.clone())?), &set, &demo.training)?;
    println!("{}", trained.report);
    if let Some(folder) = std::env::args().nth(1).map(PathBuf::from) {
        std::fs::write(folder.join("demo.json"), &trained.model)?;
        std::fs::write(folder.join("demo.policy.json"), &trained.policy)?;
    }
    let scorer = Scorer::bind(Model::from_json(&trained.model)?, &set)?;
    let others = [
        weir_generator::Settings { seed: demo.shop.seed + 1, ..demo.shop.clone() },
        weir_generator::Settings {
            seed: 1,
            days: 60,
            transactions: 60_000,
            ..weir_generator::Settings::default()
        },
    ];
    for other in others {
        let measured = evaluate(
            generated(Generator::new(other)?),
            &set,
            &scorer,
            trained.report.thresholds,
            &demo.training,
        )?;
        println!("{measured}");
    }
    Ok(())
}
