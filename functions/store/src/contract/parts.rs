//! Pieces of states, guarded by their heads.
#![expect(clippy::unwrap_used, reason = "a check fails by panicking")]

use weir_events::{EntityKey, EntityKind};

use super::{Atomic, Home, entity, state_write, state_write_with};
use crate::{Changes, Kind, PartKey, StateWrite, Store};

pub(super) async fn pieces_come_and_go_with_their_head(home: &dyn Home) {
    let store = home.open().await;
    let (first, second) = (entity(EntityKind::Merchant, 1), entity(EntityKind::Merchant, 2));
    let both = [first, second].map(|key| state_write_with(state_write(key, 0, 1), &[1, 2], &[]));
    put(&*store, both.to_vec()).await.unwrap();
    assert_eq!(numbers(&*store, first, &[2, 9, 1]).await, [Some(2), None, Some(1)]);
    put(&*store, vec![state_write_with(state_write(first, 1, 2), &[3], &[1])]).await.unwrap();
    assert_eq!(numbers(&*store, first, &[1, 2, 3]).await, [None, Some(2), Some(3)]);
    assert_eq!(numbers(&*store, second, &[1, 2, 3]).await, [Some(1), Some(2), None], "another entity's stay");
    assert_eq!(store.counts().await.unwrap().states, 2, "pieces are no states");
    assert_eq!(store.list_states(EntityKind::Merchant, None, 10).await.unwrap().len(), 2);
    drop(store);
    let store = home.open().await;
    assert_eq!(numbers(&*store, first, &[1, 2, 3]).await, [None, Some(2), Some(3)]);
    put(&*store, vec![state_write_with(state_write(first, 2, 3), &[], &[2, 3])]).await.unwrap();
    assert_eq!(numbers(&*store, first, &[2, 3]).await, [None, None]);
}

pub(super) async fn a_conflict_leaves_pieces_with_their_head(home: &dyn Home, atomic: Atomic) {
    let store = home.open().await;
    let key = entity(EntityKind::Merchant, 1);
    put(&*store, vec![state_write_with(state_write(key, 0, 1), &[1], &[])]).await.unwrap();
    let stale = state_write_with(state_write(key, 0, 2), &[2], &[1]);
    assert_eq!(put(&*store, vec![stale]).await, Err(Kind::Conflict));
    let fresh = state_write_with(state_write(key, 1, 2), &[2], &[1]);
    let other = state_write(entity(EntityKind::Card, 1), 7, 1);
    assert_eq!(put(&*store, vec![fresh, other]).await, Err(Kind::Conflict), "one stale head refuses all");
    let (head, pieces) =
        (store.states(&[key]).await.unwrap().remove(0), numbers(&*store, key, &[1, 2]).await);
    match head.version {
        1 => assert_eq!(pieces, [Some(1), None]),
        written => assert_eq!((atomic, written, pieces), (Atomic::Pieces, 2, vec![None, Some(2)])),
    }
}

/// Whoever lost folds again, and what he seals may then have other bytes under the same number.
pub(super) async fn a_refused_piece_leaves_its_number_free(home: &dyn Home) {
    let store = home.open().await;
    let key = entity(EntityKind::Merchant, 1);
    put(&*store, vec![state_write(key, 0, 1)]).await.unwrap();
    let mut lost = state_write_with(state_write(key, 0, 9), &[1], &[]);
    lost.parts[0].bytes = 9_u64.to_be_bytes().to_vec();
    assert_eq!(put(&*store, vec![lost]).await, Err(Kind::Conflict));
    assert_eq!(numbers(&*store, key, &[1]).await, [None]);
    put(&*store, vec![state_write_with(state_write(key, 1, 2), &[1], &[])]).await.unwrap();
    assert_eq!(numbers(&*store, key, &[1]).await, [Some(1)]);
}

pub(super) async fn a_piece_is_written_or_removed_once(home: &dyn Home) {
    let store = home.open().await;
    let key = entity(EntityKind::Merchant, 1);
    let malformed: [(&[u64], &[u64]); 3] = [(&[1, 1], &[]), (&[1], &[1]), (&[], &[1, 1])];
    for (written, removed) in malformed {
        let write = state_write_with(state_write(key, 0, 1), written, removed);
        assert_eq!(put(&*store, vec![write]).await, Err(Kind::Internal));
    }
    assert_eq!(store.states(&[key]).await.unwrap()[0].version, 0);
}

async fn put(store: &dyn Store, states: Vec<StateWrite>) -> Result<(), Kind> {
    store.commit(Changes { states, ..Changes::default() }).await.map_err(|error| error.kind())
}

/// The numbers that pieces hold.
async fn numbers(store: &dyn Store, entity: EntityKey, numbers: &[u64]) -> Vec<Option<u64>> {
    let keys: Vec<PartKey> = numbers.iter().map(|number| PartKey { entity, number: *number }).collect();
    let found = store.parts(&keys).await.unwrap();
    found.into_iter().map(|bytes| bytes.map(|bytes| u64::from_be_bytes(bytes.try_into().unwrap()))).collect()
}
