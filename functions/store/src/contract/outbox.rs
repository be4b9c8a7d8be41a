//! The outbox: order, pages, trimming, waiting.
#![expect(clippy::unwrap_used, reason = "a check fails by panicking")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use weir_events::{EncodedEntry, OutboxEntry, Outcome};

use super::{Home, decision, effect, item_write};
use crate::{Changes, ItemWrite, OutboxRecord, Store};

pub(super) async fn entries_come_in_order_of_commits(home: &dyn Home) {
    let store = home.open().await;
    let items = vec![decided("b"), decided("a")];
    store.commit(Changes { items, effects: vec![effect("z", 1)], ..Changes::default() }).await.unwrap();
    put(&*store, "c").await;
    let records = store.outbox(0, 10).await.unwrap();
    assert_eq!(sequences(&records), [1, 2, 3, 4]);
    assert_eq!(ids(&records), ["b", "a", "z", "c"]);
    let first = OutboxEntry::Decision(Box::new(decision("b", Outcome::Approve, 1)));
    assert_eq!(records[0].entry.decode().unwrap(), first);
    assert_eq!(records[0].entry, EncodedEntry::of(&first).unwrap(), "the bytes are those of the entry");
}

pub(super) async fn a_page_begins_after_a_sequence(home: &dyn Home) {
    let store = home.open().await;
    for id in ["a", "b", "c", "d", "e"] {
        put(&*store, id).await;
    }
    assert_eq!(sequences(&store.outbox(0, 2).await.unwrap()), [1, 2]);
    assert_eq!(sequences(&store.outbox(2, 2).await.unwrap()), [3, 4]);
    assert_eq!(sequences(&store.outbox(4, 2).await.unwrap()), [5]);
    assert!(store.outbox(5, 2).await.unwrap().is_empty());
    assert!(store.outbox(u64::MAX, 2).await.unwrap().is_empty());
    store.trim_outbox(3).await.unwrap();
    assert_eq!(sequences(&store.outbox(0, 10).await.unwrap()), [4, 5]);
    store.trim_outbox(2).await.unwrap();
    assert_eq!(store.counts().await.unwrap().outbox, 2, "trimming less than before brings nothing back");
}

pub(super) async fn trimmed_sequences_are_never_used_again(home: &dyn Home) {
    let store = home.open().await;
    put(&*store, "a").await;
    put(&*store, "b").await;
    store.trim_outbox(u64::MAX).await.unwrap();
    assert!(store.outbox(0, 10).await.unwrap().is_empty());
    assert_eq!(store.counts().await.unwrap().outbox, 0);
    drop(store);
    let store = home.open().await;
    put(&*store, "c").await;
    assert_eq!(sequences(&store.outbox(0, 10).await.unwrap()), [3]);
    assert_eq!(store.counts().await.unwrap().outbox, 1);
}

pub(super) async fn waiting_ends_with_the_next_entry(home: &dyn Home) {
    const LONG: Duration = Duration::from_secs(60);
    let store = home.open().await;
    store.wait_for_outbox(0, Duration::from_millis(10)).await.unwrap();
    let waiting = Arc::clone(&store);
    let started = Instant::now();
    let waiter = tokio::spawn(async move { waiting.wait_for_outbox(0, LONG).await });
    put(&*store, "a").await;
    waiter.await.unwrap().unwrap();
    store.wait_for_outbox(0, LONG).await.unwrap();
    assert!(started.elapsed() < LONG / 2, "an entry ends the wait");
}

fn decided(id: &str) -> ItemWrite {
    ItemWrite { decision: Some(decision(id, Outcome::Approve, 1)), ..item_write(id, 0) }
}

async fn put(store: &dyn Store, id: &str) {
    store.commit(Changes { items: vec![decided(id)], ..Changes::default() }).await.unwrap();
}

fn sequences(records: &[OutboxRecord]) -> Vec<u64> {
    records.iter().map(|record| record.sequence).collect()
}

fn ids(records: &[OutboxRecord]) -> Vec<&str> {
    records.iter().map(|record| record.entry.transaction_id.as_str()).collect()
}
