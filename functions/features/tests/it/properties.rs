//! The fold against the plain recomputation.

use proptest::prelude::*;
use weir_events::{EntityKey, Mark, Vector};
use weir_features::{FeatureSet, States, apply_label, observe};

use crate::brute::{Brute, Expected};
use crate::history::{Arrival, DAY, Step, busy_histories, histories};
use crate::shelf::Shelf;

struct Both {
    set: FeatureSet,
    states: States,
    /// The same once more through the stored form.
    shelf: Shelf,
    brute: Brute,
    arrivals: Vec<Arrival>,
}

impl Both {
    fn new(set: FeatureSet) -> Self {
        let (states, shelf, brute) = (States::new(), Shelf::default(), Brute::default());
        Self { set, states, shelf, brute, arrivals: Vec::new() }
    }

    fn back(&self, back: usize) -> Option<Arrival> {
        self.arrivals.iter().rev().nth(back).cloned()
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Arrive(arrival) => {
                self.arrive(arrival);
                self.arrivals.push(arrival.clone());
            }
            Step::Again(back) => {
                if let Some(arrival) = self.back(*back).filter(|arrival| self.is_in_allowance(arrival)) {
                    self.arrive(&arrival);
                }
            }
            Step::Label(back, is_fraud) => {
                if let Some(arrival) = self.back(*back) {
                    self.label(&arrival, *is_fraud);
                }
            }
        }
    }

    /// A repetition is promised to be found only within the lateness allowance.
    fn is_in_allowance(&self, arrival: &Arrival) -> bool {
        let time = arrival.order.occurred_at.micros();
        let keys = weir_events::EntityKind::ALL.map(|kind| arrival.entities.get(kind).copied());
        keys.iter().flatten().all(|key| self.brute.newest(key).is_none_or(|newest| time >= newest - DAY))
    }

    fn arrive(&mut self, arrival: &Arrival) {
        let expected = self.brute.observe(arrival);
        let seen =
            observe(&self.set, &arrival.order, &arrival.entities, arrival.received_at, &mut self.states);
        let stored = self.shelf.observe(&self.set, arrival);
        assert_eq!(stored.vector, seen.vector);
        assert_eq!((&stored.ordinals, &stored.marks), (&seen.ordinals, &seen.marks));
        let ordinals: Vec<(EntityKey, u64, bool)> =
            seen.ordinals.iter().map(|read| (read.entity, read.ordinal, read.folded)).collect();
        let read: Vec<_> = expected
            .ordinals
            .iter()
            .copied()
            .filter(|(key, ..)| self.set.kinds().contains(&key.kind))
            .collect();
        assert_eq!(ordinals, read);
        if self.set.kinds().len() == 6 {
            assert_eq!(seen.marks, expected.marks);
        }
        if expected.is_exact {
            compare(&self.set, &seen.vector, &expected);
        }
    }

    fn label(&mut self, arrival: &Arrival, is_fraud: bool) {
        let Some(merchant) = arrival.entities.merchant else { return };
        let time = arrival.order.occurred_at.micros();
        if self.brute.newest(&merchant).is_some_and(|newest| time <= newest - 38 * DAY) {
            return;
        }
        let effect = self.states.get_mut(&merchant).and_then(|state| {
            apply_label(state, &arrival.order.transaction_id, arrival.order.occurred_at, is_fraud)
        });
        assert_eq!(effect, self.shelf.label(merchant, arrival, is_fraud));
        assert_eq!(effect, self.brute.label(arrival, is_fraud));
    }
}

fn compare(set: &FeatureSet, vector: &Vector, expected: &Expected) {
    for (feature, value) in set.features().iter().zip(&vector.0) {
        let wanted = expected.values.get(&feature.name).copied().unwrap_or(f64::NAN);
        let is_same = wanted.to_bits() == value.to_bits() || (wanted.is_nan() && value.is_nan());
        assert!(is_same, "{}: {value} instead of {wanted}", feature.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_vector_equals_its_recomputation_from_the_list_of_events(steps in histories(60)) {
        let mut both = Both::new(FeatureSet::full());
        steps.iter().for_each(|step| both.take(step));
    }

    #[test]
    fn the_handbook_set_is_a_part_of_the_full_one(steps in histories(40)) {
        let mut both = Both::new(FeatureSet::handbook());
        steps.iter().for_each(|step| both.take(step));
    }

    #[test]
    fn a_transaction_that_is_not_folded_changes_nothing(steps in histories(30)) {
        let set = FeatureSet::full();
        let mut states = States::new();
        for step in &steps {
            let Step::Arrive(arrival) = step else { continue };
            let before = states.clone();
            let seen = observe(&set, &arrival.order, &arrival.entities, arrival.received_at, &mut states);
            if seen.marks.contains(&Mark::Clock) {
                prop_assert_eq!(&before, &states);
            }
            for read in seen.ordinals.iter().filter(|read| !read.folded) {
                prop_assert_eq!(before.get(&read.entity), states.get(&read.entity));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn busy_entities_fold_the_same_in_memory_and_through_segments(steps in busy_histories(400)) {
        let mut both = Both::new(FeatureSet::full());
        steps.iter().for_each(|step| both.take(step));
        prop_assert_eq!(both.shelf.whole().len(), both.states.len());
    }

    #[test]
    fn edges_of_windows_are_enough_where_nothing_distinct_is_counted(steps in busy_histories(400)) {
        let mut both = Both::new(FeatureSet::handbook());
        steps.iter().for_each(|step| both.take(step));
    }
}
