//! Stores and streams that fail on purpose.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use weir_events::{EntityKey, EntityKind, Position, RawRecord, Sequence, Shard};
use weir_score::{BatchResult, Context, handle_labels, handle_transactions};
use weir_store::{Changes, Counts, PartKey, Store, StoreError, StoredState, TransactionItem};
use weir_streams::{NewRecord, StreamError, Streams};

use crate::support::{Deployment, label, label_record, order, raw};

/// What a commit that fails has written.
#[derive(Clone, Copy, Debug)]
enum Written {
    Nothing,
    /// The states and no item, as an adapter may that commits in pieces.
    States,
    Everything,
}

/// A store whose every third commit fails.
struct FailingStore {
    inner: Arc<dyn Store>,
    commits: AtomicU32,
    written: Written,
}

fn unavailable() -> StoreError {
    StoreError::Unavailable { location: "test".into(), source: "on purpose".into() }
}

#[async_trait::async_trait]
impl Store for FailingStore {
    async fn states(&self, entities: &[EntityKey]) -> Result<Vec<StoredState>, StoreError> {
        self.inner.states(entities).await
    }

    async fn newest_states(&self, entities: &[EntityKey]) -> Result<Vec<StoredState>, StoreError> {
        self.inner.newest_states(entities).await
    }

    async fn parts(&self, parts: &[PartKey]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        self.inner.parts(parts).await
    }

    async fn items(&self, ids: &[&str]) -> Result<Vec<TransactionItem>, StoreError> {
        self.inner.items(ids).await
    }

    async fn commit(&self, changes: Changes) -> Result<(), StoreError> {
        if !self.commits.fetch_add(1, Ordering::SeqCst).is_multiple_of(3) {
            return self.inner.commit(changes).await;
        }
        match self.written {
            Written::Nothing => {}
            Written::States => {
                let states = Changes { states: changes.states, ..Changes::default() };
                self.inner.commit(states).await?;
            }
            Written::Everything => self.inner.commit(changes).await?,
        }
        Err(unavailable())
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

/// Streams that take nothing.
struct FullStreams;

#[async_trait::async_trait]
impl Streams for FullStreams {
    async fn shards(&self, _stream: &str) -> Result<Vec<Shard>, StreamError> {
        Err(StreamError::Stopped)
    }

    async fn publish(&self, _stream: &str, _records: Vec<NewRecord>) -> Result<Vec<Position>, StreamError> {
        Err(StreamError::Stopped)
    }

    async fn read(
        &self,
        _stream: &str,
        _shard: &str,
        _after: Option<&Sequence>,
        _limit: usize,
        _wait: Duration,
    ) -> Result<Vec<RawRecord>, StreamError> {
        Err(StreamError::Stopped)
    }

    async fn newest(&self, _stream: &str, _shard: &str) -> Result<Option<Sequence>, StreamError> {
        Err(StreamError::Stopped)
    }
}

fn positions(records: &[RawRecord]) -> Vec<Position> {
    records.iter().map(|record| record.position.clone()).collect()
}

/// Delivers from the first failed record on until nothing fails; answers how often it had to.
async fn deliver(context: &Context, records: &[RawRecord], is_labels: bool) -> usize {
    let (mut rest, mut deliveries) = (records, 0);
    while !rest.is_empty() {
        deliveries += 1;
        let result = if is_labels {
            handle_labels(rest, context).await
        } else {
            handle_transactions(rest, context).await
        };
        assert_eq!(result.failed, positions(&rest[rest.len() - result.failed.len()..]));
        rest = &rest[rest.len() - result.failed.len()..];
    }
    deliveries
}

#[tokio::test]
async fn a_store_that_fails_before_between_or_after_writes_leaves_nothing_out_and_nothing_twice() {
    for written in [Written::Nothing, Written::States, Written::Everything] {
        let deployment = Deployment::new();
        let mut parts = deployment.parts();
        let inner = Arc::clone(&deployment.store);
        parts.store = Arc::new(FailingStore { inner, commits: AtomicU32::new(0), written });
        parts.settings.commit_size = 4;
        let context = Context::new(parts);
        let (mut records, mut sealed, mut labels) = (Vec::new(), Vec::new(), Vec::new());
        for sequence in 1..=30_u64 {
            let id = format!("order-{sequence}");
            let placed =
                order(&id, &format!("customer-{}", sequence % 4), "shop", 90 - sequence as i64, 5_000);
            sealed.push(deployment.sealed(placed.clone()).await);
            records.push(deployment.record(sequence, placed).await);
            labels.push(label_record(sequence, &label(&id, true, 1)));
        }
        // Half of the labels come before their transactions.
        assert!(deliver(&context, &labels[15..], true).await > 1);
        assert!(deliver(&context, &records, false).await > 1);
        assert!(deliver(&context, &labels, true).await > 1);
        let (decisions, effects) = deployment.outbox().await;
        assert_eq!((decisions.len(), effects.len()), (30, 30));
        assert_eq!(crate::refold::check(&sealed, &decisions, &effects), 60);
    }
}

#[tokio::test]
async fn a_batch_is_not_done_while_its_dead_letters_cannot_be_published() {
    let deployment = Deployment::new();
    let mut parts = deployment.parts();
    parts.streams = Arc::new(FullStreams);
    let context = Context::new(parts);
    let batch = [
        deployment.record(1, order("order-1", "customer-1", "shop", 9, 5_000)).await,
        raw("transactions", 2, "", b"garbage".to_vec()),
    ];
    let result = handle_transactions(&batch, &context).await;
    assert_eq!(result.failed, positions(&batch));
    assert_eq!(handle_transactions(&batch, &deployment.context()).await, BatchResult::default());
    assert_eq!(deployment.outbox().await.0.len(), 1);
    assert_eq!(deployment.dead_letter_records().await, 1);
}

#[tokio::test]
async fn a_damaged_state_fails_the_batch_and_nothing_is_decided_on_it() {
    let deployment = Deployment::new();
    let context = deployment.context();
    let record = deployment.record(1, order("order-1", "customer-1", "shop", 9, 5_000)).await;
    let entity = deployment.sealed(order("order-1", "customer-1", "shop", 9, 5_000)).await.entities.customer;
    let write = weir_store::StateWrite {
        entity,
        expected: 0,
        bytes: b"damaged".to_vec(),
        parts: Vec::new(),
        removed: Vec::new(),
    };
    deployment.store.commit(Changes { states: vec![write], ..Changes::default() }).await.unwrap();
    let result = handle_transactions(std::slice::from_ref(&record), &context).await;
    assert_eq!(result.failed, [record.position]);
    assert!(deployment.decision("order-1").await.is_none());
}
