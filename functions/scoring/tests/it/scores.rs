//! Scores.

use proptest::prelude::*;
use weir_scoring::{Model, Node, Tree};

use crate::forests::{file, forest, forest_file, row, scorer, vector, vector_of};

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_score_is_the_sum_of_the_leaves_reached(forest in forest(), row in row()) {
        let score = scorer(&forest_file(&forest)).score(&vector_of(&row));
        let raw = forest.iter().fold(-1.25, |sum, tree| sum + tree.expectation(&row, &|_| true));
        prop_assert_eq!(score.raw.to_bits(), raw.to_bits());
        prop_assert!((0.0..=1.0).contains(&score.calibrated));
    }

    #[test]
    fn a_model_written_and_read_is_the_same(forest in forest()) {
        let file = forest_file(&forest);
        let bytes = file.to_json().unwrap();
        let model = Model::from_json(&bytes).unwrap();
        prop_assert_eq!(model.file(), &file);
        prop_assert_eq!(model.file().to_json().unwrap(), bytes);
    }
}

#[test]
fn the_threshold_itself_goes_left_and_a_missing_value_its_own_way() {
    let split = |missing_left| Tree {
        nodes: vec![
            Node::Split { feature: 0, threshold: 5.0, missing_left, left: 1, right: 2, cover: 2.0 },
            Node::Leaf { value: -1.0, cover: 1.0 },
            Node::Leaf { value: 1.0, cover: 1.0 },
        ],
    };
    let scorer = scorer(&file(&["amount"], vec![split(true), split(false), split(false)]));
    let raw = |amount| scorer.score(&vector(&[("amount", amount)])).raw + 1.25;
    assert_eq!([raw(5.0), raw(5.1), raw(f64::NAN)], [-3.0, 3.0, 1.0]);
    assert_eq!(scorer.score(&[]).raw + 1.25, 1.0);
}

#[test]
fn the_golden_score_is_the_same_on_every_machine() {
    let leaf = Tree { nodes: vec![Node::Leaf { value: 0.7, cover: 1.0 }] };
    let score = scorer(&file(&["amount"], vec![leaf; 3])).score(&[]);
    assert_eq!(score.raw.to_bits(), 0x3feb_3333_3333_3332);
    assert_eq!(score.calibrated.to_bits(), 0x3fe5_f117_6c1c_3c3f);
}
