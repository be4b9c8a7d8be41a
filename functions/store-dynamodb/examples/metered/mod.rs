//! A store that counts write units from the sizes of what it is given, since DynamoDB Local tells too few of them for
//! transactions.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use weir_events::{EntityKey, EntityKind};
use weir_store::{Changes, Counts, PartKey, StateWrite, Store, StoreError, StoredState, TransactionItem};
use weir_store_dynamodb::DynamoStore;

/// Counts, and hands on.
pub(crate) struct Metered {
    pub(crate) inner: Arc<DynamoStore>,
    /// Units of heads, of heads and pieces in transactions, and number of these transactions.
    pub(crate) heads: AtomicU64,
    pub(crate) transactions: AtomicU64,
    pub(crate) transacted: AtomicU64,
}

/// Names, key, version and layout of a head or a piece.
const AROUND: usize = 30;

impl Metered {
    pub(crate) fn new(inner: &Arc<DynamoStore>) -> Self {
        Self {
            inner: Arc::clone(inner),
            heads: AtomicU64::new(0),
            transactions: AtomicU64::new(0),
            transacted: AtomicU64::new(0),
        }
    }

    /// A transaction takes twice the units; a piece that goes is taken to be as large as the largest is, 4.5 kB.
    fn count(&self, state: &StateWrite) {
        let units = |size: usize| (size + AROUND).div_ceil(1_024) as u64;
        let head = units(state.bytes.len());
        if state.parts.is_empty() && state.removed.is_empty() {
            self.heads.fetch_add(head, Ordering::Relaxed);
            return;
        }
        let parts: u64 = state.parts.iter().map(|part| units(part.bytes.len())).sum();
        let all = head + parts + 5 * state.removed.len() as u64;
        self.transactions.fetch_add(1, Ordering::Relaxed);
        self.transacted.fetch_add(2 * all, Ordering::Relaxed);
    }
}

#[async_trait::async_trait]
impl Store for Metered {
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
        changes.states.iter().for_each(|state| self.count(state));
        self.inner.commit(changes).await
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
