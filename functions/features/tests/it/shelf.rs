//! States in their stored form: every event reads heads, loads only what it needs, and writes what changed.

use std::collections::BTreeMap;

use weir_events::EntityKey;
use weir_features::{EntityState, FeatureSet, Observation, States, apply_label, missing, observe};

use crate::history::Arrival;

#[derive(Default)]
pub(crate) struct Shelf {
    pub(crate) heads: BTreeMap<EntityKey, Vec<u8>>,
    parts: BTreeMap<(EntityKey, u64), Vec<u8>>,
    /// Bytes of what the last event read and wrote, heads included.
    pub(crate) read: usize,
    pub(crate) written: usize,
    pub(crate) parts_read: usize,
}

impl Shelf {
    pub(crate) fn observe(&mut self, set: &FeatureSet, arrival: &Arrival) -> Observation {
        (self.read, self.written, self.parts_read) = (0, 0, 0);
        let mut states = self.heads_of(set, arrival);
        for part in missing(set, &arrival.order, &arrival.entities, &states) {
            self.load(states.get_mut(&part.entity).unwrap(), part.entity, part.number);
        }
        let before = states.clone();
        let seen = observe(set, &arrival.order, &arrival.entities, arrival.received_at, &mut states);
        for read in &seen.ordinals {
            if let Some(state) = states.get_mut(&read.entity)
                && before.get(&read.entity) != Some(state)
            {
                self.put(read.entity, state);
            }
        }
        seen
    }

    pub(crate) fn label(&mut self, entity: EntityKey, arrival: &Arrival, is_fraud: bool) -> Option<u64> {
        (self.read, self.written, self.parts_read) = (0, 0, 0);
        let mut state = EntityState::read(self.heads.get(&entity)?).unwrap();
        for number in state.missing_for_label(arrival.order.occurred_at) {
            self.load(&mut state, entity, number);
        }
        let (id, occurred_at) = (&arrival.order.transaction_id, arrival.order.occurred_at);
        let effect = apply_label(&mut state, id, occurred_at, is_fraud);
        if effect.is_some() {
            self.put(entity, &mut state);
        }
        effect
    }

    fn heads_of(&mut self, set: &FeatureSet, arrival: &Arrival) -> States {
        let mut states = States::new();
        for entity in set.kinds().iter().filter_map(|kind| arrival.entities.get(*kind)) {
            if let Some(head) = self.heads.get(entity) {
                self.read += head.len();
                states.insert(*entity, EntityState::read(head).unwrap());
            }
        }
        states
    }

    fn load(&mut self, state: &mut EntityState, entity: EntityKey, number: u64) {
        let bytes = &self.parts[&(entity, number)];
        self.read += bytes.len();
        self.parts_read += 1;
        state.load(number, bytes).unwrap();
    }

    /// Takes states over from memory.
    pub(crate) fn put_all(&mut self, states: &mut States) {
        let taken = states.iter().map(|(entity, state)| (*entity, state.clone())).collect::<Vec<_>>();
        taken.into_iter().for_each(|(entity, mut state)| self.put(entity, &mut state));
    }

    pub(crate) fn put(&mut self, entity: EntityKey, state: &mut EntityState) {
        let written = state.write();
        assert_eq!(EntityState::read(&written.head).unwrap().part_numbers(), state.part_numbers());
        self.written += written.head.len();
        self.heads.insert(entity, written.head);
        for number in written.removed {
            assert!(self.parts.remove(&(entity, number)).is_some(), "{number} was never stored");
        }
        for (number, bytes) in written.parts {
            self.written += bytes.len();
            assert!(self.parts.insert((entity, number), bytes).is_none(), "{number} was used before");
        }
        let kept = self.parts.range((entity, 0)..=(entity, u64::MAX)).map(|((_, number), _)| *number);
        let mut named = state.part_numbers();
        named.sort_unstable();
        assert_eq!(kept.collect::<Vec<_>>(), named, "stored pieces are those that the head names");
    }

    /// The states with everything loaded.
    pub(crate) fn whole(&mut self) -> States {
        let mut states = States::new();
        for (entity, head) in &self.heads {
            let mut state = EntityState::read(head).unwrap();
            for number in state.part_numbers() {
                state.load(number, &self.parts[&(*entity, number)]).unwrap();
            }
            states.insert(*entity, state);
        }
        states
    }

    /// Bytes of one entity's head and of all its pieces.
    pub(crate) fn sizes(&self, entity: EntityKey) -> (usize, Vec<usize>) {
        let parts = self.parts.range((entity, 0)..=(entity, u64::MAX)).map(|(_, bytes)| bytes.len());
        (self.heads[&entity].len(), parts.collect())
    }
}
