//! Sealed entries: the head keeps a line a day of them, the entries themselves are stored beside it.

use crate::chunk::Chunk;
use crate::entry::Entry;
use crate::line::Line;
use crate::part::Part;

/// Entries that one segment takes when newer ones are sealed into it.
pub(crate) const SEGMENT_ENTRIES: usize = 240;
/// Entries past which a segment that late events fill is cut in two.
pub(crate) const SEGMENT_MOST: usize = 256;

/// A stretch of entries; every entry of a segment lies before those of the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// By day, never empty; days whose entries are all gone have none.
    pub(crate) lines: Vec<Line>,
    pub(crate) part: Part<Chunk>,
}

impl Segment {
    /// A segment that is not stored yet.
    pub(crate) fn new(chunk: Chunk) -> Self {
        Self { lines: chunk.lines(), part: Part::new(chunk) }
    }

    /// Entries that it holds.
    pub(crate) fn count(&self) -> usize {
        self.lines.iter().map(|line| line.totals.count as usize).sum()
    }

    /// A time at or before its oldest entry.
    pub(crate) fn begins(&self) -> i64 {
        self.lines.first().map_or(i64::MAX, Line::begins)
    }

    /// Time of its newest entry.
    pub(crate) fn last_at(&self) -> i64 {
        self.lines.last().map_or(i64::MIN, |line| line.last_at)
    }

    /// Whether an entry of this time may be in it.
    pub(crate) fn may_hold(&self, time: i64) -> bool {
        self.begins() <= time && time <= self.last_at()
    }

    /// Whether more entries may be sealed into it.
    pub(crate) fn has_room(&self, more: usize) -> bool {
        self.count() + more <= SEGMENT_ENTRIES
    }

    /// Changes its entries and brings its lines up to date; what is gone leaves with the first change.
    pub(crate) fn change<R>(
        &mut self,
        removed: &mut Vec<u64>,
        change: impl FnOnce(&mut Chunk) -> R,
    ) -> Option<R> {
        let begins = self.begins();
        let chunk = self.part.touch(removed)?;
        chunk.drop_until(begins - 1);
        let result = change(chunk);
        self.lines = chunk.lines();
        Some(result)
    }

    /// Puts a late entry in; answers the newer half if it has become too long.
    pub(crate) fn insert(&mut self, entry: Entry, removed: &mut Vec<u64>) -> Option<Self> {
        let halves = self.change(removed, |chunk| {
            chunk.insert(entry);
            let is_long = chunk.entries.len() > SEGMENT_MOST;
            is_long.then(|| {
                let older = chunk.take_oldest(SEGMENT_MOST / 2);
                std::mem::replace(chunk, older)
            })
        });
        halves.flatten().map(Self::new)
    }
}
