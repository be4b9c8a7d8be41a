//! A label and its transaction meet in one item.
#![expect(clippy::unwrap_used, reason = "a check fails by panicking")]

use weir_events::{EncodedEntry, EntityKind, OutboxEntry, Outcome};

use super::{Home, all, decision, effect, entity, item_write, label, state_write};
use crate::{Changes, ItemWrite, Store};

pub(super) async fn a_label_may_come_after_its_transaction(home: &dyn Home) {
    let store = home.open().await;
    put_decision(&*store, 0).await;
    let item = ItemWrite { label: Some(label("a", true)), ..item_write("a", 1) };
    let states = vec![state_write(entity(EntityKind::Merchant, 1), 0, 1)];
    store.commit(Changes { states, items: vec![item], effects: vec![effect("a", 1)] }).await.unwrap();
    both_are_there(&*store).await;
    let entries = all(&*store, 2).await;
    assert_eq!(entries.len(), 2);
    let expected = EncodedEntry::of(&OutboxEntry::LabelEffect(effect("a", 1))).unwrap();
    assert_eq!(*entries[1].entry, expected);
}

pub(super) async fn a_label_may_come_before_its_transaction(home: &dyn Home) {
    let store = home.open().await;
    let item = ItemWrite { label: Some(label("a", true)), ..item_write("a", 0) };
    store.commit(Changes { items: vec![item], ..Changes::default() }).await.unwrap();
    let read = store.items(&["a"]).await.unwrap().remove(0);
    assert_eq!((read.version, read.decision.is_none(), read.label), (1, true, Some(label("a", true))));
    assert!(all(&*store, 0).await.is_empty(), "a label without effect leaves no entry");
    put_decision(&*store, 1).await;
    both_are_there(&*store).await;
}

pub(super) async fn the_newest_label_counts_once(home: &dyn Home) {
    let store = home.open().await;
    for (version, is_fraud) in [(0, true), (1, false)] {
        let item = ItemWrite { label: Some(label("a", is_fraud)), ..item_write("a", version) };
        store.commit(Changes { items: vec![item], ..Changes::default() }).await.unwrap();
    }
    assert_eq!(store.items(&["a"]).await.unwrap()[0].label, Some(label("a", false)));
    assert_eq!(store.counts().await.unwrap().labels, 1);
}

async fn put_decision(store: &dyn Store, expected: u64) {
    let item =
        ItemWrite { decision: Some(decision("a", Outcome::Review, 1).into()), ..item_write("a", expected) };
    store.commit(Changes { items: vec![item], ..Changes::default() }).await.unwrap();
}

async fn both_are_there(store: &dyn Store) {
    let item = store.items(&["a"]).await.unwrap().remove(0);
    assert_eq!(item.version, 2);
    assert_eq!(item.decision, Some(decision("a", Outcome::Review, 1)));
    assert_eq!(item.label, Some(label("a", true)));
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.decisions, counts.labels), (1, 1));
}
