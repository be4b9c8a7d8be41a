//! Heads that this process lately read or wrote.
//!
//! A head is guarded by its version, so an old one does no harm: what is built on it is refused, and then it is read
//! again. Streams are split by customer, so that mostly the process that reads a head is the one that wrote it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use weir_events::EntityKey;
use weir_store::StoredState;

/// Two generations: what nobody asked for while a whole generation was filled is forgotten.
#[derive(Debug)]
pub(crate) struct Heads {
    generation: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    young: HashMap<EntityKey, StoredState>,
    old: HashMap<EntityKey, StoredState>,
}

impl Heads {
    /// Keeps at most so many heads.
    pub(crate) fn new(most: usize) -> Self {
        Self { generation: most / 2, kept: Mutex::default() }
    }

    pub(crate) fn get(&self, entity: &EntityKey) -> Option<StoredState> {
        let mut kept = self.kept();
        if let Some(state) = kept.young.get(entity) {
            return Some(state.clone());
        }
        let state = kept.old.remove(entity)?;
        self.insert(&mut kept, *entity, state.clone());
        Some(state)
    }

    /// Takes in what was read or written, unless something newer is known.
    pub(crate) fn put(&self, entity: EntityKey, state: StoredState) {
        let mut kept = self.kept();
        let known =
            kept.young.get(&entity).or_else(|| kept.old.get(&entity)).map_or(0, |known| known.version);
        if self.generation > 0 && state.version > known {
            kept.old.remove(&entity);
            self.insert(&mut kept, entity, state);
        }
    }

    /// Forgets what may be wrong.
    pub(crate) fn forget(&self, entity: &EntityKey) {
        let mut kept = self.kept();
        kept.young.remove(entity);
        kept.old.remove(entity);
    }

    fn insert(&self, kept: &mut Kept, entity: EntityKey, state: StoredState) {
        if kept.young.len() >= self.generation {
            kept.old = std::mem::take(&mut kept.young);
        }
        kept.young.insert(entity, state);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // A panic elsewhere leaves at worst one head forgotten.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use weir_events::EntityKind;

    use super::*;

    fn card(number: u8) -> EntityKey {
        EntityKey { kind: EntityKind::Card, key_id: 1, digest: [number; 16] }
    }

    fn state(version: u64) -> StoredState {
        StoredState { version, bytes: vec![7] }
    }

    #[test]
    fn what_is_asked_for_stays_and_there_are_never_too_many() {
        let heads = Heads::new(8);
        for number in 0..100 {
            heads.put(card(number), state(1));
            assert_eq!(heads.get(&card(0)), Some(state(1)));
            let kept = heads.kept();
            assert!(kept.young.len() + kept.old.len() <= 8);
        }
        assert_eq!(heads.get(&card(50)), None);
    }

    #[test]
    fn an_older_version_never_replaces_a_newer_one() {
        let heads = Heads::new(8);
        heads.put(card(1), state(3));
        heads.put(card(1), state(2));
        assert_eq!(heads.get(&card(1)), Some(state(3)));
        heads.forget(&card(1));
        assert_eq!(heads.get(&card(1)), None);
        let none = Heads::new(0);
        none.put(card(1), state(3));
        assert_eq!(none.get(&card(1)), None);
    }
}
