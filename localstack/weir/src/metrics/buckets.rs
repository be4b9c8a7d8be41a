//! Times counted by size.

use std::time::Duration;

/// Upper bounds of the buckets, in seconds; one more bucket takes what is longer.
pub(crate) const BOUNDS: [f64; 23] = [
    0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.035, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5,
    1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0,
];

/// Counts by size.
#[derive(Clone, Debug, Default)]
pub(super) struct Buckets {
    counts: [u64; BOUNDS.len() + 1],
    sum: f64,
}

impl Buckets {
    pub(super) fn add(&mut self, took: Duration) {
        let seconds = took.as_secs_f64();
        let place = BOUNDS.partition_point(|bound| *bound < seconds);
        self.counts[place] += 1;
        self.sum += seconds;
    }

    pub(super) const fn sum(&self) -> f64 {
        self.sum
    }

    pub(super) fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// What was counted since an earlier moment.
    pub(super) fn since(&self, before: &Self) -> Self {
        let mut since = self.clone();
        since.counts.iter_mut().zip(before.counts).for_each(|(count, before)| *count -= before);
        since.sum -= before.sum;
        since
    }

    /// The bound that a share of all is at most, in milliseconds; nothing of none.
    pub(super) fn quantile_ms(&self, quantile: f64) -> Option<f64> {
        let wanted = quantile * self.count() as f64;
        let (bound, _) = self.cumulative().find(|(_, count)| *count > 0 && *count as f64 >= wanted)?;
        Some(bound.unwrap_or(f64::INFINITY) * 1_000.0)
    }

    /// How many took at most so long; no bound means all.
    pub(super) fn cumulative(&self) -> impl Iterator<Item = (Option<f64>, u64)> {
        let bounds = BOUNDS.iter().copied().map(Some).chain([None]);
        bounds.zip(self.counts.iter().scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_counts_in_every_bucket_that_is_wide_enough() {
        let mut buckets = Buckets::default();
        [1, 10, 11, 1_000_000].iter().for_each(|millis| buckets.add(Duration::from_millis(*millis)));
        let counted: Vec<(Option<f64>, u64)> = buckets.cumulative().collect();
        let at = |bound| counted.iter().find(|(found, _)| *found == bound).unwrap().1;
        assert_eq!(
            [at(Some(0.0005)), at(Some(0.001)), at(Some(0.01)), at(Some(0.015)), at(Some(300.0))],
            [0, 1, 2, 3, 3]
        );
        assert_eq!((at(None), buckets.count()), (4, 4));
        assert!((buckets.sum() - 1_000.022).abs() < 1e-9);
        assert!(BOUNDS.is_sorted());
        assert_eq!((buckets.quantile_ms(0.5), Buckets::default().quantile_ms(0.5)), (Some(10.0), None));
        let before = buckets.clone();
        buckets.add(Duration::from_millis(2));
        assert_eq!(buckets.since(&before).quantile_ms(0.99), Some(2.0));
    }
}
