//! Entries that lie next to each other in time, with the changes of their fraud flags.

use crate::entry::{Entry, FlagChange};
use crate::line::Line;

/// Changes of one event's flag that are remembered; past it the oldest two, which cancel out, are forgotten.
const FLAG_CAP: usize = 16;

/// Entries by time, then ordinal; flag changes of exactly these entries, by ordinal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chunk {
    pub(crate) entries: Vec<Entry>,
    pub(crate) flags: Vec<FlagChange>,
}

impl Chunk {
    /// The entry of a transaction.
    pub(crate) fn find(&self, transaction: u32, occurred_at: i64) -> Option<&Entry> {
        let first = self.entries.partition_point(|entry| entry.occurred_at < occurred_at);
        let same = self.entries.get(first..)?.iter().take_while(|entry| entry.occurred_at == occurred_at);
        same.into_iter().find(|entry| entry.transaction == transaction)
    }

    /// Entries in `(after, until]`.
    pub(crate) fn between(&self, after: i64, until: i64) -> &[Entry] {
        let start = self.after(after);
        let end = self.after(until);
        self.entries.get(start..end).unwrap_or_default()
    }

    /// Index of the first entry after a time.
    fn after(&self, time: i64) -> usize {
        match self.entries.last() {
            Some(last) if last.occurred_at <= time => self.entries.len(),
            _ => self.entries.partition_point(|entry| entry.occurred_at <= time),
        }
    }

    /// Puts an entry at its place.
    pub(crate) fn insert(&mut self, entry: Entry) {
        let place = entry.place();
        let index = match self.entries.last() {
            Some(last) if last.place() > place => self.entries.partition_point(|kept| kept.place() < place),
            _ => self.entries.len(),
        };
        self.entries.insert(index, entry);
    }

    /// Adds entries that follow all of these.
    pub(crate) fn append(&mut self, later: Self) {
        self.entries.extend(later.entries);
        if !later.flags.is_empty() {
            self.flags.extend(later.flags);
            self.flags.sort_unstable_by_key(|change| change.ordinal);
        }
    }

    /// Takes the oldest entries out, with their flag changes.
    pub(crate) fn take_oldest(&mut self, count: usize) -> Self {
        let entries: Vec<Entry> = self.entries.drain(..count.min(self.entries.len())).collect();
        let first = self.entries.first().map(Entry::place);
        let is_taken =
            |change: &FlagChange| first.is_none_or(|place| (change.occurred_at, change.event) < place);
        let (flags, rest) = std::mem::take(&mut self.flags).into_iter().partition(is_taken);
        self.flags = rest;
        Self { entries, flags }
    }

    /// Drops entries up to a time; answers the time of the newest that was dropped.
    pub(crate) fn drop_until(&mut self, time: i64) -> Option<i64> {
        if self.entries.first().is_none_or(|entry| entry.occurred_at > time) {
            return None;
        }
        let count = self.after(time);
        self.take_oldest(count).entries.last().map(|entry| entry.occurred_at)
    }

    /// Whether the event with this ordinal counts as fraud now.
    pub(crate) fn is_flagged(&self, event: u64) -> bool {
        self.flags.iter().rev().find(|change| change.event == event).is_some_and(|change| change.is_fraud)
    }

    /// Remembers a change, the newest of all.
    pub(crate) fn change(&mut self, change: FlagChange) {
        let event = change.event;
        self.flags.push(change);
        if self.flags.iter().filter(|kept| kept.event == event).count() > FLAG_CAP {
            for _ in 0..2 {
                if let Some(oldest) = self.flags.iter().position(|kept| kept.event == event) {
                    self.flags.remove(oldest);
                }
            }
        }
    }

    /// One line a day.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        for entry in &self.entries {
            match lines.last_mut() {
                Some(line) if line.holds(entry.occurred_at) => line.add(entry),
                _ => lines.push(Line::of(entry)),
            }
        }
        for change in &self.flags {
            let line = lines.iter_mut().find(|line| line.holds(change.occurred_at));
            if let Some(line) = line {
                line.change(change);
            }
        }
        lines
    }
}
