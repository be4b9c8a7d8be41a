//! One batch.

use std::sync::Arc;
use std::time::Duration;

use weir_events::{EncodedEntry, OutboxEntry, Outcome};
use weir_relay::{ALERTS, DECISIONS, Relayed, handle};
use weir_store::contract::{decision, effect};
use weir_store::{MemoryStore, Outbox, OutboxRecord, SINGLE_SHARD};

use crate::fakes::{LIMIT_BYTES, Unreliable, affect, context, decide, keys};

#[tokio::test]
async fn every_entry_goes_to_decisions_and_review_and_decline_to_alerts() {
    let store = MemoryStore::new();
    decide(&store, "a", Outcome::Approve).await;
    decide(&store, "b", Outcome::Review).await;
    affect(&store, "a").await;
    decide(&store, "c", Outcome::Decline).await;
    let streams = Unreliable::new(0);
    let batch = store.read(SINGLE_SHARD, None, 10, Duration::ZERO).await.unwrap();
    let relayed = handle(&batch, &context(&streams)).await.unwrap();
    assert_eq!(relayed, Relayed { entries: 4, alerts: 2, refused: 0 });
    assert_eq!(keys(&streams, DECISIONS).await, ["a", "b", "a", "c"]);
    assert_eq!(keys(&streams, ALERTS).await, ["b", "c"]);
}

#[tokio::test]
async fn an_empty_batch_publishes_nothing() {
    let streams = Unreliable::new(1);
    assert_eq!(handle(&[], &context(&streams)).await.unwrap(), Relayed::default());
}

#[tokio::test]
async fn an_entry_too_large_for_a_stream_does_not_stop_the_others() {
    let mut large = decision("large", Outcome::Approve, 1);
    large.reasons[0].text = "x".repeat(LIMIT_BYTES);
    let batch = [
        record(1, OutboxEntry::Decision(Box::new(large))),
        record(2, OutboxEntry::LabelEffect(effect("a", 1))),
    ];
    let streams = Unreliable::new(0);
    let relayed = handle(&batch, &context(&streams)).await.unwrap();
    assert_eq!(relayed, Relayed { entries: 1, alerts: 0, refused: 1 });
    assert_eq!(keys(&streams, DECISIONS).await, ["a"]);
}

fn record(sequence: u64, entry: OutboxEntry) -> OutboxRecord {
    let entry = Arc::new(EncodedEntry::of(&entry).unwrap());
    OutboxRecord { shard: SINGLE_SHARD.to_owned(), sequence: sequence.into(), entry }
}
