//! How a state takes an event in: at its place, with the oldest sealed, dropped, or giving way to tiles.

use crate::chunk::Chunk;
use crate::entry::Entry;
use crate::segment::{SEGMENT_ENTRIES, Segment};
use crate::state::EntityState;
use crate::tiles::Tiles;

/// Most entries that a state keeps one by one. Past it the oldest give way to time tiles, and vectors whose windows
/// reach back to them are marked tiled.
pub const ENTRY_CAP: usize = 8_192;
/// Entries that are kept one by one beside tiles.
pub const TILED_ENTRIES: usize = 2_048;
/// Entries past [`TILED_ENTRIES`] that give way at once.
pub(crate) const TILED_SURPLUS: usize = 256;
/// Most entries in the head.
pub(crate) const HEAD_ENTRIES: usize = 48;
/// Entries that are sealed at once.
pub(crate) const SEALED: usize = 24;

impl EntityState {
    /// Takes an event in at its place; its ordinal is the next one.
    pub(crate) fn insert(&mut self, entry: Entry, retention: i64) {
        self.ordinal = entry.ordinal;
        self.newest = self.newest.max(Some(entry.occurred_at));
        let late = self.segments.partition_point(|segment| segment.last_at() <= entry.occurred_at);
        match self.segments.get_mut(late) {
            None => self.recent.insert(entry),
            Some(segment) => {
                if let Some(newer) = segment.insert(entry, &mut self.removed) {
                    self.segments.insert(late + 1, newer);
                }
            }
        }
        self.expire(retention);
        self.seal();
        self.give_way();
    }

    /// Drops what is older than the retention before the newest entry.
    fn expire(&mut self, retention: i64) {
        let Some(newest) = self.newest else { return };
        self.kept_after = self.kept_after.max(newest.saturating_sub(retention));
        let kept_after = self.kept_after;
        self.expired_until = self.expired_until.max(self.recent.drop_until(kept_after));
        while let Some(segment) = self.segments.first_mut() {
            let expired = segment.lines.iter().take_while(|line| line.last_at <= kept_after).count();
            if expired == 0 {
                break;
            }
            let dropped = segment.lines.drain(..expired).next_back();
            self.expired_until = self.expired_until.max(dropped.map(|line| line.last_at));
            if !segment.lines.is_empty() {
                break;
            }
            self.segments.remove(0).part.remove(&mut self.removed);
        }
        self.expire_tiles(kept_after);
    }

    fn expire_tiles(&mut self, kept_after: i64) {
        let Some(tiles) = &mut self.tiles else { return };
        while tiles.days.first().is_some_and(|day| day.line.last_at <= kept_after) {
            let day = tiles.days.remove(0);
            self.expired_until = self.expired_until.max(Some(day.line.last_at));
            day.part.remove(&mut self.removed);
        }
        if tiles.days.is_empty() {
            self.removed.extend(tiles.sketches.number);
            self.tiles = None;
        }
    }

    /// Moves the oldest entries of a full head into the newest segment, or into a new one.
    fn seal(&mut self) {
        if self.recent.entries.len() <= HEAD_ENTRIES {
            return;
        }
        let sealed = self.recent.take_oldest(SEALED);
        match self.segments.last_mut().filter(|segment| segment.has_room(SEALED)) {
            Some(segment) => {
                segment.change(&mut self.removed, |chunk| chunk.append(sealed));
            }
            None => self.segments.push(Segment::new(sealed)),
        }
    }

    /// Takes entries over, the oldest first, into a state that has none.
    pub(crate) fn seal_all(&mut self, mut chunk: Chunk) {
        while chunk.entries.len() > HEAD_ENTRIES {
            let most = SEGMENT_ENTRIES.min(chunk.entries.len() - SEALED);
            self.segments.push(Segment::new(chunk.take_oldest(most)));
        }
        self.recent = chunk;
    }

    /// Entries that will be too many with one more.
    pub(crate) fn surplus(&self, more: usize) -> usize {
        let most = if self.is_tiled() { TILED_ENTRIES + TILED_SURPLUS } else { ENTRY_CAP };
        let count = self.entry_count() + more;
        if count > most { count - TILED_ENTRIES } else { 0 }
    }

    /// Drops what is left of a day that has partly expired, so that the event at which entries give way does not
    /// depend on how they lie in segments.
    fn drop_expired(&mut self) {
        let kept_after = self.kept_after;
        let Some(oldest) = self.segments.first_mut().filter(|oldest| oldest.begins() <= kept_after) else {
            return;
        };
        let dropped = oldest.change(&mut self.removed, |chunk| chunk.drop_until(kept_after));
        self.expired_until = self.expired_until.max(dropped.flatten());
        if oldest.lines.is_empty() {
            self.segments.remove(0).part.remove(&mut self.removed);
        }
    }

    /// Turns the oldest entries into tiles once there are too many.
    fn give_way(&mut self) {
        if self.surplus(0) > 0 {
            self.drop_expired();
        }
        let mut surplus = self.surplus(0);
        if surplus == 0 {
            return;
        }
        let mut tiles = self.tiles.take().unwrap_or_else(|| Box::new(Tiles::new()));
        while surplus > 0 {
            let Some(mut oldest) = self.take_oldest(surplus) else { break };
            surplus = surplus.saturating_sub(oldest.entries.len());
            self.expired_until = self.expired_until.max(oldest.drop_until(self.kept_after));
            tiles.take(&oldest, self.kept_after, &mut self.removed);
        }
        self.tiles = (!tiles.days.is_empty()).then_some(tiles);
    }

    /// Takes the oldest entries out, at most this many and at most a segment; `None` if they are not at hand.
    fn take_oldest(&mut self, most: usize) -> Option<Chunk> {
        let oldest = self.segments.first_mut()?;
        if oldest.count() > most {
            return oldest.change(&mut self.removed, |chunk| chunk.take_oldest(most));
        }
        let begins = oldest.begins();
        let mut chunk = self.segments.remove(0).part.remove(&mut self.removed)?;
        chunk.drop_until(begins - 1);
        Some(chunk)
    }
}
