#![doc = include_str!("../README.md")]

use weir_events::{Decision, EntityKey, Label, LabelEffect, OutboxEntry};

/// Version of a stored thing: grows by one with each write; 0 means absent.
pub type Version = u64;

/// An entity's state as stored; `bytes` is empty while `version` is 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredState {
    /// Version to guard the next write with.
    pub version: Version,
    /// The encoded state.
    pub bytes: Vec<u8>,
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

/// A guarded write of one entity's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateWrite {
    /// The entity.
    pub entity: EntityKey,
    /// Version that was read.
    pub expected: Version,
    /// The new encoded state.
    pub bytes: Vec<u8>,
}

/// A guarded write of one transaction's item. `None` leaves that part as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemWrite {
    /// The transaction.
    pub transaction_id: String,
    /// Version that was read.
    pub expected: Version,
    /// The decision, if it is made by this write.
    pub decision: Option<Decision>,
    /// The label, if it is set by this write.
    pub label: Option<Label>,
}

/// Everything that one batch changes; all of it or nothing becomes visible.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// States, each entity at most once.
    pub states: Vec<StateWrite>,
    /// Items, each transaction at most once.
    pub items: Vec<ItemWrite>,
    /// Label effects that the states above contain.
    pub effects: Vec<LabelEffect>,
}

/// One outbox entry with its place in the outbox.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxRecord {
    /// Grows with each entry; never used twice.
    pub sequence: u64,
    /// The entry.
    pub entry: OutboxEntry,
}

/// States, decisions, labels and the outbox.
///
/// Contract: no decision without its state effects, no state effect twice, one decision per transaction id for good;
/// every decision and label effect committed appears in the outbox exactly at one sequence.
#[async_trait::async_trait]
pub trait Store: Send + Sync {
    /// States in order of the keys asked for.
    async fn states(&self, entities: &[EntityKey]) -> Result<Vec<StoredState>, StoreError>;

    /// Items in order of the ids asked for.
    async fn items(&self, transaction_ids: &[&str]) -> Result<Vec<TransactionItem>, StoreError>;

    /// Commits a batch: durable when it returns. `Conflict` if any expected version is no longer the stored one;
    /// then nothing was written, and the caller reads again and folds again.
    async fn commit(&self, changes: Changes) -> Result<(), StoreError>;

    /// Up to `limit` outbox entries after a sequence (0: from the oldest kept), in order.
    async fn outbox(&self, after: u64, limit: usize) -> Result<Vec<OutboxRecord>, StoreError>;

    /// Forgets outbox entries up to and including `sequence`.
    async fn trim_outbox(&self, sequence: u64) -> Result<(), StoreError>;
}

/// What can go wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else wrote in between: read again and fold again.
    #[error("a stored version changed since it was read")]
    Conflict,
}
