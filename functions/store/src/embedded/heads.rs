//! Heads of states as they were written last: the entities of now are those of a moment ago, and their heads need not
//! be looked for in the tables again.
//!
//! The writer takes a head out before it writes another one, and puts that here when it is durable; nobody else writes
//! states. So what is here is never older than what is stored. Heads that were read are not put here, since one might be
//! replaced meanwhile.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use super::layout::StateKey;
use crate::StoredState;

/// Bytes of one generation; there are two.
const GENERATION_BYTES: usize = 24 << 20;
/// What a head takes beside its bytes.
const ENTRY_BYTES: usize = 80;

/// Heads by key.
#[derive(Default)]
pub(super) struct Heads(RwLock<Generations>);

/// When the new generation is full, it becomes the old one, and what was old is forgotten.
#[derive(Default)]
struct Generations {
    new: HashMap<StateKey, StoredState>,
    old: HashMap<StateKey, StoredState>,
    bytes: usize,
}

impl Heads {
    /// Takes in heads that were written now.
    pub(super) fn put(&self, written: impl IntoIterator<Item = (StateKey, StoredState)>) {
        let mut heads = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for (key, state) in written {
            if heads.bytes >= GENERATION_BYTES {
                heads.old = std::mem::take(&mut heads.new);
                heads.bytes = 0;
            }
            heads.bytes += size_of(&state);
            let replaced = heads.new.insert(key, state).map_or(0, |before| size_of(&before));
            heads.bytes -= replaced;
        }
    }

    /// Forgets heads that are about to be replaced.
    pub(super) fn forget<'a>(&self, keys: impl IntoIterator<Item = &'a StateKey>) {
        let mut heads = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for key in keys {
            heads.old.remove(key);
            let removed = heads.new.remove(key).map_or(0, |before| size_of(&before));
            heads.bytes -= removed;
        }
    }

    /// The heads of these keys, where they are known.
    pub(super) fn get(&self, keys: &[StateKey]) -> Vec<Option<StoredState>> {
        let heads = self.0.read().unwrap_or_else(PoisonError::into_inner);
        keys.iter().map(|key| heads.new.get(key).or_else(|| heads.old.get(key)).cloned()).collect()
    }
}

fn size_of(state: &StoredState) -> usize {
    ENTRY_BYTES + state.bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u8) -> StateKey {
        [number; 19]
    }

    fn state(version: u64, size: usize) -> StoredState {
        StoredState { version, bytes: vec![0; size] }
    }

    fn versions(heads: &Heads, keys: &[StateKey]) -> Vec<Option<u64>> {
        heads.get(keys).into_iter().map(|state| state.map(|state| state.version)).collect()
    }

    #[test]
    fn the_head_written_last_is_known_in_whichever_generation() {
        let heads = Heads::default();
        heads.put([(key(1), state(1, 10)), (key(2), state(1, GENERATION_BYTES))]);
        assert_eq!(versions(&heads, &[key(1), key(2), key(3)]), [Some(1), Some(1), None]);
        heads.put([(key(1), state(2, 10))]);
        assert_eq!(versions(&heads, &[key(2), key(1)]), [Some(1), Some(2)]);
    }

    #[test]
    fn what_is_not_written_again_is_forgotten() {
        let heads = Heads::default();
        for number in 0..20 {
            heads.put([(key(number), state(1, GENERATION_BYTES / 4))]);
        }
        assert_eq!(versions(&heads, &[key(0), key(19)]), [None, Some(1)]);
        let kept = heads.0.read().unwrap();
        assert!(kept.new.len() + kept.old.len() <= 8);
    }

    #[test]
    fn what_is_about_to_be_replaced_is_not_known() {
        let heads = Heads::default();
        heads.put([(key(1), state(1, GENERATION_BYTES)), (key(2), state(1, 10))]);
        heads.forget([&key(1), &key(2), &key(3)]);
        assert_eq!(versions(&heads, &[key(1), key(2), key(3)]), [None, None, None]);
        assert_eq!(heads.0.read().unwrap().bytes, 0);
    }

    #[test]
    fn one_head_written_again_and_again_takes_its_place_once() {
        let heads = Heads::default();
        for version in 1..100 {
            heads.put([(key(1), state(version, GENERATION_BYTES / 4))]);
        }
        assert_eq!(versions(&heads, &[key(1)]), [Some(99)]);
        assert!(heads.0.read().unwrap().old.is_empty());
    }
}
