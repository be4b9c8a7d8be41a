//! Choosing where review and decline begin.

use serde::{Deserialize, Serialize};
use weir_scoring::Policy;

use crate::metrics::Ranking;
use crate::{Settings, TrainError};

/// Thresholds are rounded up to this many parts of one.
const PARTS: f64 = 1e4;
/// Fewer than this many caught rows say nothing about precision.
const LEAST_DECLINED: u64 = 10;

/// Nothing is declined that is more likely legitimate.
const EVEN: f64 = 0.5;

/// Calibrated probabilities from which on a transaction is reviewed and declined.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Review begins here.
    pub review_at: f64,
    /// Decline begins here, at or above review.
    pub decline_at: f64,
}

impl Thresholds {
    /// The thresholds of a policy.
    pub fn of(policy: &Policy) -> Result<Self, TrainError> {
        let value = serde_json::to_value(policy);
        value
            .and_then(serde_json::from_value)
            .map_err(|error| TrainError::Refused { what: error.to_string() })
    }

    /// Review: the lowest score at which no more than `alert_share` of all rows are caught. Decline: the lowest score
    /// from an even chance on at which `decline_precision` of the caught are fraud, 1 if there is none. Without the
    /// even chance a clear gap in the scores would draw the threshold down to where nothing was seen.
    pub(crate) fn choose(probabilities: &[f64], truths: &[bool], settings: &Settings) -> Self {
        let ranking = Ranking::new(probabilities, truths);
        let most = settings.alert_share * truths.len() as f64;
        let caught = || ranking.descend().take_while(|(_, rows, _)| *rows as f64 <= most);
        let is_precise = |rows: u64, frauds: u64| {
            rows >= LEAST_DECLINED && frauds as f64 >= settings.decline_precision * rows as f64
        };
        let review_at = caught().last().map_or(1.0, |(score, ..)| rounded_up(score));
        let likely = caught().take_while(|(score, ..)| *score >= EVEN);
        let declined = likely.filter(|(_, rows, frauds)| is_precise(*rows, *frauds)).last();
        let decline_at = declined.map_or(1.0, |(score, ..)| rounded_up(score));
        Self { review_at, decline_at: decline_at.max(review_at) }
    }
}

/// Up, so that rounding catches no more than was chosen.
fn rounded_up(score: f64) -> f64 {
    ((score * PARTS).ceil() / PARTS).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(alert_share: f64, decline_precision: f64) -> Settings {
        Settings { alert_share, decline_precision, ..Settings::default() }
    }

    /// 100 rows with scores 0.99, 0.98, …; the first 20 are fraud but for the places given.
    fn rows(legit: &[usize]) -> (Vec<f64>, Vec<bool>) {
        (0..100).map(|row| ((99 - row) as f64 / 100.0, row < 20 && !legit.contains(&row))).unzip()
    }

    #[test]
    fn review_takes_its_share_and_decline_its_precision() {
        let (scores, truths) = rows(&[12]);
        let thresholds = Thresholds::choose(&scores, &truths, &settings(0.3, 1.0));
        assert_eq!(thresholds, Thresholds { review_at: 0.7, decline_at: 0.88 });
        let looser = Thresholds::choose(&scores, &truths, &settings(0.3, 0.95));
        assert_eq!(looser.decline_at, 0.8);
    }

    #[test]
    fn without_enough_certainty_nothing_is_declined() {
        let (scores, truths) = rows(&[0, 2, 4, 6, 8, 10, 12, 14]);
        assert_eq!(Thresholds::choose(&scores, &truths, &settings(0.3, 0.9)).decline_at, 1.0);
        assert_eq!(Thresholds::choose(&scores, &truths, &settings(0.0, 0.9)).review_at, 1.0);
    }

    #[test]
    fn nothing_is_declined_that_is_more_likely_legitimate() {
        let (scores, truths) = rows(&[]);
        let low: Vec<f64> = scores.iter().map(|score| score * 0.6).collect();
        let thresholds = Thresholds::choose(&low, &truths, &settings(0.3, 0.6));
        assert_eq!(thresholds, Thresholds { review_at: 0.42, decline_at: 0.504 });
    }

    #[test]
    fn the_thresholds_of_a_policy_are_read() {
        let policy = Policy::from_json(br#"{"name":"a","review_at":0.25,"decline_at":0.5}"#).unwrap();
        assert_eq!(Thresholds::of(&policy).unwrap(), Thresholds { review_at: 0.25, decline_at: 0.5 });
    }
}
