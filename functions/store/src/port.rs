//! The port: what every store does.

use weir_events::{Decision, EntityKey, EntityKind, Label};

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

/// How much a store holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Transactions that have a decision.
    pub decisions: u64,
    /// Transactions that have a label.
    pub labels: u64,
    /// Entities that have a state.
    pub states: u64,
    /// Entries kept in the outbox, where the store keeps it itself; 0 where the outbox is a service's change stream.
    pub outbox: u64,
}

/// States, decisions and labels. What was committed is handed on by the [`Outbox`](crate::Outbox).
///
/// Contract: no decision without its state effects, no state effect twice, one decision per transaction id for good;
/// every decision and label effect committed comes to the outbox. What a call returns is already durable. A call that
/// is dropped before it answers may still take effect.
///
/// An adapter commits whole or in pieces. In pieces means that a commit which answers an error may have written some of
/// its states, each head with all of its pieces, and of its items some whose states are all written: never a decision
/// without its effects. Whoever folds again finds what is there already: an entry carries its transaction's hash, and
/// a changed flag the ordinal at which it was changed.
///
/// A read may be older than the newest commit, so that a commit built on it answers `Conflict`. After that the caller's
/// next read is not older than what it conflicted with.
#[async_trait::async_trait]
pub trait Store: Send + Sync {
    /// Heads of states in order of the keys asked for.
    async fn states(&self, entities: &[EntityKey]) -> Result<Vec<StoredState>, StoreError>;

    /// The same, and nothing older than what was committed before the call: for who may find that there is nothing to
    /// change and so nothing that a version guards.
    async fn newest_states(&self, entities: &[EntityKey]) -> Result<Vec<StoredState>, StoreError>;

    /// Pieces of states in order of the keys asked for; `None` for one that is not there. A head that was read may
    /// have been replaced since, and then a piece that it names may be gone: read the head again, as after a
    /// `Conflict`.
    async fn parts(&self, parts: &[PartKey]) -> Result<Vec<Option<Vec<u8>>>, StoreError>;

    /// Items in order of the ids asked for.
    async fn items(&self, transaction_ids: &[&str]) -> Result<Vec<TransactionItem>, StoreError>;

    /// Commits a batch: durable when it returns. `Conflict` if any expected version is no longer the stored one, or
    /// if a decision is written where there is one; then nothing was written, or a part of it by an adapter that
    /// commits in pieces, and the caller reads again and folds again. Each effect belongs to an item of the batch.
    async fn commit(&self, changes: Changes) -> Result<(), StoreError>;

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
