//! The port: what every store does.

use std::time::Duration;

use weir_events::{Decision, EncodedEntry, EntityKey, EntityKind, Label};

use crate::{Changes, StoreError};

/// Version of a stored thing: grows by one with each write; 0 means absent.
pub type Version = u64;

/// The head of an entity's state as stored; `bytes` is empty while `version` is 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredState {
    /// Version to guard the next write with.
    pub version: Version,
    /// The encoded head; it names the pieces that lie beside it.
    pub bytes: Vec<u8>,
}

/// Where a piece of an entity's state lies, beside its head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartKey {
    /// The entity.
    pub entity: EntityKey,
    /// Its number: one piece for good, a changed one gets another.
    pub number: u64,
}

/// The one item of a transaction: its decision and its label meet here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TransactionItem {
    /// Version to guard the next write with.
    pub version: Version,
    /// The decision, once made; for good.
    pub decision: Option<Decision>,
    /// The newest label known.
    pub label: Option<Label>,
}

/// One outbox entry with its place in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRecord {
    /// Grows with each entry, from 1; never used twice, not even after trimming everything.
    pub sequence: u64,
    /// The entry, encoded once when it was committed.
    pub entry: EncodedEntry,
}

/// How much a store holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Transactions that have a decision.
    pub decisions: u64,
    /// Transactions that have a label.
    pub labels: u64,
    /// Entities that have a state.
    pub states: u64,
    /// Entries kept in the outbox.
    pub outbox: u64,
}

/// States, decisions, labels and the outbox.
///
/// Contract: no decision without its state effects, no state effect twice, one decision per transaction id for good;
/// every decision and label effect committed appears in the outbox exactly at one sequence. What a call returns is
/// already durable. A call that is dropped before it answers may still take effect.
#[async_trait::async_trait]
pub trait Store: Send + Sync {
    /// Heads of states in order of the keys asked for.
    async fn states(&self, entities: &[EntityKey]) -> Result<Vec<StoredState>, StoreError>;

    /// Pieces of states in order of the keys asked for; `None` for one that is not there. A head that was read may
    /// have been replaced since, and then a piece that it names may be gone: read the head again, as after a
    /// `Conflict`.
    async fn parts(&self, parts: &[PartKey]) -> Result<Vec<Option<Vec<u8>>>, StoreError>;

    /// Items in order of the ids asked for.
    async fn items(&self, transaction_ids: &[&str]) -> Result<Vec<TransactionItem>, StoreError>;

    /// Commits a batch: durable when it returns. `Conflict` if any expected version is no longer the stored one, or
    /// if a decision is written where there is one; then nothing was written, and the caller reads again and folds
    /// again. In the outbox decisions come first, in order of the items, then effects.
    async fn commit(&self, changes: Changes) -> Result<(), StoreError>;

    /// Up to `limit` outbox entries after a sequence (0: from the oldest kept), in order.
    async fn outbox(&self, after: u64, limit: usize) -> Result<Vec<OutboxRecord>, StoreError>;

    /// Returns once the outbox has an entry after a sequence, or after `wait`, whichever is first.
    async fn wait_for_outbox(&self, after: u64, wait: Duration) -> Result<(), StoreError>;

    /// Forgets outbox entries up to and including `sequence`.
    async fn trim_outbox(&self, sequence: u64) -> Result<(), StoreError>;

    /// How much is stored.
    async fn counts(&self) -> Result<Counts, StoreError>;

    /// Up to `limit` heads of states of one kind in order of their keys, after a key (`None`: from the first).
    async fn list_states(
        &self,
        kind: EntityKind,
        after: Option<EntityKey>,
        limit: usize,
    ) -> Result<Vec<(EntityKey, StoredState)>, StoreError>;

    /// Up to `limit` items in order of their ids' bytes, after an id (`None`: from the first).
    async fn list_items(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, TransactionItem)>, StoreError>;
}
