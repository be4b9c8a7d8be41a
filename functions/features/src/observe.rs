//! Folding one transaction into the states of its entities and reading its vector.

use weir_events::{Entities, EntityKey, EntityKind, EntityOrdinal, Mark, Order, Timestamp, Vector};

use crate::aggregate::Seen;
use crate::counterparty::FIRST_USE_KINDS;
use crate::entry::Entry;
use crate::first_use::{FIRST_USE_CAP, Use};
use crate::set::{FeatureSet, LATENESS};
use crate::state::EntityState;
use crate::states::States;
use crate::vector::{View, slot, value};

/// How far ahead of its arrival an event may lie and still be folded.
pub const CLOCK_AHEAD: i64 = 5 * 60 * 1_000_000;

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
///
/// States that were read from a store must hold every piece that [`missing`](crate::missing()) names: a transaction
/// is not folded where one is not loaded, and its vector is marked degraded.
pub fn observe(
    set: &FeatureSet,
    order: &Order,
    entities: &Entities<EntityKey>,
    received_at: Timestamp,
    states: &mut States,
) -> Observation {
    let mut fold = Fold { set, order, entities, barred: barred(order, received_at), marks: Vec::new() };
    let mut view = View::default();
    let mut ordinals = Vec::with_capacity(set.kinds().len());
    for kind in set.kinds().iter().copied() {
        let Some(entity) = entities.get(kind) else { continue };
        let placed = fold.place(states, entity, kind);
        let unseen = EntityState::new(kind);
        let state = states.get(entity).unwrap_or(&unseen);
        if kind == EntityKind::Customer {
            view.first_uses = fold.first_uses(state, placed.entry.ordinal);
        }
        ordinals.push(EntityOrdinal {
            entity: *entity,
            ordinal: if placed.is_folded { placed.entry.ordinal } else { state.ordinal() },
            folded: placed.is_folded,
        });
        if let Some(seen) = view.seen.get_mut(slot(kind)) {
            *seen = Some(Seen::new(state, placed.entry, set.reads(kind)));
        }
    }
    let values = set.features().iter().map(|feature| value(feature.definition, order, entities, &view));
    let vector = Vector(values.collect());
    fold.marks.sort_unstable();
    fold.marks.dedup();
    Observation { vector, ordinals, marks: fold.marks }
}

/// Why a transaction must not be folded anywhere, judged by its arrival.
fn barred(order: &Order, received_at: Timestamp) -> Option<Mark> {
    let (occurred_at, received_at) = (order.occurred_at.micros(), received_at.micros());
    if occurred_at > received_at.saturating_add(CLOCK_AHEAD) {
        Some(Mark::Clock)
    } else if occurred_at < received_at.saturating_sub(LATENESS) {
        Some(Mark::Late)
    } else {
        None
    }
}

/// A transaction's entry in one state: folded there, or as it would be.
struct Placed {
    entry: Entry,
    is_folded: bool,
}

/// One transaction on its way through the states.
struct Fold<'a> {
    set: &'a FeatureSet,
    order: &'a Order,
    entities: &'a Entities<EntityKey>,
    barred: Option<Mark>,
    marks: Vec<Mark>,
}

impl Fold<'_> {
    /// Finds the transaction in the state of an entity, or folds it in, unless it must not be.
    fn place(&mut self, states: &mut States, entity: &EntityKey, kind: EntityKind) -> Placed {
        let state = states.get(entity);
        let next = state.map_or(0, EntityState::ordinal) + 1;
        let entry = Entry::new(self.order, self.entities, kind, next);
        let reads = self.set.reads(kind);
        let after = entry.occurred_at.saturating_sub(self.set.reach(kind));
        if let Some(known) = state.and_then(|state| state.find(entry.transaction, entry.occurred_at)) {
            let entry = known.clone();
            state.into_iter().for_each(|state| state.mark(after, &mut self.marks));
            return Placed { entry, is_folded: true };
        }
        let refusal =
            || state.and_then(|state| state.refusal(entry.occurred_at, reads, self.set.reach(kind)));
        if let Some(mark) = self.barred.or_else(refusal) {
            self.marks.push(mark);
            state.into_iter().for_each(|state| state.mark_tiled(after, &mut self.marks));
            return Placed { entry, is_folded: false };
        }
        let state = states.entry(*entity);
        if kind == EntityKind::Customer {
            self.remember_uses(state, &entry);
        }
        state.insert(entry.clone(), self.set.retention());
        state.mark(after, &mut self.marks);
        Placed { entry, is_folded: true }
    }

    fn remember_uses(&self, state: &mut EntityState, entry: &Entry) {
        for kind in FIRST_USE_KINDS {
            let Some(used) = self.entities.get(kind) else { continue };
            let (ordinal, occurred_at) = (entry.ordinal, entry.occurred_at);
            state.remember(kind, Use { ordinal, occurred_at, hash: used.short() });
        }
    }

    /// Which of its entities the customer uses for the first time.
    fn first_uses(&mut self, state: &EntityState, ordinal: u64) -> [Option<bool>; EntityKind::ALL.len()] {
        let mut answers = [None; EntityKind::ALL.len()];
        let Some(known) = &state.first_uses.body else { return answers };
        for kind in FIRST_USE_KINDS {
            let Some((used, uses)) = self.entities.get(kind).zip(known.of(kind)) else { continue };
            let is_first = uses.is_first(used.short(), ordinal, self.order.occurred_at.micros());
            if let Some(answer) = answers.get_mut(slot(kind)) {
                *answer = Some(is_first);
            }
            if is_first && uses.is_capped && uses.records.len() >= FIRST_USE_CAP {
                self.marks.push(Mark::Degraded);
            }
        }
        answers
    }
}
