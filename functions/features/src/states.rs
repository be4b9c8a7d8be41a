//! The states that a batch works on.

use std::collections::BTreeMap;

use weir_events::EntityKey;

use crate::state::EntityState;

/// States by entity; an entity that is not in it was never seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct States(BTreeMap<EntityKey, EntityState>);

impl States {
    /// No states.
    pub const fn new() -> Self {
        Self(BTreeMap::new())
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
        self.0.iter()
    }

    /// Every state, in order of the keys, to change it.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&EntityKey, &mut EntityState)> {
        self.0.iter_mut()
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
