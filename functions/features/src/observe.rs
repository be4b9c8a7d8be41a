//! Folding one transaction into the states of its entities and reading its vector.

use weir_events::{Entities, EntityKey, EntityKind, EntityOrdinal, Mark, Order, Timestamp, Vector};

use crate::entry::Entry;
use crate::meeting::{Event, Met, Rules, Used, barred};
use crate::order_fields::OrderFields;
use crate::set::FeatureSet;
use crate::state::EntityState;
use crate::states::States;
use crate::vector::{View, slot, value};

/// What came of one transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// One value a feature, in the order of the set.
    pub vector: Vector,
    /// What was read of each entity, in the order of their kinds.
    pub ordinals: Vec<EntityOrdinal>,
    /// Anything unusual, each at most once, in order.
    pub marks: Vec<Mark>,
}

/// Folds a transaction into the states of its entities (as far as the set reads their kinds) and computes its
/// vector. The crate's documentation says which events count, and when an event is not folded.
pub fn observe(
    set: &FeatureSet,
    order: &Order,
    entities: &Entities<EntityKey>,
    received_at: Timestamp,
    states: &mut States,
) -> Observation {
    let mut view = View::default();
    let mut marks = Vec::new();
    let mut ordinals = Vec::with_capacity(set.kinds().len());
    for kind in set.kinds().iter().copied() {
        let Some(entity) = entities.get(kind) else { continue };
        let event = Event {
            entry: Entry::new(order, entities, kind, 0),
            barred: barred(order.occurred_at.micros(), received_at.micros()),
            uses: Used(EntityKind::ALL.map(|used| entities.get(used).map(EntityKey::short))),
        };
        let (met, ordinal) = meet(&Rules::new(set, kind), event, entity, states, &mut marks);
        ordinals.push(EntityOrdinal { entity: *entity, ordinal, folded: met.is_folded });
        if kind == EntityKind::Customer {
            view.first_uses = met.first_uses;
        }
        if let Some(seen) = view.seen.get_mut(slot(kind)) {
            *seen = Some(met.seen);
        }
    }
    let (fields, scale) = (OrderFields::new(order, entities), order.currency.minor_per_major());
    let values = set.features().iter().map(|feature| value(feature.definition, &fields, scale, &view));
    let vector = Vector(values.collect());
    marks.sort_unstable();
    marks.dedup();
    Observation { vector, ordinals, marks }
}

/// The event meets its entity's state, or that of an entity that was never seen, which is kept if it is folded.
/// Answers the ordinal read, too.
fn meet(
    rules: &Rules,
    event: Event,
    entity: &EntityKey,
    states: &mut States,
    marks: &mut Vec<Mark>,
) -> (Met, u64) {
    let read = |met: &Met, state: &EntityState| {
        if met.is_folded { met.seen.own.ordinal } else { state.ordinal() }
    };
    if let Some(state) = states.get_mut(entity) {
        let met = event.meet(rules, state, marks);
        let ordinal = read(&met, state);
        return (met, ordinal);
    }
    let mut state = EntityState::new(entity.kind);
    let met = event.meet(rules, &mut state, marks);
    let ordinal = read(&met, &state);
    if met.is_folded {
        states.insert(*entity, state);
    }
    (met, ordinal)
}
