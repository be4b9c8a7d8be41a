//! Scores and explains rows of a file, and times it, for `.ci/figures-shap`.
//!
//! `features N` prints the ids of the first N features of the full set. `MODEL ROWS OUTPUT` reads a model and rows of
//! its features (f64, little endian), writes raw score, base value and contributions of each row, and prints the best
//! time of a row in nanoseconds, for contributions, a block of scores and a single score.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a tool that measures and talks to a script"
)]

use std::time::Instant;

use anyhow::{Context, Result};
use weir_features::FeatureSet;
use weir_scoring::{Explanation, Model, Scorer, Scratch};

/// The best of so many runs is given.
const RUNS: usize = 5;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let set = FeatureSet::full();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["features", count] => {
            set.features().iter().take(count.parse()?).for_each(|feature| println!("{}", feature.id));
            Ok(())
        }
        [model, rows, output] => {
            let scorer = Scorer::bind(Model::from_json(&std::fs::read(model)?)?, &set)?;
            let vectors = vectors(&std::fs::read(rows)?, &scorer, set.features().len());
            explain(&scorer, &vectors, set.features().len(), output)
        }
        _ => anyhow::bail!("usage: explain_file features N | MODEL ROWS OUTPUT"),
    }
}

/// Vectors of the set out of rows of the model's features.
fn vectors(bytes: &[u8], scorer: &Scorer, width: usize) -> Vec<f64> {
    let (numbers, _) = bytes.as_chunks::<8>();
    let mut vectors = Vec::new();
    for row in numbers.chunks_exact(scorer.places().len()) {
        let start = vectors.len();
        vectors.resize(start + width, f64::NAN);
        for (place, number) in scorer.places().iter().zip(row) {
            vectors[start + place] = f64::from_le_bytes(*number);
        }
    }
    vectors
}

fn explain(scorer: &Scorer, vectors: &[f64], width: usize, output: &str) -> Result<()> {
    let (mut scratch, mut explanation, mut scores) = (Scratch::default(), Explanation::default(), Vec::new());
    let mut best = [f64::INFINITY; 3];
    let mut bytes = Vec::new();
    for _ in 0..RUNS {
        bytes.clear();
        let numbers = scorer.features().len() + 2;
        bytes.reserve(vectors.len() / width * numbers * 8);
        let start = Instant::now();
        for vector in vectors.chunks_exact(width) {
            scorer.explain_into(vector, &mut scratch, &mut explanation);
            bytes.extend([0; 8]);
            bytes.extend(explanation.base.to_le_bytes());
            explanation.contributions.iter().for_each(|number| bytes.extend(number.to_le_bytes()));
        }
        keep_best(&mut best[0], start);
        scores.clear();
        let start = Instant::now();
        scorer.score_rows(vectors, width, &mut scratch, &mut scores)?;
        keep_best(&mut best[1], start);
        let start = Instant::now();
        let sum: f64 = vectors.chunks_exact(width).map(|vector| scorer.score(vector).raw).sum();
        keep_best(&mut best[2], start);
        std::hint::black_box(sum);
        for (row, score) in bytes.chunks_exact_mut(numbers * 8).zip(&scores) {
            row[..8].copy_from_slice(&score.raw.to_le_bytes());
        }
    }
    std::fs::write(output, bytes).context("cannot write the output")?;
    let rows = (vectors.len() / width) as f64;
    println!("{:.0} {:.0} {:.0}", best[0] / rows, best[1] / rows, best[2] / rows);
    Ok(())
}

fn keep_best(best: &mut f64, start: Instant) {
    *best = best.min(start.elapsed().as_nanos() as f64);
}
