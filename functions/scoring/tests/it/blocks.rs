//! Blocks of vectors: the bits of one vector at a time, whatever the trees.

use proptest::prelude::*;
use weir_scoring::{BlockError, ModelFile, Score, Scratch};

use crate::forests::scorer;
use crate::plain;
use crate::shapes::{model, vectors, width};

/// Asserts that blocks of columns, blocks of rows, single vectors and the plain walk agree in every bit.
fn assert_agreement(file: &ModelFile, vectors: &[f64], from: usize, scratch: &mut Scratch) {
    let scorer = scorer(file);
    let rows = vectors.len() / width();
    let place_of = |place: &usize| vectors.iter().skip(*place).step_by(width()).copied().collect();
    let columns: Vec<Vec<f64>> = scorer.places().iter().map(place_of).collect();
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let (mut by_columns, mut by_rows) = (Vec::new(), Vec::new());
    scorer.score_columns(&columns, from..rows, scratch, &mut by_columns).unwrap();
    scorer.score_rows(&vectors[from * width()..], width(), scratch, &mut by_rows).unwrap();
    let bits = |score: &Score| (score.raw.to_bits(), score.calibrated.to_bits());
    let single: Vec<_> =
        vectors.chunks_exact(width()).skip(from).map(|vector| bits(&scorer.score(vector))).collect();
    assert_eq!(by_columns.iter().map(bits).collect::<Vec<_>>(), single);
    assert_eq!(by_rows.iter().map(bits).collect::<Vec<_>>(), single);
    for (row, (raw, calibrated)) in (from..rows).zip(single) {
        let row: Vec<f64> = columns.iter().map(|column| column[row]).collect();
        let plain = plain::raw(file, &row);
        assert_eq!(raw, plain.to_bits());
        assert_eq!(calibrated, scorer.calibrate(plain).to_bits());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn blocks_singles_and_the_plain_walk_give_the_same_bits(
        seed in any::<u64>(),
        features in 1_usize..40,
        depths in prop::collection::vec(0_usize..11, 0..12),
        branching in 4_u64..17,
        rows in 0_usize..150,
        from in 0_usize..150,
    ) {
        let file = model(seed, features, &depths, branching);
        assert_agreement(&file, &vectors(seed ^ 1, rows), from.min(rows), &mut Scratch::default());
    }
}

#[test]
fn chains_as_deep_as_is_allowed_agree_too() {
    let file = model(5, 12, &[64, 9, 8, 33, 0, 64], 1);
    assert_agreement(&file, &vectors(6, 70), 0, &mut Scratch::default());
}

#[test]
fn one_memory_serves_models_of_any_width_in_any_order() {
    let mut scratch = Scratch::default();
    let vectors = vectors(8, 65);
    for features in [3, width(), 1, 40, width()] {
        let file = model(7, features, &[6; 40], 16);
        assert_agreement(&file, &vectors, 1, &mut scratch);
        scorer(&file).explain_into(&vectors, &mut scratch, &mut Default::default());
    }
}

#[test]
fn scores_are_appended() {
    let scorer = scorer(&model(1, 2, &[2], 16));
    let mut scores = vec![Score { raw: 7.0, calibrated: 0.7 }];
    scorer.score_rows(&vectors(2, 3), width(), &mut Scratch::default(), &mut scores).unwrap();
    assert_eq!((scores.len(), scores[0].raw), (4, 7.0));
}

#[test]
fn a_block_laid_out_wrongly_is_refused_and_says_how() {
    let scorer = scorer(&model(1, 2, &[2], 16));
    let (mut scratch, mut scores) = (Scratch::default(), Vec::new());
    let column: &[f64] = &[1.0, 2.0];
    let mut by_columns =
        |columns: &[&[f64]], rows| scorer.score_columns(columns, rows, &mut scratch, &mut scores);
    assert_eq!(by_columns(&[column], 0..1), Err(BlockError::Columns { found: 1, expected: 2 }));
    let short = BlockError::Rows { place: 1, found: 1, expected: 2 };
    assert_eq!(by_columns(&[column, &column[..1]], 0..2), Err(short));
    assert_eq!(by_columns(&[column, column], 2..2), Ok(()));
    let width = BlockError::Width { found: 5, width: 2 };
    assert_eq!(scorer.score_rows(&[0.0; 5], 2, &mut scratch, &mut scores), Err(width));
    assert!(scorer.score_rows(&[], 0, &mut scratch, &mut scores).is_err());
    assert!(scores.is_empty());
}
