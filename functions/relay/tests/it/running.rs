//! The loop.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use weir_events::{Outcome, Sequence, Timestamp};
use weir_relay::{CONSUMER, Context, DECISIONS, Kind, OUTBOX, RelayError, run};
use weir_store::{MemoryStore, Outbox, SINGLE_SHARD};
use weir_streams::{Checkpoints, MemoryStreams, Progress};

use crate::fakes::{Unreliable, context, decide, keys};

/// Relays what is there.
async fn drain(streams: &Arc<Unreliable>, outbox: &dyn Outbox) -> Result<(), RelayError> {
    let shutdown = CancellationToken::new();
    shutdown.cancel();
    run(&context(streams), outbox, &streams.inner, &shutdown).await
}

async fn checkpoint(streams: &Unreliable) -> Option<Sequence> {
    let progress = streams.inner.get(CONSUMER, OUTBOX, SINGLE_SHARD).await.unwrap();
    progress.as_ref().and_then(Progress::sequence).cloned()
}

async fn until_relayed(streams: &Unreliable, newest: u64) {
    while checkpoint(streams).await != Some(Sequence::from(newest)) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_second_start_goes_on_after_the_checkpoint() {
    let (store, streams) = (MemoryStore::new(), Unreliable::new(0));
    for id in ["a", "b", "c"] {
        decide(&store, id, Outcome::Approve).await;
    }
    drain(&streams, &store).await.unwrap();
    assert_eq!(checkpoint(&streams).await, Some(Sequence::from(3)));
    decide(&store, "d", Outcome::Approve).await;
    drain(&streams, &store).await.unwrap();
    assert_eq!(keys(&streams, DECISIONS).await, ["a", "b", "c", "d"]);
}

#[tokio::test]
async fn entries_are_relayed_as_they_come_without_a_busy_loop() {
    let (store, streams) = (Arc::new(MemoryStore::new()), Unreliable::new(0));
    let shutdown = CancellationToken::new();
    let relay = tokio::spawn({
        let (store, streams, shutdown) = (Arc::clone(&store), Arc::clone(&streams), shutdown.clone());
        async move { run(&context(&streams), &*store, &streams.inner, &shutdown).await }
    });
    for (newest, id) in (1..).zip(["a", "b", "c"]) {
        decide(&*store, id, Outcome::Approve).await;
        tokio::time::timeout(Duration::from_secs(10), until_relayed(&streams, newest)).await.unwrap();
    }
    shutdown.cancel();
    relay.await.unwrap().unwrap();
    assert_eq!(streams.calls.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_failure_that_passes_loses_nothing() {
    let (store, streams) = (MemoryStore::new(), Unreliable::new(3));
    decide(&store, "a", Outcome::Approve).await;
    decide(&store, "b", Outcome::Approve).await;
    let (context, shutdown) = (context(&streams), CancellationToken::new());
    tokio::select! {
        ended = run(&context, &store, &streams.inner, &shutdown) => ended.unwrap(),
        () = until_relayed(&streams, 2) => {}
    }
    let relayed = keys(&streams, DECISIONS).await;
    assert_eq!(relayed.len(), 8, "the batch was published again after each failure");
    assert!(relayed.iter().any(|id| id == "a") && relayed.iter().any(|id| id == "b"));
}

#[tokio::test]
async fn the_checkpoint_stays_while_publishing_fails() {
    let (store, streams) = (MemoryStore::new(), Unreliable::new(1));
    decide(&store, "a", Outcome::Approve).await;
    assert_eq!(drain(&streams, &store).await.unwrap_err().kind(), Kind::Retryable);
    assert_eq!(checkpoint(&streams).await, None);
}

#[tokio::test]
async fn a_stream_that_is_not_declared_ends_the_loop() {
    let store = MemoryStore::new();
    decide(&store, "a", Outcome::Approve).await;
    let streams = Arc::new(MemoryStreams::new([("other", 1)], Timestamp::default));
    let context = Context::new(Arc::<MemoryStreams>::clone(&streams));
    let ended = run(&context, &store, &*streams, &CancellationToken::new()).await;
    assert_eq!(ended.unwrap_err().kind(), Kind::Settings);
}
