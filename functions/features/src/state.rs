//! What is remembered of one entity.

use weir_events::{EntityKind, Mark};

use crate::chunk::Chunk;
use crate::entry::Entry;
use crate::first_use::{FirstUses, Use};
use crate::part::Part;
use crate::segment::Segment;
use crate::set::{LATENESS, Reads};
use crate::tiles::Tiles;

/// State of one entity: its ordinal, and of every event of the retention an entry. The newest entries are at hand,
/// older ones lie in sealed segments, each of which may or may not be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityState {
    pub(crate) kind: EntityKind,
    /// Number of events and label effects folded so far.
    pub(crate) ordinal: u64,
    /// Time of the newest entry.
    pub(crate) newest: Option<i64>,
    /// Entries up to this time are as good as gone.
    pub(crate) kept_after: i64,
    /// Time of the newest entry that was dropped because of its age, if any was.
    pub(crate) expired_until: Option<i64>,
    /// What gave way past the cap.
    pub(crate) tiles: Option<Box<Tiles>>,
    /// Sealed entries, oldest first.
    pub(crate) segments: Vec<Segment>,
    /// The newest entries.
    pub(crate) recent: Chunk,
    /// Empty for every kind but customers.
    pub(crate) first_uses: Part<FirstUses>,
    /// Number of the next piece that is stored beside the head.
    pub(crate) next_number: u64,
    /// Pieces that are stored and no longer part of the state.
    pub(crate) removed: Vec<u64>,
}

impl EntityState {
    /// State of an entity that was never seen.
    pub fn new(kind: EntityKind) -> Self {
        Self {
            kind,
            ordinal: 0,
            newest: None,
            kept_after: i64::MIN,
            expired_until: None,
            tiles: None,
            segments: Vec::new(),
            recent: Chunk::default(),
            first_uses: Part::new(FirstUses::default()),
            next_number: 1,
            removed: Vec::new(),
        }
    }

    /// Kind of the entity.
    pub const fn kind(&self) -> EntityKind {
        self.kind
    }

    /// Ordinal of the newest event or label effect folded; 0 if there is none.
    pub const fn ordinal(&self) -> u64 {
        self.ordinal
    }

    /// Number of entries kept one by one; those in time tiles do not count.
    pub fn entry_count(&self) -> usize {
        self.segments.iter().map(Segment::count).sum::<usize>() + self.recent.entries.len()
    }

    /// Whether older events are kept in time tiles only.
    pub const fn is_tiled(&self) -> bool {
        self.tiles.is_some()
    }

    /// Whether an event that is not among the entries is too old to be folded: more than the lateness allowance
    /// before the newest entry, so that entries of its windows may be gone; or not after what lies in tiles, so
    /// that it may have been folded before.
    fn is_too_old(&self, occurred_at: i64) -> bool {
        self.newest.is_some_and(|newest| occurred_at < newest.saturating_sub(LATENESS))
            || occurred_at <= self.kept_after
            || self.tiles.as_ref().is_some_and(|tiles| occurred_at <= tiles.until)
    }

    /// Why an event that is not among the entries must not be folded: it is too old, or a piece that it needs is
    /// not loaded.
    pub(crate) fn refusal(&self, occurred_at: i64, reads: Reads, reach: i64) -> Option<Mark> {
        if self.is_too_old(occurred_at) {
            return Some(Mark::Late);
        }
        let is_ready = self.is_whole() || self.missing(occurred_at, reads, reach).is_empty();
        (!is_ready).then_some(Mark::Degraded)
    }

    /// Marks a vector whose windows begin so early that entries are gone or lie in tiles.
    pub(crate) fn mark(&self, after: i64, marks: &mut Vec<Mark>) {
        if self.is_expired_after(after) {
            marks.push(Mark::Degraded);
        }
        self.mark_tiled(after, marks);
    }

    /// Marks a vector whose windows begin so early that entries lie in tiles.
    pub(crate) fn mark_tiled(&self, after: i64, marks: &mut Vec<Mark>) {
        if self.tiles.as_ref().is_some_and(|tiles| tiles.until > after) {
            marks.push(Mark::Tiled);
        }
    }

    /// Remembers what a customer used, if it is the first time.
    pub(crate) fn remember(&mut self, kind: EntityKind, used: Use) {
        let known = self.first_uses.body.as_ref().and_then(|uses| uses.of(kind));
        if known.is_some_and(|known| known.is_new(&used))
            && let Some(uses) = self.first_uses.touch(&mut self.removed)
        {
            uses.remember(kind, used);
        }
    }

    /// The entry of a transaction, if it was folded and is still kept.
    pub(crate) fn find(&self, transaction: u32, occurred_at: i64) -> Option<&Entry> {
        if occurred_at <= self.kept_after || self.newest.is_none_or(|newest| newest < occurred_at) {
            return None;
        }
        self.recent.find(transaction, occurred_at).or_else(|| {
            let segments = self.segments.iter().filter(|segment| segment.may_hold(occurred_at));
            segments
                .filter_map(|segment| segment.part.body.as_ref())
                .find_map(|chunk| chunk.find(transaction, occurred_at))
        })
    }

    /// Whether entries after a time were dropped because of their age, or are about to be.
    fn is_expired_after(&self, after: i64) -> bool {
        if after >= self.kept_after {
            return false;
        }
        let chunks = self.segments.iter().filter_map(|segment| segment.part.body.as_ref());
        self.expired_until.is_some_and(|expired| expired > after)
            || chunks
                .chain(std::iter::once(&self.recent))
                .any(|chunk| !chunk.between(after, self.kept_after).is_empty())
    }
}
