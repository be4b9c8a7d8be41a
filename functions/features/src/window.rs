//! The windows over which an entity is summed up.

/// Microseconds in an hour.
pub(crate) const HOUR: i64 = 3_600_000_000;
/// Microseconds in a day.
pub(crate) const DAY: i64 = 24 * HOUR;

/// A stretch of time that ends with the event: `(t − width, t]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Window {
    /// One hour.
    Hour,
    /// One day of 24 hours.
    Day,
    /// Seven days of 24 hours.
    Week,
    /// Thirty days of 24 hours.
    Month,
}

impl Window {
    /// Every window, shortest first.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Week, Self::Month];

    /// Width in microseconds.
    pub const fn micros(self) -> i64 {
        match self {
            Self::Hour => HOUR,
            Self::Day => DAY,
            Self::Week => 7 * DAY,
            Self::Month => 30 * DAY,
        }
    }

    /// Short name, the last part of a feature's name: `1h`, `1d`, `7d`, `30d`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "1d",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    /// In words: `hour`, `day`, `7 days`, `30 days`, as in "in the last hour".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "7 days",
            Self::Month => "30 days",
        }
    }

    /// Place in [`Window::ALL`].
    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}
