//! What an outbox does that its store keeps itself: one shard, numbered from 1, trimmed when it is told to.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a check fails by panicking")]

use std::time::Duration;

use weir_events::Sequence;

use super::outbox::{decided, labelled, put};
use super::{Home, effect};
use crate::{Changes, Kind, Outbox, OutboxRecord, SINGLE_SHARD, StoreError};

pub(super) async fn entries_come_in_order_of_commits(home: &dyn Home) {
    let store = home.open().await;
    let items = vec![decided("b"), decided("a"), labelled("z", 0)];
    store.commit(Changes { items, effects: vec![effect("z", 1)], ..Changes::default() }).await.unwrap();
    put(&*store, "c").await;
    let records = after(&*store, 0, 10).await.unwrap();
    assert_eq!(sequences(&records), [1, 2, 3, 4]);
    let ids = records.iter().map(|record| record.entry.transaction_id.as_str());
    assert_eq!(ids.collect::<Vec<_>>(), ["b", "a", "z", "c"]);
    assert!(after(&*store, u64::MAX, 2).await.unwrap().is_empty());
    let wrong = store.read(SINGLE_SHARD, Some(&Sequence::from("9".repeat(40))), 1, Duration::ZERO).await;
    assert_eq!(wrong.unwrap_err().kind(), Kind::Internal);
}

pub(super) async fn trimming_forgets_and_says_so(home: &dyn Home) {
    let store = home.open().await;
    for id in ["a", "b", "c", "d", "e"] {
        put(&*store, id).await;
    }
    store.trim(SINGLE_SHARD, &Sequence::from(3)).await.unwrap();
    assert_eq!(sequences(&after(&*store, 0, 10).await.unwrap()), [4, 5]);
    assert_eq!(sequences(&after(&*store, 3, 10).await.unwrap()), [4, 5], "nothing after it is gone");
    match after(&*store, 2, 10).await {
        Err(StoreError::OutboxTrimmed { oldest, .. }) => assert_eq!(oldest, Some(Sequence::from(4))),
        other => panic!("{other:?}"),
    }
    store.trim(SINGLE_SHARD, &Sequence::from(2)).await.unwrap();
    assert_eq!(store.counts().await.unwrap().outbox, 2, "trimming less than before brings nothing back");
}

pub(super) async fn trimmed_sequences_are_never_used_again(home: &dyn Home) {
    let store = home.open().await;
    put(&*store, "a").await;
    put(&*store, "b").await;
    store.trim(SINGLE_SHARD, &Sequence::from(u64::MAX)).await.unwrap();
    assert!(after(&*store, 0, 10).await.unwrap().is_empty());
    assert_eq!(store.counts().await.unwrap().outbox, 0);
    drop(store);
    let store = home.open().await;
    put(&*store, "c").await;
    assert_eq!(sequences(&after(&*store, 0, 10).await.unwrap()), [3]);
    assert_eq!(store.counts().await.unwrap().outbox, 1);
}

async fn after(outbox: &dyn Outbox, number: u64, limit: usize) -> Result<Vec<OutboxRecord>, StoreError> {
    let after = (number > 0).then(|| Sequence::from(number));
    outbox.read(SINGLE_SHARD, after.as_ref(), limit, Duration::ZERO).await
}

fn sequences(records: &[OutboxRecord]) -> Vec<u64> {
    records.iter().map(|record| record.sequence.as_str().parse().unwrap()).collect()
}
