//! Which part of history serves what.
//!
//! ```text
//! warm-up | train | gap | calibrate | gap | test
//!                     ↑ model made        ↑ calibrated, thresholds chosen
//! ```
//! A gap is as long as labels take: the model is made at its end, with what was known then.

use serde::Serialize;
use weir_events::Timestamp;

use crate::{Settings, TrainError};

const DAY: i64 = 86_400_000_000;

/// A stretch of time, and when it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Bounds {
    /// Transactions from here on,
    pub from: Timestamp,
    /// and before this, take part.
    pub until: Timestamp,
    /// Labels count if they were known by then.
    pub as_of: Timestamp,
}

/// The three periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Protocol {
    /// The trees are grown on it.
    pub train: Bounds,
    /// Calibration and thresholds are made on it.
    pub calibrate: Bounds,
    /// Nothing is made on it.
    pub test: Bounds,
}

impl Protocol {
    /// Cuts the time from the first to the last transaction.
    pub(crate) fn new(first: Timestamp, last: Timestamp, settings: &Settings) -> Result<Self, TrainError> {
        let gap = i64::from(settings.label_delay_days) * DAY;
        let warm_up = i64::from(settings.warm_up_days) * DAY;
        let end = last.plus_micros(1);
        let whole = end.micros() - first.micros();
        let rest = whole - warm_up - 2 * gap;
        if rest < 3 * DAY {
            let needed = (warm_up + 2 * gap) / DAY + 3;
            return Err(TrainError::TooShort { days: whole / DAY, needed });
        }
        let train = period(first.plus_micros(warm_up), part(rest, settings.train_share), gap);
        let calibrate = period(train.as_of, part(rest, settings.calibrate_share), gap);
        let test = Bounds { from: calibrate.as_of, until: end, as_of: Timestamp::from_micros(i64::MAX) };
        Ok(Self { train, calibrate, test })
    }
}

const fn period(from: Timestamp, length: i64, gap: i64) -> Bounds {
    let until = from.plus_micros(length);
    Bounds { from, until, as_of: until.plus_micros(gap) }
}

fn part(rest: i64, share: f64) -> i64 {
    (rest as f64 * share) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(count: i64) -> Timestamp {
        Timestamp::from_micros(count * DAY)
    }

    #[test]
    fn periods_follow_each_other_with_the_label_delay_between() {
        let settings = Settings { warm_up_days: 5, label_delay_days: 10, ..Settings::default() };
        let protocol = Protocol::new(days(0), days(125).plus_micros(-1), &settings).unwrap();
        assert_eq!(protocol.train, Bounds { from: days(5), until: days(65), as_of: days(75) });
        assert_eq!(protocol.calibrate, Bounds { from: days(75), until: days(95), as_of: days(105) });
        assert_eq!((protocol.test.from, protocol.test.until), (days(105), days(125)));
    }

    #[test]
    fn too_short_a_history_is_refused() {
        let error = Protocol::new(days(0), days(20), &Settings::default()).unwrap_err();
        assert!(
            error.to_string().contains("span `20` days") && error.to_string().contains("(`24`)"),
            "{error}"
        );
    }
}
