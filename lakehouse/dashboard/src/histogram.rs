//! Latencies in buckets that grow with the value.

/// Parts that each power of two is cut into: a bucket is at most 1/16 of its value wide.
const PARTS: u64 = 16;
const PART_BITS: u32 = 4;
/// Enough for 2^37 microseconds, 38 hours; whatever is slower counts as that.
const BUCKETS: usize = 544;

/// Counts of durations in microseconds; a quantile read from it is off by at most 3.2 percent.
#[derive(Clone, Debug)]
pub(crate) struct Histogram {
    counts: Vec<u32>,
    total: u64,
}

impl Histogram {
    pub(crate) fn new() -> Self {
        Self { counts: vec![0; BUCKETS], total: 0 }
    }

    pub(crate) const fn total(&self) -> u64 {
        self.total
    }

    pub(crate) fn record(&mut self, micros: u64) {
        let bucket = &mut self.counts[bucket_of(micros)];
        *bucket = bucket.saturating_add(1);
        self.total += 1;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        if other.total == 0 {
            return;
        }
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine = mine.saturating_add(*theirs);
        }
        self.total += other.total;
    }

    pub(crate) fn clear(&mut self) {
        if self.total > 0 {
            self.counts.fill(0);
            self.total = 0;
        }
    }

    /// The duration in milliseconds that `share` of the values do not exceed (nearest rank); `None` without values.
    pub(crate) fn quantile_ms(&self, share: f64) -> Option<f64> {
        let rank = ((share * self.total as f64).ceil() as u64).max(1);
        let mut seen = 0;
        self.counts.iter().enumerate().find_map(|(bucket, count)| {
            seen += u64::from(*count);
            (seen >= rank).then(|| middle_of(bucket) / 1_000.0)
        })
    }
}

fn bucket_of(micros: u64) -> usize {
    if micros < PARTS {
        return micros as usize;
    }
    let shift = micros.ilog2() - PART_BITS;
    let part = (micros >> shift) - PARTS;
    let bucket = (u64::from(shift) + 1) * PARTS + part;
    (bucket as usize).min(BUCKETS - 1)
}

fn middle_of(bucket: usize) -> f64 {
    let bucket = bucket as u64;
    if bucket < PARTS {
        return bucket as f64;
    }
    let shift = bucket / PARTS - 1;
    let low = (PARTS + bucket % PARTS) << shift;
    let width = 1_u64 << shift;
    low as f64 + (width - 1) as f64 / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_lies_in_a_bucket_whose_middle_is_near() {
        for exponent in 0..36 {
            for offset in [0, 1, 3] {
                let micros = (1_u64 << exponent) + offset;
                let middle = middle_of(bucket_of(micros));
                assert!((middle - micros as f64).abs() <= micros as f64 * 0.032, "{micros} became {middle}");
            }
        }
    }

    #[test]
    fn buckets_grow_with_the_value_and_the_slowest_is_kept() {
        let buckets: Vec<_> = (0..200_000).map(bucket_of).collect();
        assert!(buckets.is_sorted());
        assert_eq!(bucket_of(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn quantiles_are_nearest_rank() {
        let mut histogram = Histogram::new();
        assert_eq!(histogram.quantile_ms(0.5), None);
        for micros in 1..=10 {
            histogram.record(micros);
        }
        assert_eq!(histogram.quantile_ms(0.5), Some(0.005));
        assert_eq!(histogram.quantile_ms(0.99), Some(0.010));
        assert_eq!(histogram.quantile_ms(0.0), Some(0.001));
    }
}
