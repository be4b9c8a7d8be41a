//! What does not depend on the order of folding.

use proptest::prelude::*;
use weir_features::{FeatureSet, States, observe};

use crate::history::{Arrival, DAY, START, arrival};

/// Arrivals at distinct times within the lateness allowance, and the same in another order.
fn shuffled() -> impl Strategy<Value = (Vec<Arrival>, Vec<Arrival>)> {
    let numbers = prop::array::uniform6(prop::option::of(1_u8..4));
    let event = (0..DAY, 0_i64..10_000, numbers);
    prop::collection::vec(event, 1..25)
        .prop_map(arrivals)
        .prop_flat_map(|first| (Just(first.clone()), Just(first).prop_shuffle()))
}

fn arrivals(mut events: Vec<(i64, i64, [Option<u8>; 6])>) -> Vec<Arrival> {
    events.sort_by_key(|(offset, ..)| *offset);
    events.dedup_by_key(|(offset, ..)| *offset);
    let made = events.into_iter().enumerate();
    made.map(|(place, (offset, amount, numbers))| {
        arrival(&format!("t-{place}"), START + offset, amount, numbers)
    })
    .collect()
}

fn fold(set: &FeatureSet, arrivals: &[Arrival]) -> States {
    let mut states = States::new();
    for arrival in arrivals {
        let seen = observe(set, &arrival.order, &arrival.entities, arrival.received_at, &mut states);
        assert!(seen.marks.is_empty());
    }
    states
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_later_event_sees_the_same_whatever_the_order_before_it((one, other) in shuffled(), ahead in 0..40 * DAY) {
        let set = FeatureSet::full();
        let probe = arrival("probe", START + DAY + ahead, 777, [Some(1), Some(1), Some(1), Some(1), Some(1), None]);
        let vectors = [one, other].map(|arrivals| {
            let mut states = fold(&set, &arrivals);
            observe(&set, &probe.order, &probe.entities, probe.received_at, &mut states).vector
        });
        prop_assert_eq!(&vectors[0], &vectors[1]);
    }

    #[test]
    fn a_repeated_event_gets_its_first_vector_whatever_came_between((one, other) in shuffled()) {
        let set = FeatureSet::full();
        for arrivals in [one, other] {
            let mut states = States::new();
            let seen: Vec<_> = arrivals
                .iter()
                .map(|next| observe(&set, &next.order, &next.entities, next.received_at, &mut states))
                .collect();
            let before = states.clone();
            for (next, first) in arrivals.iter().zip(&seen) {
                let again = observe(&set, &next.order, &next.entities, next.received_at, &mut states);
                prop_assert_eq!(&again, first);
            }
            prop_assert_eq!(before, states);
        }
    }
}
