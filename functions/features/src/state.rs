//! What is remembered of one entity.

use std::collections::VecDeque;

use weir_events::EntityKind;

use crate::entry::{Entry, FlagChange};
use crate::first_use::FirstUses;
use crate::set::LATENESS;

/// Most entries that a state keeps. Past it the oldest give way, and vectors whose windows reach back to them are
/// marked degraded.
pub const ENTRY_CAP: usize = 8_192;

/// State of one entity: its ordinal, and of every event of the retention an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityState {
    pub(crate) kind: EntityKind,
    /// Number of events and label effects folded so far.
    pub(crate) ordinal: u64,
    /// Time of the newest entry that gave way, if any did: windows that begin later are complete.
    pub(crate) gone_until: Option<i64>,
    /// By time, then ordinal.
    pub(crate) entries: VecDeque<Entry>,
    /// By ordinal; only of entries that are kept.
    pub(crate) flags: Vec<FlagChange>,
    /// Empty for every kind but customers.
    pub(crate) first_uses: FirstUses,
}

impl EntityState {
    /// State of an entity that was never seen.
    pub fn new(kind: EntityKind) -> Self {
        Self {
            kind,
            ordinal: 0,
            gone_until: None,
            entries: VecDeque::new(),
            flags: Vec::new(),
            first_uses: FirstUses::default(),
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

    /// Number of entries kept.
    pub fn entry_count(&self) -> usize {
        self.entries.len()
    }

    /// Whether an event that is not among the entries is too old to be folded: more than the lateness allowance
    /// before the newest entry, so that entries of its windows may be gone; or among those that are gone, so that
    /// it may have been folded before.
    pub(crate) fn is_too_old(&self, occurred_at: i64) -> bool {
        let is_full = self.entries.len() >= ENTRY_CAP;
        let oldest = self.entries.front().map(|entry| entry.occurred_at);
        self.newest().is_some_and(|newest| occurred_at < newest.saturating_sub(LATENESS))
            || self.gone_until.is_some_and(|gone| occurred_at <= gone)
            || (is_full && oldest.is_some_and(|oldest| occurred_at <= oldest))
    }

    /// Time of the newest entry.
    fn newest(&self) -> Option<i64> {
        self.entries.back().map(|entry| entry.occurred_at)
    }

    /// The entry of a transaction, if it was folded and is still kept.
    pub(crate) fn find(&self, transaction: u32, occurred_at: i64) -> Option<&Entry> {
        self.entries
            .range(self.first_at(occurred_at)..)
            .take_while(|entry| entry.occurred_at == occurred_at)
            .find(|entry| entry.transaction == transaction)
    }

    /// Index of the first entry at or after a time.
    fn first_at(&self, occurred_at: i64) -> usize {
        self.entries.partition_point(|entry| entry.occurred_at < occurred_at)
    }

    /// Entries in `(after, until]`.
    pub(crate) fn between(&self, after: i64, until: i64) -> impl Iterator<Item = &Entry> {
        let start = self.entries.partition_point(|entry| entry.occurred_at <= after);
        let end = self.entries.partition_point(|entry| entry.occurred_at <= until);
        self.entries.range(start..end.max(start))
    }

    /// Takes an event in at its place; its ordinal is the next one.
    pub(crate) fn insert(&mut self, entry: Entry, retention: i64) {
        self.ordinal = entry.ordinal;
        let place = entry.place();
        let index = self.entries.partition_point(|kept| kept.place() < place);
        self.entries.insert(index, entry);
        self.prune(retention);
    }

    /// Drops what is older than the retention before the newest entry, and what is past the cap.
    fn prune(&mut self, retention: i64) {
        let Some(newest) = self.newest() else { return };
        let oldest_kept = newest.saturating_sub(retention);
        let mut has_dropped = false;
        while let Some(oldest) = self.entries.front() {
            if oldest.occurred_at > oldest_kept && self.entries.len() <= ENTRY_CAP {
                break;
            }
            self.gone_until = self.gone_until.max(Some(oldest.occurred_at));
            self.entries.pop_front();
            has_dropped = true;
        }
        if has_dropped && !self.flags.is_empty() {
            self.prune_flags();
        }
    }

    fn prune_flags(&mut self) {
        let oldest = self.entries.front().map(Entry::place);
        self.flags.retain(|change| oldest.is_some_and(|place| (change.occurred_at, change.event) >= place));
    }

    /// Whether some entry in `(after, …]` may have given way.
    pub(crate) fn is_incomplete_after(&self, after: i64) -> bool {
        self.gone_until.is_some_and(|gone| gone > after)
    }
}
