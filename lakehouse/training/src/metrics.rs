//! How good probabilities and thresholds are.

use serde::Serialize;

use crate::Thresholds;

/// What a threshold catches.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Cut {
    /// Probabilities from here on are caught.
    pub threshold: f64,
    /// Frauds caught.
    pub true_positives: u64,
    /// Legitimate transactions caught.
    pub false_positives: u64,
    /// Frauds missed.
    pub false_negatives: u64,
    /// Legitimate transactions let through.
    pub true_negatives: u64,
    /// Share of frauds that are caught; `None` without fraud.
    pub recall: Option<f64>,
    /// Share of the caught that are fraud; `None` if nothing was caught.
    pub precision: Option<f64>,
}

/// Measures of some rows whose truth is known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Metrics {
    /// Rows.
    pub rows: usize,
    /// Frauds among them.
    pub frauds: usize,
    /// Share of fraud.
    pub fraud_share: Option<f64>,
    /// Chance that a fraud scores higher than a legitimate transaction, ties half; `None` without both.
    pub roc_auc: Option<f64>,
    /// Mean precision at each fraud found from the top down, equal scores together; `None` without fraud.
    pub average_precision: Option<f64>,
    /// Mean squared distance of probability and truth.
    pub brier: Option<f64>,
    /// At the review threshold: review and decline together.
    pub review: Cut,
    /// At the decline threshold.
    pub decline: Cut,
}

impl Metrics {
    /// Measures probabilities against truths.
    pub(crate) fn new(probabilities: &[f64], truths: &[bool], thresholds: Thresholds) -> Self {
        let ranking = Ranking::new(probabilities, truths);
        let pairs = || probabilities.iter().copied().zip(truths.iter().copied());
        let squares: f64 = pairs().map(|(probability, truth)| square(probability, truth)).sum();
        Self {
            rows: truths.len(),
            frauds: ranking.frauds as usize,
            fraud_share: share(ranking.frauds, truths.len() as u64),
            roc_auc: ranking.roc_auc(),
            average_precision: ranking.average_precision(),
            brier: (!truths.is_empty()).then(|| squares / truths.len() as f64),
            review: Cut::new(pairs(), thresholds.review_at),
            decline: Cut::new(pairs(), thresholds.decline_at),
        }
    }
}

fn square(probability: f64, truth: bool) -> f64 {
    let distance = if truth { 1.0 - probability } else { probability };
    distance * distance
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

impl Cut {
    fn new(pairs: impl Iterator<Item = (f64, bool)>, threshold: f64) -> Self {
        let mut counts = [[0_u64; 2]; 2];
        for (probability, truth) in pairs {
            counts[usize::from(probability >= threshold)][usize::from(truth)] += 1;
        }
        let [[true_negatives, false_negatives], [false_positives, true_positives]] = counts;
        Self {
            threshold,
            true_positives,
            false_positives,
            false_negatives,
            true_negatives,
            recall: share(true_positives, true_positives + false_negatives),
            precision: share(true_positives, true_positives + false_positives),
        }
    }
}

/// Rows with equal scores: how many are legitimate and how many fraud.
struct Group {
    score: f64,
    legits: u64,
    frauds: u64,
}

/// Rows grouped by score, highest first.
pub(crate) struct Ranking {
    groups: Vec<Group>,
    legits: u64,
    frauds: u64,
}

impl Ranking {
    pub(crate) fn new(scores: &[f64], truths: &[bool]) -> Self {
        let mut pairs: Vec<(f64, bool)> = scores.iter().copied().zip(truths.iter().copied()).collect();
        pairs.sort_unstable_by(|left, right| right.0.total_cmp(&left.0));
        let groups: Vec<Group> = pairs
            .chunk_by(|left, right| left.0 == right.0)
            .map(|group| {
                let frauds = group.iter().filter(|(_, is_fraud)| *is_fraud).count() as u64;
                Group { score: group[0].0, legits: group.len() as u64 - frauds, frauds }
            })
            .collect();
        let frauds = groups.iter().map(|group| group.frauds).sum();
        Self { legits: pairs.len() as u64 - frauds, frauds, groups }
    }

    /// Scores from the highest down, each with the rows and frauds that stand at or above it.
    pub(crate) fn descend(&self) -> impl Iterator<Item = (f64, u64, u64)> {
        self.groups.iter().scan((0, 0), |(rows, frauds), group| {
            *rows += group.legits + group.frauds;
            *frauds += group.frauds;
            Some((group.score, *rows, *frauds))
        })
    }

    fn roc_auc(&self) -> Option<f64> {
        let mut frauds_above = 0;
        let mut twice_won = 0;
        for group in &self.groups {
            twice_won += group.legits * (2 * frauds_above + group.frauds);
            frauds_above += group.frauds;
        }
        share(twice_won, 2 * self.frauds * self.legits)
    }

    fn average_precision(&self) -> Option<f64> {
        let mut before = 0;
        let mut sum = 0.0;
        for (_, rows, frauds) in self.descend() {
            sum += (frauds - before) as f64 * frauds as f64 / rows as f64;
            before = frauds;
        }
        (self.frauds > 0).then(|| sum / self.frauds as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THRESHOLDS: Thresholds = Thresholds { review_at: 0.4, decline_at: 0.8 };

    fn near(found: Option<f64>, expected: f64) {
        assert!((found.unwrap() - expected).abs() < 1e-12, "{found:?} is not {expected}");
    }

    #[test]
    fn measures_agree_with_those_computed_by_hand() {
        let probabilities = [0.9, 0.8, 0.7, 0.4, 0.3, 0.1];
        let truths = [true, false, true, false, true, false];
        let metrics = Metrics::new(&probabilities, &truths, THRESHOLDS);
        // Pairs won: 0.9 beats three, 0.7 beats two, 0.3 beats one: 6 of 9.
        near(metrics.roc_auc, 6.0 / 9.0);
        near(metrics.average_precision, (1.0 + 2.0 / 3.0 + 3.0 / 5.0) / 3.0);
        near(metrics.brier, (0.01 + 0.64 + 0.09 + 0.16 + 0.49 + 0.01) / 6.0);
        near(metrics.fraud_share, 0.5);
        let review = metrics.review;
        let counts =
            [review.true_positives, review.false_positives, review.false_negatives, review.true_negatives];
        assert_eq!(counts, [2, 2, 1, 1]);
        near(review.recall, 2.0 / 3.0);
        near(metrics.decline.precision, 0.5);
        near(metrics.decline.recall, 1.0 / 3.0);
    }

    #[test]
    fn equal_scores_count_half_and_stand_together() {
        let metrics = Metrics::new(&[0.5, 0.5, 0.5, 0.5], &[true, false, false, false], THRESHOLDS);
        near(metrics.roc_auc, 0.5);
        near(metrics.average_precision, 0.25);
        let split = Metrics::new(&[0.6, 0.5, 0.5], &[false, true, false], THRESHOLDS);
        near(split.roc_auc, 0.25);
    }

    #[test]
    fn without_fraud_there_is_nothing_to_rank() {
        let metrics = Metrics::new(&[0.2, 0.9], &[false, false], THRESHOLDS);
        assert_eq!((metrics.roc_auc, metrics.average_precision, metrics.review.recall), (None, None, None));
        assert_eq!(metrics.review.precision, Some(0.0));
        assert_eq!(Metrics::new(&[], &[], THRESHOLDS).brier, None);
    }
}
