//! Sums over some events: of a window, of a day, of a time tile.

use crate::entry::Entry;

/// What is summed up of events. Sums saturate, which takes more than nine thousand amounts of the largest size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    /// Events.
    pub(crate) count: u64,
    /// Sum of the amounts, minor units.
    pub(crate) sum: i64,
    /// Sum of the squared amounts.
    pub(crate) squares: i128,
    /// Largest amount; 0 if there are no events.
    pub(crate) max: i64,
    /// Flags set less flags taken back.
    pub(crate) frauds: i64,
}

impl Totals {
    /// Counts one event.
    pub(crate) fn add(&mut self, entry: &Entry) {
        let amount = entry.amount_minor;
        self.max = if self.count == 0 { amount } else { self.max.max(amount) };
        self.count += 1;
        self.sum = self.sum.saturating_add(amount);
        self.squares = self.squares.saturating_add(i128::from(amount) * i128::from(amount));
    }

    /// Counts the events of other totals.
    pub(crate) fn merge(&mut self, other: &Self) {
        if other.count > 0 {
            self.max = if self.count == 0 { other.max } else { self.max.max(other.max) };
        }
        self.count += other.count;
        self.sum = self.sum.saturating_add(other.sum);
        self.squares = self.squares.saturating_add(other.squares);
        self.frauds += other.frauds;
    }

    /// Counts a change of a fraud flag.
    pub(crate) const fn flag(&mut self, is_fraud: bool) {
        self.frauds += if is_fraud { 1 } else { -1 };
    }

    /// Whether decoded totals are ones that a fold can have made, so that no sum over many of them overflows.
    pub(crate) const fn is_plausible(&self) -> bool {
        const MOST: u64 = 1 << 40;
        self.count > 0 && self.count <= MOST && self.squares >= 0 && self.frauds.unsigned_abs() <= MOST
    }
}
