//! Versions, conflicts, and one decision for good.
#![expect(clippy::unwrap_used, reason = "a check fails by panicking")]

use weir_events::{EntityKind, Outcome};

use super::{Atomic, Home, all, decision, effect, entity, item_write, label, state_write};
use crate::{Changes, Counts, ItemWrite, Kind, Store, StoredState, TransactionItem};

pub(super) async fn what_was_never_written_is_absent(home: &dyn Home) {
    let store = home.open().await;
    let states = store.states(&[entity(EntityKind::Card, 1)]).await.unwrap();
    assert_eq!(states, [StoredState { version: 0, bytes: Vec::new() }]);
    assert_eq!(store.items(&["absent"]).await.unwrap(), [TransactionItem::default()]);
    assert_eq!(store.counts().await.unwrap(), Counts::default());
    store.commit(Changes::default()).await.unwrap();
    assert!(all(&*store, 0).await.is_empty());
}

pub(super) async fn versions_grow_by_one(home: &dyn Home) {
    let store = home.open().await;
    let (first, second) = (entity(EntityKind::Card, 1), entity(EntityKind::Device, 1));
    for version in 0..3 {
        let states = vec![state_write(first, version, version + 10)];
        store.commit(Changes { states, ..Changes::default() }).await.unwrap();
    }
    let read = store.states(&[second, first]).await.unwrap();
    assert_eq!(read[0], StoredState::default(), "answers come in order of the keys asked for");
    assert_eq!(read[1], StoredState { version: 3, bytes: 12_u64.to_be_bytes().to_vec() });
}

pub(super) async fn a_conflict_writes_no_decision(home: &dyn Home, atomic: Atomic) {
    let store = home.open().await;
    let (first, second) = (entity(EntityKind::Card, 1), entity(EntityKind::Card, 2));
    store.commit(Changes { states: vec![state_write(first, 0, 1)], ..Changes::default() }).await.unwrap();
    let stale_state = Changes {
        states: vec![state_write(second, 0, 1), state_write(first, 0, 2)],
        items: vec![decided("a", 0)],
        effects: vec![effect("a", 1)],
    };
    conflicts(&*store, stale_state).await;
    let read = store.states(&[first, second]).await.unwrap();
    assert_eq!(read[0], StoredState { version: 1, bytes: 1_u64.to_be_bytes().to_vec() });
    assert!(atomic == Atomic::Pieces || read[1].version == 0, "nothing was written");
    let stale_item = Changes {
        states: vec![state_write(first, 1, 2)],
        items: vec![decided("a", 1)],
        ..Changes::default()
    };
    conflicts(&*store, stale_item).await;
    let read = store.states(&[first]).await.unwrap().remove(0);
    assert!(atomic == Atomic::Pieces || read.version == 1, "nothing was written");
    assert_eq!(store.items(&["a"]).await.unwrap(), [TransactionItem::default()]);
    assert_eq!(store.counts().await.unwrap().decisions, 0);
    assert!(all(&*store, 0).await.is_empty());
}

pub(super) async fn a_decision_is_for_good(home: &dyn Home) {
    let store = home.open().await;
    store.commit(Changes { items: vec![decided("a", 0)], ..Changes::default() }).await.unwrap();
    let second =
        ItemWrite { decision: Some(decision("a", Outcome::Decline, 2).into()), ..item_write("a", 1) };
    conflicts(&*store, Changes { items: vec![second], ..Changes::default() }).await;
    let item = store.items(&["a"]).await.unwrap().remove(0);
    assert_eq!(item.decision.unwrap(), decision("a", Outcome::Approve, 1));
    assert_eq!(item.version, 1);
}

pub(super) async fn a_repeat_conflicts_and_finds_the_first_decision(home: &dyn Home) {
    let store = home.open().await;
    let customer = entity(EntityKind::Customer, 1);
    let batch = Changes {
        states: vec![state_write(customer, 0, 1)],
        items: vec![decided("a", 0)],
        effects: Vec::new(),
    };
    store.commit(batch.clone()).await.unwrap();
    conflicts(&*store, batch).await;
    assert!(store.items(&["a"]).await.unwrap()[0].decision.is_some());
    assert_eq!(store.states(&[customer]).await.unwrap()[0].version, 1);
    assert_eq!(all(&*store, 1).await.len(), 1);
}

pub(super) async fn malformed_changes_are_refused_whole(home: &dyn Home) {
    let store = home.open().await;
    let card = entity(EntityKind::Card, 1);
    let state = || state_write(card, 0, 1);
    let other = ItemWrite { label: Some(label("b", true)), ..item_write("a", 0) };
    let malformed = [
        Changes { states: vec![state(), state()], ..Changes::default() },
        Changes {
            states: vec![state()],
            items: vec![decided("a", 0), decided("a", 0)],
            ..Changes::default()
        },
        Changes { states: vec![state()], items: vec![other], ..Changes::default() },
        Changes { states: vec![state()], items: vec![item_write("", 0)], ..Changes::default() },
        Changes { states: vec![state()], effects: vec![effect("a", 1)], ..Changes::default() },
    ];
    for changes in malformed {
        assert_ne!(store.commit(changes).await.unwrap_err().kind(), Kind::Conflict);
    }
    assert_eq!(store.counts().await.unwrap(), Counts::default());
}

fn decided(transaction_id: &str, expected: u64) -> ItemWrite {
    let decision = Some(decision(transaction_id, Outcome::Approve, 1).into());
    ItemWrite { decision, ..item_write(transaction_id, expected) }
}

async fn conflicts(store: &dyn Store, changes: Changes) {
    assert_eq!(store.commit(changes).await.unwrap_err().kind(), Kind::Conflict);
}
