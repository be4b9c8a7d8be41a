//! What every outbox must do.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a check fails by panicking")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use weir_events::{EncodedEntry, OutboxEntry, Outcome};

use super::{Home, all, decision, effect, item_write, label};
use crate::{Changes, ItemWrite, OutboxRecord, Store, StoreError};

pub(super) async fn every_entry_comes_once_as_it_was_committed(home: &dyn Home) {
    let store = home.open().await;
    let items = vec![decided("b"), decided("a"), labelled("z", 0)];
    store.commit(Changes { items, effects: vec![effect("z", 1)], ..Changes::default() }).await.unwrap();
    put(&*store, "c").await;
    let records = all(&*store, 4).await;
    assert_eq!(ids(&records), BTreeSet::from(["a", "b", "c", "z"]));
    assert_eq!(records.len(), 4);
    let first = OutboxEntry::Decision(Box::new(decision("b", Outcome::Approve, 1)));
    let found = records.iter().find(|record| record.entry.transaction_id == "b").unwrap();
    assert_eq!(found.entry.decode().unwrap(), first);
    assert_eq!(*found.entry, EncodedEntry::of(&first).unwrap(), "the bytes are those of the entry");
}

pub(super) async fn entries_of_one_transaction_come_in_their_order(home: &dyn Home) {
    let store = home.open().await;
    for id in ["a", "b"] {
        put(&*store, id).await;
        for version in 1..4 {
            let items = vec![labelled(id, version)];
            let effects = vec![effect(id, version)];
            store.commit(Changes { items, effects, ..Changes::default() }).await.unwrap();
        }
    }
    let records = all(&*store, 8).await;
    for id in ["a", "b"] {
        let of_one = records.iter().filter(|record| record.entry.transaction_id == id);
        let ordinals = of_one.map(|record| match record.entry.decode().unwrap() {
            OutboxEntry::Decision(_) => 0,
            OutboxEntry::LabelEffect(effect) => effect.ordinal,
        });
        assert_eq!(ordinals.collect::<Vec<_>>(), [0, 1, 2, 3]);
    }
}

pub(super) async fn a_page_begins_after_a_sequence(home: &dyn Home) {
    let store = home.open().await;
    for id in ["a", "b", "c", "d", "e"] {
        put(&*store, id).await;
    }
    let everything = all(&*store, 5).await;
    let shards: BTreeSet<&str> = everything.iter().map(|record| record.shard.as_str()).collect();
    for shard in shards {
        let of_shard: Vec<&OutboxRecord> = everything.iter().filter(|record| record.shard == shard).collect();
        assert!(of_shard.windows(2).all(|pair| pair[0].sequence < pair[1].sequence));
        for (index, record) in of_shard.iter().enumerate() {
            let after = Some(&record.sequence);
            match store.read(shard, after, 2, Duration::ZERO).await {
                Ok(page) => {
                    let expected = of_shard[index + 1..].iter().take(2).copied();
                    assert!(page.iter().eq(expected), "a page after entry {index}");
                }
                Err(StoreError::OutboxShardClosed { .. }) => assert_eq!(index + 1, of_shard.len()),
                Err(error) => panic!("{error}"),
            }
        }
    }
}

pub(super) async fn waiting_ends_with_the_next_entry(home: &dyn Home) {
    const LONG: Duration = Duration::from_secs(60);
    let store = home.open().await;
    let shard = store.shards().await.unwrap().remove(0).id;
    assert!(store.read(&shard, None, 1, Duration::from_millis(10)).await.unwrap().is_empty());
    let (waiting, of) = (Arc::clone(&store), shard.clone());
    let started = Instant::now();
    let waiter = tokio::spawn(async move { waiting.read(&of, None, 1, LONG).await });
    put(&*store, "a").await;
    assert_eq!(waiter.await.unwrap().unwrap().len(), 1);
    assert_eq!(store.read(&shard, None, 1, LONG).await.unwrap().len(), 1);
    assert!(started.elapsed() < LONG / 2, "an entry ends the wait");
}

pub(super) async fn a_shard_that_is_not_there_is_closed(home: &dyn Home) {
    let store = home.open().await;
    let read = store.read("shardId-00000000000000000000-absent", None, 1, Duration::ZERO).await;
    assert!(matches!(read, Err(StoreError::OutboxShardClosed { .. })), "{read:?}");
}

pub(super) fn decided(id: &str) -> ItemWrite {
    ItemWrite { decision: Some(decision(id, Outcome::Approve, 1).into()), ..item_write(id, 0) }
}

pub(super) fn labelled(id: &str, expected: u64) -> ItemWrite {
    ItemWrite { label: Some(label(id, expected.is_multiple_of(2))), ..item_write(id, expected) }
}

pub(super) async fn put(store: &dyn Store, id: &str) {
    store.commit(Changes { items: vec![decided(id)], ..Changes::default() }).await.unwrap();
}

fn ids(records: &[OutboxRecord]) -> BTreeSet<&str> {
    records.iter().map(|record| record.entry.transaction_id.as_str()).collect()
}
