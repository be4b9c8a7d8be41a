//! The states that a batch works on.

#![expect(
    clippy::disallowed_types,
    reason = "found by key alone; whoever iterates gets the order of the keys"
)]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use weir_events::EntityKey;

use crate::state::EntityState;

/// States by entity; an entity that is not in it was never seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct States(HashMap<EntityKey, EntityState, BuildHasherDefault<KeyHasher>>);

/// Digests are keyed hashes, so that nobody can choose them: mixing their bytes a little is enough.
#[derive(Clone, Copy, Debug, Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut eight = [0; 8];
            eight[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(eight));
        }
    }

    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }

    fn write_u16(&mut self, number: u16) {
        self.0 ^= u64::from(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.0 = self.0.rotate_left(16) ^ number as u64;
    }

    fn write_isize(&mut self, number: isize) {
        self.write_usize(number as usize);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl States {
    /// No states.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a state in; answers the one it replaces.
    pub fn insert(&mut self, entity: EntityKey, state: EntityState) -> Option<EntityState> {
        self.0.insert(entity, state)
    }

    /// Takes a state out.
    pub fn remove(&mut self, entity: &EntityKey) -> Option<EntityState> {
        self.0.remove(entity)
    }

    /// The state of an entity.
    pub fn get(&self, entity: &EntityKey) -> Option<&EntityState> {
        self.0.get(entity)
    }

    /// The state of an entity, to change it.
    pub fn get_mut(&mut self, entity: &EntityKey) -> Option<&mut EntityState> {
        self.0.get_mut(entity)
    }

    /// The state of an entity, a new one if it has none.
    pub fn entry(&mut self, entity: EntityKey) -> &mut EntityState {
        self.0.entry(entity).or_insert_with(|| EntityState::new(entity.kind))
    }

    /// Every state, in order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&EntityKey, &EntityState)> {
        let mut states: Vec<_> = self.0.iter().collect();
        states.sort_unstable_by_key(|(entity, _)| **entity);
        states.into_iter()
    }

    /// Every state, in order of the keys, to change it.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&EntityKey, &mut EntityState)> {
        let mut states: Vec<_> = self.0.iter_mut().collect();
        states.sort_unstable_by_key(|(entity, _)| **entity);
        states.into_iter()
    }

    /// Number of states.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
