//! Many at once, everything at once, and all of it again after reopening.
#![expect(clippy::unwrap_used, reason = "a check fails by panicking")]

use std::sync::Arc;

use tokio::task::JoinSet;
use weir_events::{EntityKey, EntityKind, Outcome};

use super::{Home, Kept, all, decision, entity, item_write, label, state_write};
use crate::{Changes, ItemWrite, Kind, StateWrite, Store, StoreError};

const TASKS: u32 = 8;
const EVENTS: u32 = 25;

pub(super) async fn concurrent_folds_are_all_there_once(home: &dyn Home) {
    let store = home.open().await;
    let shared = entity(EntityKind::Merchant, 1);
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            for number in 0..EVENTS {
                fold(&*store, shared, u64::from(task * EVENTS + number)).await;
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let total = u64::from(TASKS * EVENTS);
    let state = store.states(&[shared]).await.unwrap().remove(0);
    let mut found = entries(&state.bytes);
    found.sort_unstable();
    assert!(found.into_iter().eq(0..total), "each is in the state, and once");
    assert_eq!(state.version, total);
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.decisions, counts.states), (total, 1));
    assert_eq!(all(&*store, total as usize).await.len() as u64, total);
}

/// Reads, folds, decides, and starts again on a conflict, as `score` does: what an attempt before it has left in the
/// state is found there and not folded again.
async fn fold(store: &dyn Store, shared: EntityKey, event: u64) {
    let id = event.to_string();
    loop {
        let state = store.states(&[shared]).await.unwrap().remove(0);
        let mut entries = entries(&state.bytes);
        let found = entries.iter().position(|entry| *entry == event);
        let ordinal = found.unwrap_or(entries.len()) as u64 + 1;
        let mut states = Vec::new();
        if found.is_none() {
            entries.push(event);
            let bytes = entries.iter().flat_map(|entry| entry.to_be_bytes()).collect();
            states.push(StateWrite { bytes, ..state_write(shared, state.version, 0) });
        }
        let decision = Some(decision(&id, Outcome::Approve, ordinal).into());
        let item = ItemWrite { decision, ..item_write(&id, 0) };
        match store.commit(Changes { states, items: vec![item], effects: Vec::new() }).await {
            Err(StoreError::Conflict) => {}
            done => return done.unwrap(),
        }
    }
}

fn entries(bytes: &[u8]) -> Vec<u64> {
    bytes.chunks(8).map(|entry| u64::from_be_bytes(entry.try_into().unwrap())).collect()
}

pub(super) async fn one_of_many_deciders_wins(home: &dyn Home) {
    let store = home.open().await;
    let mut tasks = JoinSet::new();
    for ordinal in 1..=u64::from(TASKS) {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let decision = Some(decision("a", Outcome::Approve, ordinal).into());
            let items = vec![ItemWrite { decision, ..item_write("a", 0) }];
            store.commit(Changes { items, ..Changes::default() }).await.map(|()| ordinal)
        });
    }
    let answers = tasks.join_all().await;
    let winners: Vec<u64> = answers.iter().filter_map(|answer| answer.as_ref().ok().copied()).collect();
    let are_conflicts = answers.iter().filter_map(|answer| answer.as_ref().err());
    assert!(are_conflicts.map(StoreError::kind).all(|kind| kind == Kind::Conflict));
    let stored = store.items(&["a"]).await.unwrap().remove(0).decision.unwrap();
    assert_eq!(winners, [stored.ordinals[0].ordinal]);
    assert_eq!(all(&*store, 1).await.len(), 1);
}

pub(super) async fn lists_page_through_everything(home: &dyn Home) {
    let store = home.open().await;
    let kinds = [EntityKind::Customer, EntityKind::Merchant, EntityKind::Address];
    let keys = |kind| (0..5).map(move |number| entity(kind, number));
    let states = kinds.into_iter().flat_map(keys).map(|key| state_write(key, 0, 1)).collect();
    let items = ["b", "a", "c"].map(|id| ItemWrite { label: Some(label(id, true)), ..item_write(id, 0) });
    store.commit(Changes { states, items: items.to_vec(), effects: Vec::new() }).await.unwrap();
    for kind in kinds {
        let mut seen: Vec<EntityKey> = Vec::new();
        loop {
            let page = store.list_states(kind, seen.last().copied(), 2).await.unwrap();
            if page.is_empty() {
                break;
            }
            seen.extend(page.into_iter().map(|(key, _)| key));
        }
        assert!(seen.into_iter().eq(keys(kind)));
    }
    assert!(store.list_states(EntityKind::Ip, None, 10).await.unwrap().is_empty());
    let page = store.list_items(Some("a"), 10).await.unwrap();
    assert_eq!(page.into_iter().map(|(id, _)| id).collect::<Vec<_>>(), ["b", "c"]);
    assert_eq!(store.list_items(None, 1).await.unwrap()[0].0, "a");
}

pub(super) async fn everything_is_there_after_reopening(home: &dyn Home) {
    let card = entity(EntityKind::Card, 1);
    let store = home.open().await;
    let item = ItemWrite {
        decision: Some(decision("a", Outcome::Decline, 1).into()),
        label: Some(label("a", true)),
        ..item_write("a", 0)
    };
    let states = vec![state_write(card, 0, 1)];
    store.commit(Changes { states, items: vec![item], effects: vec![super::effect("a", 1)] }).await.unwrap();
    let before = look(&*store, card).await;
    drop(store);
    let store = home.open().await;
    assert_eq!(look(&*store, card).await, before);
    store.commit(Changes { states: vec![state_write(card, 1, 2)], ..Changes::default() }).await.unwrap();
}

async fn look(store: &dyn Kept, card: EntityKey) -> String {
    let states = store.states(&[card]).await.unwrap();
    let items = store.items(&["a"]).await.unwrap();
    let outbox = all(store, 2).await;
    format!("{states:?} {items:?} {outbox:?} {:?}", store.counts().await.unwrap())
}
