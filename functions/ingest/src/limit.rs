//! How much one key may send: a bucket that fills at a rate and is emptied by what was taken.

use std::sync::{Mutex, PoisonError};

use weir_events::Timestamp;

/// Items a second that the holder of a key may send, with a second's worth at once.
#[derive(Debug)]
pub(crate) struct Limit {
    per_second: u32,
    bucket: Mutex<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    /// What is left, in items; below zero after a request that was larger than what was left.
    left: f64,
    filled_at: Option<Timestamp>,
}

impl Limit {
    pub(crate) fn new(per_second: u32) -> Self {
        Self { per_second, bucket: Mutex::new(Bucket { left: f64::from(per_second), filled_at: None }) }
    }

    /// Lets a request in while something is left; else answers after how many seconds, 1 or more, there will be.
    pub(crate) fn admit(&self, now: Timestamp) -> Result<(), u64> {
        let rate = f64::from(self.per_second);
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that jumps back fills nothing; one that jumps ahead fills the bucket once.
        let passed = bucket.filled_at.map_or(0, |before| (now.micros() - before.micros()).max(0));
        bucket.left = (bucket.left + passed as f64 / 1_000_000.0 * rate).min(rate);
        bucket.filled_at = Some(now);
        if bucket.left >= 1.0 { Ok(()) } else { Err(((1.0 - bucket.left) / rate).ceil() as u64) }
    }

    /// Takes out what a request held: one that is larger than what is left passes, and those after it wait longer.
    pub(crate) fn spend(&self, items: usize) {
        self.bucket.lock().unwrap_or_else(PoisonError::into_inner).left -= items as f64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_time_no_more_passes_than_the_rate() {
        let limit = Limit::new(100);
        let mut passed = 0;
        for millis in 0..10_000 {
            if limit.admit(Timestamp::from_micros(millis * 1_000)).is_ok() {
                limit.spend(30);
                passed += 30;
            }
        }
        // Ten seconds' worth, the bucket that was full at first, and the end of the last request.
        assert!((1_000..=1_130).contains(&passed), "{passed}");
    }

    #[test]
    fn a_request_larger_than_a_second_passes_once_and_is_paid_for() {
        let limit = Limit::new(10);
        assert_eq!(limit.admit(Timestamp::from_seconds(0)), Ok(()));
        limit.spend(50);
        assert_eq!(limit.admit(Timestamp::from_seconds(0)), Err(5), "in debt by 40, and one is needed");
        assert_eq!(limit.admit(Timestamp::from_seconds(4)), Err(1));
        assert_eq!(limit.admit(Timestamp::from_seconds(5)), Ok(()));
    }

    #[test]
    fn a_clock_that_jumps_gives_a_second_at_most() {
        let limit = Limit::new(10);
        limit.spend(10);
        assert!(limit.admit(Timestamp::from_seconds(100)).is_err(), "the first look starts the clock");
        assert!(limit.admit(Timestamp::from_seconds(50)).is_err());
        assert!(limit.admit(Timestamp::from_seconds(1_000_000)).is_ok());
        limit.spend(10);
        assert!(limit.admit(Timestamp::from_seconds(1_000_000)).is_err());
    }
}
