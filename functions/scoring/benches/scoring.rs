//! Throughput of scores and explanations, and loading a large model; one core.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on fails")]

mod synthetic;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use synthetic::{Shape, USUAL, columns, file, scorer, vectors, width};
use weir_features::FeatureSet;
use weir_scoring::{Explanation, Model, Scorer, Scratch};

fn main() {
    divan::main();
}

/// The large model that must load fast.
const LARGE: Shape = Shape { trees: 1_000, depth: 6, features: 200 };

/// Rows of a block.
const ROWS: usize = 1_024;

#[divan::bench]
fn single(bencher: Bencher) {
    let (scorer, width, vectors) = (scorer(USUAL), width(), vectors(ROWS));
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| {
        for vector in vectors.chunks_exact(width) {
            black_box(scorer.score(vector));
        }
    });
}

#[divan::bench]
fn block_of_columns(bencher: Bencher) {
    let (scorer, vectors) = (scorer(USUAL), vectors(ROWS));
    let columns = columns(&vectors, &scorer);
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let (mut scratch, mut scores) = (Scratch::default(), Vec::with_capacity(ROWS));
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| {
        scores.clear();
        scorer.score_columns(&columns, 0..ROWS, &mut scratch, &mut scores).unwrap();
        black_box(&scores);
    });
}

#[divan::bench]
fn block_of_rows(bencher: Bencher) {
    let (scorer, width, vectors) = (scorer(USUAL), width(), vectors(ROWS));
    let (mut scratch, mut scores) = (Scratch::default(), Vec::with_capacity(ROWS));
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| {
        scores.clear();
        scorer.score_rows(&vectors, width, &mut scratch, &mut scores).unwrap();
        black_box(&scores);
    });
}

#[divan::bench]
fn explanation(bencher: Bencher) {
    let (scorer, width, vectors) = (scorer(USUAL), width(), vectors(64));
    let (mut scratch, mut explanation) = (Scratch::default(), Explanation::default());
    bencher.counter(ItemsCount::new(64_usize)).bench_local(|| {
        for vector in vectors.chunks_exact(width) {
            scorer.explain_into(vector, &mut scratch, &mut explanation);
            black_box(&explanation);
        }
    });
}

#[divan::bench]
fn load_read_and_check(bencher: Bencher) {
    let bytes = file(LARGE).to_json().unwrap();
    bencher.counter(BytesCount::of_slice(&bytes)).bench_local(|| Model::from_json(&bytes).unwrap());
}

#[divan::bench]
fn load_and_lay_out(bencher: Bencher) {
    let set = FeatureSet::full();
    let bytes =
        file(Shape { features: LARGE.features.min(set.features().len()), ..LARGE }).to_json().unwrap();
    bencher
        .counter(BytesCount::of_slice(&bytes))
        .bench_local(|| Scorer::bind(Model::from_json(&bytes).unwrap(), &set).unwrap());
}
