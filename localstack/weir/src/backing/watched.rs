//! An outbox that is a service's change stream tells nobody how much is left in it; this tells how long it was quiet.

use std::sync::Arc;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use weir_events::{EntityKey, EntityKind, Sequence, Shard};
use weir_store::{
    Changes, Counts, Outbox, OutboxRecord, PartKey, Store, StoreError, StoredState, TransactionItem,
};

use super::Ledger;

/// A store that notes when its outbox last had an entry for a reader, and when something was last committed.
pub(crate) struct Watched {
    inner: Arc<dyn Ledger>,
    moved: Mutex<Instant>,
}

impl Watched {
    pub(super) fn new(inner: Arc<dyn Ledger>) -> Self {
        Self { inner, moved: Mutex::new(Instant::now()) }
    }

    /// How long nothing was committed or read.
    pub(crate) fn quiet_for(&self) -> Duration {
        self.moved.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    fn note(&self) {
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

#[async_trait]
impl Outbox for Watched {
    async fn shards(&self) -> Result<Vec<Shard>, StoreError> {
        self.inner.shards().await
    }

    async fn read(
        &self,
        shard: &str,
        after: Option<&Sequence>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<OutboxRecord>, StoreError> {
        let records = self.inner.read(shard, after, limit, wait).await?;
        if !records.is_empty() {
            self.note();
        }
        Ok(records)
    }

    async fn trim(&self, shard: &str, through: &Sequence) -> Result<(), StoreError> {
        self.inner.trim(shard, through).await
    }
}

#[async_trait]
impl Store for Watched {
    async fn states(&self, entities: &[EntityKey]) -> Result<Vec<StoredState>, StoreError> {
        self.inner.states(entities).await
    }

    async fn newest_states(&self, entities: &[EntityKey]) -> Result<Vec<StoredState>, StoreError> {
        self.inner.newest_states(entities).await
    }

    async fn parts(&self, parts: &[PartKey]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        self.inner.parts(parts).await
    }

    async fn items(&self, transaction_ids: &[&str]) -> Result<Vec<TransactionItem>, StoreError> {
        self.inner.items(transaction_ids).await
    }

    async fn commit(&self, changes: Changes) -> Result<(), StoreError> {
        self.inner.commit(changes).await?;
        self.note();
        Ok(())
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        self.inner.counts().await
    }

    async fn list_states(
        &self,
        kind: EntityKind,
        after: Option<EntityKey>,
        limit: usize,
    ) -> Result<Vec<(EntityKey, StoredState)>, StoreError> {
        self.inner.list_states(kind, after, limit).await
    }

    async fn list_items(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, TransactionItem)>, StoreError> {
        self.inner.list_items(after, limit).await
    }
}
