//! Gradient boosting with logistic loss.

use weir_scoring::Tree;

use crate::Boosting;
use crate::bins::Binned;
use crate::grow::{grow, rounded};
use crate::histogram::Sums;

/// 1 / (1 + exp(−x)); `exp` from `libm`, equal everywhere.
pub(crate) fn sigmoid(log_odds: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-log_odds))
}

/// Trees and where they start from.
pub(crate) struct Boosted {
    pub(crate) base_score: f64,
    pub(crate) trees: Vec<Tree>,
}

/// Grows trees one after the other, each on what the ones before it leave. There must be frauds and legits.
pub(crate) fn boost(binned: &Binned, truths: &[bool], settings: &Boosting) -> Boosted {
    let frauds = truths.iter().filter(|is_fraud| **is_fraud).count() as f64;
    let base_score = rounded(libm::log(frauds / (truths.len() as f64 - frauds)));
    let mut scores = vec![base_score; truths.len()];
    let trees = (0..settings.trees)
        .map(|_| {
            let derivatives: Vec<Sums> =
                scores.iter().zip(truths).map(|(score, truth)| loss(*score, *truth)).collect();
            grow(binned, &derivatives, settings, &mut scores)
        })
        .collect();
    Boosted { base_score, trees }
}

/// Derivatives of the logistic loss by the score.
fn loss(score: f64, is_fraud: bool) -> Sums {
    let probability = sigmoid(score);
    let truth = if is_fraud { 1.0 } else { 0.0 };
    Sums::of(probability - truth, probability * (1.0 - probability))
}

#[cfg(test)]
#[path = "boost_tests.rs"]
mod tests;
