//! Work whose instructions `.ci/instructions` counts: `list`, or a name and how often.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for the terminal")]

#[path = "../benches/fold/made_up.rs"]
#[expect(dead_code, reason = "the benchmarks need more of it")]
mod made_up;

use std::hint::black_box;

use made_up::MadeUp;
use weir_features::FeatureSet;
use weir_features::bulk::{KindFold, RowMarks};

/// Rows of a batch.
const BATCH: usize = 256;

/// Rows before those that are counted, so that windows are full: 40 days of the Handbook's payments.
const BEFORE: usize = 1_500 * BATCH;

/// Most times that anybody asks for.
const MOST: usize = 8;

const NAMES: [&str; 2] = ["fold, handbook", "fold, shop"];

#[expect(clippy::disallowed_methods, reason = "what to do is said by the arguments")]
fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [name, times] => run(name, times.parse().unwrap()),
        _ => NAMES.iter().for_each(|name| println!("{name}")),
    }
}

/// Folds `times` × 256 rows of every kind after those before.
fn run(name: &str, times: usize) {
    assert!(times <= MOST, "{times} times are too many");
    let size = BEFORE + MOST * BATCH;
    let (set, rows) = match name.ends_with("handbook") {
        true => (FeatureSet::handbook(), MadeUp::handbook(size)),
        false => (FeatureSet::full(), MadeUp::shop(size)),
    };
    let every = if name.ends_with("handbook") { 1 } else { 4 };
    let wanted: Vec<usize> = (0..set.features().len()).step_by(every).collect();
    for kind in set.kinds().iter().copied() {
        let mut fold = KindFold::new(&set, kind, &wanted);
        let mut columns = vec![Vec::new(); fold.positions().len()];
        let mut marks = vec![RowMarks::default(); BATCH];
        for start in (0..BEFORE + times * BATCH).step_by(BATCH) {
            let labels = rows.labels(start, start + BATCH);
            let batch = rows.batch(start, start + BATCH, &labels);
            fold.fold(&batch, &mut columns, &mut marks).unwrap();
            black_box(&columns);
        }
    }
}
