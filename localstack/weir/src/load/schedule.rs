//! When what is due: the schedule knows the rate and nothing of the answers.

use std::time::{Duration, Instant};

use weir_events::Timestamp;

/// The moments of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    /// Moment zero.
    pub(crate) start: Instant,
    /// The same moment on the clock.
    pub(crate) wall: Timestamp,
    rate: u64,
}

impl Schedule {
    /// A schedule of `rate` transactions a second from a moment on.
    pub(crate) const fn new(start: Instant, wall: Timestamp, rate: u64) -> Self {
        Self { start, wall, rate }
    }

    /// Time from the start to the transaction of a number, counted from 0.
    pub(crate) fn offset(&self, number: u64) -> Duration {
        let nanos = u128::from(number) * 1_000_000_000 / u128::from(self.rate.max(1));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// The moment on the clock at which that transaction occurs.
    pub(crate) fn occurs_at(&self, number: u64) -> Timestamp {
        let micros = i64::try_from(self.offset(number).as_micros()).unwrap_or(i64::MAX);
        self.wall.plus_micros(micros)
    }

    /// A moment of the run.
    pub(crate) fn at(&self, offset: Duration) -> Instant {
        self.start + offset
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn schedule(rate: u64) -> Schedule {
        Schedule::new(Instant::now(), Timestamp::from_seconds(1_800_000_000), rate)
    }

    #[test]
    fn a_second_holds_as_many_as_the_rate_says() {
        let schedule = schedule(20_000);
        assert_eq!(schedule.offset(0), Duration::ZERO);
        assert_eq!(schedule.offset(20_000), Duration::from_secs(1));
        assert_eq!(schedule.offset(1), Duration::from_micros(50));
        assert_eq!(schedule.occurs_at(20_000), Timestamp::from_seconds(1_800_000_001));
        assert_eq!(schedule.at(schedule.offset(20_000)), schedule.start + Duration::from_secs(1));
    }

    proptest! {
        #[test]
        fn moments_never_drift_and_never_run_backwards(rate in 1_u64..1_000_000, number in 0_u64..10_000_000_000) {
            let schedule = schedule(rate);
            let exact = number as f64 / rate as f64;
            prop_assert!((schedule.offset(number).as_secs_f64() - exact).abs() <= 1e-6 * exact.max(1.0));
            prop_assert!(schedule.offset(number) <= schedule.offset(number + 1));
        }
    }
}
