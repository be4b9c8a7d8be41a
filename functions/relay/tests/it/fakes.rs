//! Streams that fail on purpose, and what every test needs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use weir_events::{OutboxEntry, Outcome, Position, RawRecord, Sequence, Shard, Timestamp};
use weir_relay::{ALERTS, Context, DECISIONS, Settings};
use weir_store::contract::{decision, effect, item_write, label};
use weir_store::{Changes, ItemWrite, Store};
use weir_streams::{MemoryStreams, NewRecord, StreamError, Streams};

/// Records over this size are refused for good.
pub(crate) const LIMIT_BYTES: usize = 16 * 1024;

/// Publishes to memory, but fails the first so many times after having published, and refuses what is too large.
pub(crate) struct Unreliable {
    pub(crate) inner: MemoryStreams,
    pub(crate) failures_left: AtomicU32,
    pub(crate) calls: AtomicU32,
}

impl Unreliable {
    pub(crate) fn new(failures: u32) -> Arc<Self> {
        Arc::new(Self {
            inner: MemoryStreams::new([(DECISIONS, 1), (ALERTS, 1)], Timestamp::default),
            failures_left: AtomicU32::new(failures),
            calls: AtomicU32::new(0),
        })
    }
}

pub(crate) fn context(streams: &Arc<Unreliable>) -> Context {
    let settings = Settings {
        max_entries: 2,
        idle_wait: Duration::from_secs(60),
        linger: Duration::ZERO,
        retry_after: Duration::from_millis(1),
    };
    Context { streams: Arc::<Unreliable>::clone(streams), settings }
}

/// Commits one decision.
pub(crate) async fn decide(store: &dyn Store, id: &str, outcome: Outcome) {
    let items = vec![ItemWrite { decision: Some(decision(id, outcome, 1).into()), ..item_write(id, 0) }];
    store.commit(Changes { items, ..Changes::default() }).await.unwrap();
}

/// Commits a label of a decided transaction with its effect.
pub(crate) async fn affect(store: &dyn Store, id: &str) {
    let items = vec![ItemWrite { label: Some(label(id, true)), ..item_write(id, 1) }];
    store.commit(Changes { items, effects: vec![effect(id, 1)], ..Changes::default() }).await.unwrap();
}

/// Keys on a stream, each checked against its payload.
pub(crate) async fn keys(streams: &Unreliable, stream: &str) -> Vec<String> {
    let records = streams.inner.read(stream, "0", None, 1000, Duration::ZERO).await.unwrap();
    let key = |record: RawRecord| {
        let id = match serde_json::from_slice(&record.bytes).unwrap() {
            OutboxEntry::Decision(decision) => decision.transaction_id,
            OutboxEntry::LabelEffect(effect) => effect.transaction_id,
        };
        assert_eq!(record.key, id);
        id
    };
    records.into_iter().map(key).collect()
}

#[async_trait::async_trait]
impl Streams for Unreliable {
    async fn shards(&self, stream: &str) -> Result<Vec<Shard>, StreamError> {
        self.inner.shards(stream).await
    }

    async fn publish(&self, stream: &str, records: Vec<NewRecord>) -> Result<Vec<Position>, StreamError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        if let Some(large) = records.iter().find(|record| record.bytes.len() > LIMIT_BYTES) {
            return Err(StreamError::TooLarge { size_bytes: large.bytes.len(), limit_bytes: LIMIT_BYTES });
        }
        let positions = self.inner.publish(stream, records).await?;
        let fails = |left: u32| left.checked_sub(1);
        match self.failures_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, fails) {
            Ok(_) => Err(StreamError::Io {
                action: "write",
                path: "log".into(),
                source: std::io::ErrorKind::StorageFull.into(),
            }),
            Err(_) => Ok(positions),
        }
    }

    async fn read(
        &self,
        stream: &str,
        shard: &str,
        after: Option<&Sequence>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<RawRecord>, StreamError> {
        self.inner.read(stream, shard, after, limit, wait).await
    }

    async fn newest(&self, stream: &str, shard: &str) -> Result<Option<Sequence>, StreamError> {
        self.inner.newest(stream, shard).await
    }
}
