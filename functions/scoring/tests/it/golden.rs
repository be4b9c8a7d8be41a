//! Scores and contributions of a fixed model, to the bit: they are the same on every machine and in every version.
//!
//! The model has trees of one leaf, shallow ones, the deepest that is filled up, deep ones and the deepest that is
//! taken; its thresholds are whole numbers, and so are most values, so that many lie on a threshold.

use weir_features::FeatureSet;
use weir_scoring::{Explanation, Model, Score, Scorer, Scratch};

const MODEL: &[u8] = include_bytes!("../golden/model.json");
/// One line a row after the header: values of the model's features, raw score, probability, base value and
/// contributions, each number as 16 hex digits of its bits.
const ROWS: &str = include_str!("../golden/rows.tsv");

fn scorer() -> Scorer {
    Scorer::bind(Model::from_json(MODEL).unwrap(), &FeatureSet::full()).unwrap()
}

/// The values of each row.
fn rows() -> Vec<Vec<f64>> {
    let number = |hex: &str| f64::from_bits(u64::from_str_radix(hex, 16).unwrap());
    let values = |line: &str| line.split('\t').next().unwrap().split(' ').map(number).collect();
    ROWS.lines().skip(1).map(values).collect()
}

fn line(values: &[f64], score: Score, explanation: &Explanation) -> String {
    let numbers =
        [values, &[score.raw], &[score.calibrated], &[explanation.base], &explanation.contributions];
    let hex = |number: &f64| format!("{:016x}", number.to_bits());
    numbers.map(|part| part.iter().map(hex).collect::<Vec<_>>().join(" ")).join("\t")
}

#[test]
fn the_golden_model_gives_the_golden_scores_and_contributions() {
    let (scorer, rows) = (scorer(), rows());
    let mut scratch = Scratch::default();
    let columns: Vec<Vec<f64>> =
        (0..scorer.places().len()).map(|place| rows.iter().map(|row| row[place]).collect()).collect();
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let mut scores = Vec::new();
    scorer.score_columns(&columns, 0..rows.len(), &mut scratch, &mut scores).unwrap();
    let mut found = ROWS.lines().next().unwrap().to_owned() + "\n";
    for (row, score) in rows.iter().zip(scores) {
        let mut vector = vec![f64::NAN; FeatureSet::full().features().len()];
        scorer.places().iter().zip(row).for_each(|(place, value)| vector[*place] = *value);
        assert_eq!(scorer.score(&vector), score);
        found += &(line(row, score, &scorer.explain(&vector)) + "\n");
    }
    if found != ROWS {
        let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/rows.tsv");
        write(path, &found);
        panic!("numbers differ from tests/golden/rows.tsv; if that is meant, replace it by {path}");
    }
}

#[expect(clippy::disallowed_methods, reason = "the test leaves what it found, for comparison")]
fn write(path: &str, found: &str) {
    std::fs::write(path, found).unwrap();
}

#[test]
fn the_golden_rows_hold_what_is_easily_done_wrong() {
    let values: Vec<f64> = rows().concat();
    assert!(values.iter().any(|value| value.is_nan()), "a missing value");
    assert!(values.contains(&f64::INFINITY) && values.contains(&f64::NEG_INFINITY), "values without end");
    let scorer = scorer();
    let thresholds = scorer.model().file().trees.iter().flat_map(|tree| tree.nodes.clone()).filter_map(
        |node| match node {
            weir_scoring::Node::Split { feature, threshold, .. } => Some((feature, threshold)),
            weir_scoring::Node::Leaf { .. } => None,
        },
    );
    let is_met = |(feature, threshold): (usize, f64)| rows().iter().any(|row| row[feature] == threshold);
    assert!(thresholds.filter(|threshold| is_met(*threshold)).count() > 50, "values on thresholds");
}
