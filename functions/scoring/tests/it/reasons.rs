//! Reasons.

use weir_scoring::{Explanation, MOST_REASONS, Node, Tree};

use crate::forests::{file, scorer, vector};

const NAMES: [&str; 8] = [
    "device_distinct_cards_1h",
    "device_distinct_cards_1d",
    "customer_amount_ratio_30d",
    "customer_amount_z_score_7d",
    "customer_first_use_card",
    "merchant_fraud_rate_7d_delayed",
    "card_seconds_since_last",
    "is_weekend",
];

fn explained(contributions: [f64; 8]) -> Vec<weir_events::Reason> {
    let mut model = file(&NAMES, vec![Tree { nodes: vec![Node::Leaf { value: 0.0, cover: 1.0 }] }]);
    let usual = [1.0, 1.0, 1.0, 0.0, 0.0, 0.005, 259_200.0, 0.0];
    for (feature, usual) in model.features.iter_mut().zip(usual) {
        feature.usual = Some(usual);
    }
    let values = [4.0, 5.0, 6.3, 3.4, 1.0, 0.25, 42.0, 0.0];
    let values: Vec<_> = NAMES.into_iter().zip(values).chain([("amount", 812.0)]).collect();
    let explanation = Explanation { base: 0.0, contributions: contributions.to_vec() };
    scorer(&model).reasons(&vector(&values), &explanation)
}

#[test]
fn reasons_are_the_strongest_positive_contributions_in_words() {
    let reasons = explained([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]);
    let texts: Vec<_> = reasons.iter().map(|reason| reason.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "4 cards from this device in the last hour; usual: 1",
            "amount 812.00 is 6.3 times this customer's 30-day mean; usual: 1.0",
            "first time this customer uses this card",
            "25% of the transactions at this merchant in the 7 days that ended 7 days ago were fraud; usual: 0.5%",
            "last transaction with this card 42 seconds before; usual: 3 days",
        ]
    );
    assert_eq!(reasons.len(), MOST_REASONS);
    assert_eq!((reasons[0].value, reasons[0].usual, reasons[0].contribution), (Some(4.0), Some(1.0), 0.9));
}

#[test]
fn what_lowers_the_score_is_no_reason_and_of_one_statement_the_strongest_window_stands() {
    let reasons = explained([0.1, 0.8, -0.7, 0.6, -0.5, 0.0, -0.3, 0.2]);
    let features: Vec<_> = reasons.iter().map(|reason| reason.feature.as_str()).collect();
    assert_eq!(features, ["device_distinct_cards_1d", "customer_amount_z_score_7d", "is_weekend"]);
}

#[test]
fn nothing_raises_the_score_of_nothing() {
    assert!(explained([0.0; 8]).is_empty());
}
