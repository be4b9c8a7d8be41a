//! Work whose instructions `.ci/instructions` counts: `list`, or a name and how often.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for the terminal")]

#[path = "../benches/synthetic/mod.rs"]
mod synthetic;

use std::hint::black_box;

use synthetic::{Shape, USUAL, columns, file, scorer, vectors, width};
use weir_features::FeatureSet;
use weir_scoring::{Explanation, Model, Scorer, Scratch};

/// Rows that are prepared once.
const ROWS: usize = 256;

const NAMES: [&str; 5] =
    ["single score", "block of columns", "block of rows", "explanation", "load, a tree as a row"];

#[expect(clippy::disallowed_methods, reason = "what to do is said by the arguments")]
fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [name, times] => run(name, times.parse().unwrap()),
        _ => NAMES.iter().for_each(|name| println!("{name}")),
    }
}

/// Does the named work on `times` × 256 rows.
fn run(name: &str, times: usize) {
    if name.starts_with("load") {
        return load(times);
    }
    let (scorer, vectors) = (scorer(USUAL), vectors(ROWS));
    let (width, columns) = (width(), columns(&vectors, &scorer));
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let (mut scratch, mut scores) = (Scratch::default(), Vec::with_capacity(ROWS));
    let mut explanation = Explanation::default();
    for _ in 0..times {
        scores.clear();
        match name {
            "single score" => scores.extend(vectors.chunks_exact(width).map(|vector| scorer.score(vector))),
            "block of columns" => scorer.score_columns(&columns, 0..ROWS, &mut scratch, &mut scores).unwrap(),
            "block of rows" => scorer.score_rows(&vectors, width, &mut scratch, &mut scores).unwrap(),
            _ => vectors.chunks_exact(width).for_each(|vector| {
                scorer.explain_into(vector, &mut scratch, &mut explanation);
                black_box(&explanation);
            }),
        }
        black_box(&scores);
    }
}

/// Reads a model of 256 trees, checks it and lays it out.
fn load(times: usize) {
    let bytes = file(Shape { trees: ROWS, ..USUAL }).to_json().unwrap();
    for _ in 0..times {
        let model = Model::from_json(&bytes).unwrap();
        black_box(Scorer::bind(model, &FeatureSet::full()).unwrap());
    }
}
