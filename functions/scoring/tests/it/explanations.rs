//! `TreeSHAP` against Shapley values by all subsets.

use proptest::prelude::*;

use crate::forests::{Branch, FEATURES, forest, forest_file, row, scorer, vector_of};

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
}
