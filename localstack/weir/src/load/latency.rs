//! Latencies in a histogram of bounded size, and what is read from it.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

use super::plot::milliseconds;

/// Longest latency that is told apart from longer ones, in microseconds: an hour.
const LONGEST: u64 = 3_600_000_000;

/// Digits that are kept.
const DIGITS: u8 = 3;

/// Quantiles of the curve: dense where tails are.
const CURVE: [f64; 21] = [
    0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99, 0.995, 0.9975, 0.999, 0.9995,
    0.9999, 0.99999, 1.0,
];

/// Latencies of one kind.
#[derive(Debug)]
pub(crate) struct Latencies(Option<Histogram<u64>>);

/// What is read from latencies, in milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Percentiles {
    /// How many there are.
    pub(crate) count: u64,
    pub(crate) mean: f64,
    pub(crate) p50: f64,
    pub(crate) p90: f64,
    pub(crate) p99: f64,
    #[serde(rename = "p99.9")]
    pub(crate) p999: f64,
    #[serde(rename = "p99.99")]
    pub(crate) p9999: f64,
    pub(crate) max: f64,
    /// Pairs of quantile and latency.
    pub(crate) curve: Vec<(f64, f64)>,
}

impl Latencies {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self(Histogram::new_with_bounds(1, LONGEST, DIGITS).ok())
    }

    /// Adds a latency that so many have.
    pub(crate) fn record(&mut self, latency: Duration, count: u64) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        if let Some(histogram) = &mut self.0 {
            histogram.saturating_record_n(micros, count);
        }
    }

    /// The latency that a share of all is at most, in milliseconds.
    pub(crate) fn at(&self, quantile: f64) -> f64 {
        let micros = self.0.as_ref().map_or(0, |histogram| match quantile {
            1.0 => histogram.max(),
            quantile => histogram.value_at_quantile(quantile),
        });
        micros as f64 / 1_000.0
    }

    /// Everything that a report says; nothing of no latencies.
    pub(crate) fn percentiles(&self) -> Option<Percentiles> {
        let histogram = self.0.as_ref().filter(|histogram| !histogram.is_empty())?;
        Some(Percentiles {
            count: histogram.len(),
            mean: (histogram.mean() / 1_000.0 * 1_000.0).round() / 1_000.0,
            p50: self.at(0.5),
            p90: self.at(0.9),
            p99: self.at(0.99),
            p999: self.at(0.999),
            p9999: self.at(0.9999),
            max: self.at(1.0),
            curve: CURVE.iter().map(|quantile| (*quantile, self.at(*quantile))).collect(),
        })
    }
}

impl Percentiles {
    /// The figures in one line.
    pub(crate) fn words(&self, what: &str) -> String {
        let Self { count, p50, p90, p99, p999, p9999, max, .. } = self;
        let [p50, p90, p99, p999, p9999, max] =
            [p50, p90, p99, p999, p9999, max].map(|value| milliseconds(*value));
        format!(
            "{what:<11} p50 {p50}, p90 {p90}, p99 {p99}, p99.9 {p999}, p99.99 {p9999}, max {max}  ({count} from the \
             moment they were due)"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_in_milliseconds_and_right_to_three_digits() {
        let mut latencies = Latencies::new();
        assert_eq!(latencies.percentiles(), None);
        for millis in 1..=1_000 {
            latencies.record(Duration::from_millis(millis), 10);
        }
        let found = latencies.percentiles().unwrap();
        let close = |found: f64, expected: f64| (found - expected).abs() <= expected / 500.0;
        assert_eq!(found.count, 10_000);
        assert!(close(found.p50, 500.0) && close(found.p90, 900.0) && close(found.p99, 990.0), "{found:?}");
        assert!(
            close(found.p999, 999.0) && close(found.max, 1_000.0) && close(found.mean, 500.5),
            "{found:?}"
        );
        assert!(found.curve.is_sorted_by(|one, next| one.1 <= next.1));
    }

    #[test]
    fn what_is_longer_than_an_hour_counts_as_an_hour() {
        let mut latencies = Latencies::new();
        latencies.record(Duration::from_secs(100_000), 1);
        let found = latencies.percentiles().unwrap();
        assert!((3_599_000.0..3_601_000.0 * 1.01).contains(&found.max), "{found:?}");
    }
}
