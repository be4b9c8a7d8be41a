//! Folding again what was recorded, in recorded order.

use std::collections::BTreeMap;

use weir_events::{Decision, EntityKey, LabelEffect, SealedTransaction};
use weir_features::{FeatureSet, States, apply_label, observe};

/// One recorded event with the ordinals it took.
enum Event<'a> {
    Decision(&'a Decision),
    Effect(&'a LabelEffect),
}

impl Event<'_> {
    fn ordinals(&self) -> Vec<(EntityKey, u64)> {
        match self {
            Self::Decision(decision) => {
                let folded = decision.ordinals.iter().filter(|read| read.folded);
                folded.map(|read| (read.entity, read.ordinal)).collect()
            }
            Self::Effect(effect) => vec![(effect.entity, effect.ordinal)],
        }
    }
}

/// Folds every event again, each when all its ordinals are next; every vector must come out as it was stored, and
/// every entity's ordinals must be 1 to n without a gap.
pub(crate) fn check(
    transactions: &[SealedTransaction],
    decisions: &[Decision],
    effects: &[LabelEffect],
) -> usize {
    let by_id: BTreeMap<&str, &SealedTransaction> = transactions
        .iter()
        .map(|transaction| (transaction.order.transaction_id.as_str(), transaction))
        .collect();
    let (set, mut states) = (FeatureSet::full(), States::new());
    let mut waiting: Vec<Event<'_>> = decisions.iter().map(Event::Decision).collect();
    waiting.extend(effects.iter().map(Event::Effect));
    let total = waiting.len();
    while !waiting.is_empty() {
        let is_next = |event: &Event<'_>, states: &States| {
            let next = |entity| states.get(entity).map_or(0, weir_features::EntityState::ordinal) + 1;
            event.ordinals().iter().all(|(entity, ordinal)| next(entity) == *ordinal)
        };
        let Some(index) = waiting.iter().position(|event| is_next(event, &states)) else {
            panic!("{} of {total} events have ordinals that nothing leads to", waiting.len());
        };
        match waiting.remove(index) {
            Event::Decision(decision) => {
                let transaction = by_id[decision.transaction_id.as_str()];
                let (order, entities) = (&transaction.order, &transaction.entities);
                let seen = observe(&set, order, entities, transaction.received_at, &mut states);
                assert_eq!(seen.vector, decision.vector, "vector of `{}`", decision.transaction_id);
                assert_eq!(seen.ordinals, decision.ordinals);
            }
            Event::Effect(effect) => {
                let occurred_at = by_id[effect.transaction_id.as_str()].order.occurred_at;
                let state = states.get_mut(&effect.entity).unwrap();
                let ordinal = apply_label(state, &effect.transaction_id, occurred_at, effect.is_fraud);
                assert_eq!(ordinal, Some(effect.ordinal));
            }
        }
    }
    total
}
