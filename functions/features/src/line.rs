//! What the head remembers of one day of a sealed part, so that the part need not be read for sums.

use crate::entry::{Entry, FlagChange};
use crate::totals::Totals;
use crate::window::DAY;

/// Days that a line may lie on: every time that fits 64 bits of microseconds.
pub(crate) const DAYS: std::ops::RangeInclusive<i64> = -106_000_000..=106_000_000;

/// The events of one day in one sealed part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Days since 1970, UTC.
    pub(crate) day: i64,
    /// Time of the newest of them.
    pub(crate) last_at: i64,
    /// Largest ordinal of an event or flag change among them: a vector with a larger ordinal sees all of it.
    pub(crate) newest: u64,
    /// Their sums.
    pub(crate) totals: Totals,
}

impl Line {
    /// The line of a first entry.
    pub(crate) fn of(entry: &Entry) -> Self {
        let mut line = Self {
            day: entry.occurred_at.div_euclid(DAY),
            last_at: entry.occurred_at,
            newest: 0,
            totals: Totals::default(),
        };
        line.add(entry);
        line
    }

    /// When its day begins.
    pub(crate) const fn begins(&self) -> i64 {
        self.day * DAY
    }

    /// Whether a time lies on its day.
    pub(crate) const fn holds(&self, time: i64) -> bool {
        time.div_euclid(DAY) == self.day
    }

    /// Counts an entry of its day.
    pub(crate) fn add(&mut self, entry: &Entry) {
        self.last_at = self.last_at.max(entry.occurred_at);
        self.newest = self.newest.max(entry.ordinal);
        self.totals.add(entry);
    }

    /// Counts a flag change of one of its entries.
    pub(crate) fn change(&mut self, change: &FlagChange) {
        self.newest = self.newest.max(change.ordinal);
        self.totals.flag(change.is_fraud);
    }
}
