//! `TreeSHAP` against Shapley values by all subsets.

use proptest::prelude::*;

use weir_scoring::{Explanation, Scratch};

use crate::forests::{Branch, FEATURES, forest, forest_file, row, scorer, vector_of};
use crate::plain;
use crate::shapes::{model, vectors, width};

/// Shapley value of a feature: its mean gain over every order in which features become known.
fn shapley(forest: &[Branch], row: &[f64], feature: usize) -> f64 {
    let gain = |known: usize| {
        let expected = |known: usize| -> f64 {
            forest.iter().map(|tree| tree.expectation(row, &|other| known & (1 << other) != 0)).sum()
        };
        expected(known | (1 << feature)) - expected(known)
    };
    let subsets = (0..1_usize << FEATURES).filter(|known| known & (1 << feature) == 0);
    subsets.map(|known| weight(known.count_ones() as usize) * gain(known)).sum()
}

/// Share of the orders in which exactly these `size` features come before.
fn weight(size: usize) -> f64 {
    let factorial = |number: usize| (1..=number).product::<usize>() as f64;
    factorial(size) * factorial(FEATURES - size - 1) / factorial(FEATURES)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn contributions_are_shapley_values(forest in forest(), row in row()) {
        let explanation = scorer(&forest_file(&forest)).explain(&vector_of(&row));
        for feature in 0..FEATURES {
            let (found, expected) = (explanation.contributions[feature], shapley(&forest, &row, feature));
            prop_assert!((found - expected).abs() < 1e-9, "feature {feature}: {found} instead of {expected}");
        }
    }

    #[test]
    fn base_and_contributions_sum_up_to_the_raw_score(forest in forest(), row in row()) {
        let scorer = scorer(&forest_file(&forest));
        let explanation = scorer.explain(&vector_of(&row));
        let sum = explanation.base + explanation.contributions.iter().sum::<f64>();
        prop_assert!((sum - scorer.score(&vector_of(&row)).raw).abs() < 1e-9);
    }

    #[test]
    fn contributions_are_those_of_the_published_algorithm_and_memory_leaves_no_trace(
        seed in any::<u64>(),
        features in 1_usize..24,
        depths in prop::collection::vec(0_usize..9, 1..4),
        branching in 1_u64..17,
    ) {
        let file = model(seed, features, &depths, branching);
        let (scorer, vectors) = (scorer(&file), vectors(seed ^ 1, 3));
        let (mut scratch, mut explanation) = (Scratch::default(), Explanation::default());
        for vector in vectors.chunks_exact(width()) {
            scorer.explain_into(vector, &mut scratch, &mut explanation);
            prop_assert_eq!(&explanation, &scorer.explain(vector));
            let row: Vec<f64> = scorer.places().iter().map(|place| vector[*place]).collect();
            for (found, expected) in explanation.contributions.iter().zip(plain::contributions(&file, &row)) {
                prop_assert!((found - expected).abs() < 1e-9, "{found} instead of {expected}");
            }
        }
    }
}

/// The published algorithm loses digits on long ways, since it divides; here the sum tells.
#[test]
fn deep_trees_of_many_features_sum_up_to_the_raw_score() {
    for depth in [10, 17, 33, 64] {
        let file = model(depth as u64, width(), &[depth; 3], 2);
        let (scorer, vectors) = (scorer(&file), vectors(3, 8));
        for vector in vectors.chunks_exact(width()) {
            let Explanation { base, contributions } = scorer.explain(vector);
            let sum = base + contributions.iter().sum::<f64>();
            assert!((sum - scorer.score(vector).raw).abs() < 1e-9, "{depth}: {sum}");
        }
    }
}
