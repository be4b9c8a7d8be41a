//! Nested windows that end together, and how a stretch of time lies in them.

use crate::line::Line;
use crate::window::{DAY, Window};

/// The windows `(until − width, until]`, as the event with one ordinal sees them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reach {
    /// Where the longest one begins; nothing at or before it counts.
    pub(crate) after: i64,
    /// Where all end.
    pub(crate) until: i64,
    /// Only what has a smaller ordinal counts.
    pub(crate) ordinal: u64,
}

/// How a stretch of time lies in the windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placement {
    /// In none.
    Outside,
    /// Whole in the window of this index and in every longer one, and in no shorter one.
    Whole(usize),
    /// An edge falls inside.
    Split,
}

impl Reach {
    pub(crate) const fn new(until: i64, ordinal: u64) -> Self {
        Self { after: until.saturating_sub(Window::Month.micros()), until, ordinal }
    }

    /// The same whatever the ordinal: tiles remember none.
    pub(crate) const fn of_any_ordinal(self) -> Self {
        Self { ordinal: u64::MAX, ..self }
    }

    /// Index of the shortest window that holds a time in `(after, until]`.
    pub(crate) fn shortest(&self, time: i64) -> usize {
        let age = self.until - time;
        Window::ALL.iter().position(|window| age < window.micros()).unwrap_or(Window::ALL.len())
    }

    /// Whether a time lies in the longest window.
    pub(crate) const fn holds(&self, time: i64) -> bool {
        self.after < time && time <= self.until
    }

    /// How the events of a line lie in the windows.
    pub(crate) fn place(&self, line: &Line) -> Placement {
        let begins = line.begins();
        if line.last_at <= self.after || begins > self.until {
            return Placement::Outside;
        }
        let is_whole = begins > self.after && line.last_at <= self.until && line.newest < self.ordinal;
        let index = if is_whole { self.shortest(line.last_at) } else { 0 };
        if is_whole && self.shortest(begins) == index { Placement::Whole(index) } else { Placement::Split }
    }

    /// The part of a line's day that counts, `(after, until]`.
    pub(crate) fn within(&self, line: &Line) -> (i64, i64) {
        (self.after.max(line.begins() - 1), self.until.min(line.begins() + (DAY - 1)))
    }
}
