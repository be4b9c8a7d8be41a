//! The stored form.

use proptest::prelude::*;
use weir_events::EntityKind;
use weir_features::{EntityState, FeatureSet, Kind, StateError, States, apply_label, observe};

use crate::history::{Step, histories};

/// States after a history.
fn folded(steps: &[Step]) -> States {
    let set = FeatureSet::full();
    let mut states = States::new();
    let mut arrivals = Vec::new();
    for step in steps {
        match step {
            Step::Arrive(arrival) => {
                observe(&set, &arrival.order, &arrival.entities, arrival.received_at, &mut states);
                arrivals.push(arrival);
            }
            Step::Label(back, is_fraud) => {
                let Some(arrival) = arrivals.iter().rev().nth(*back) else { continue };
                let state = arrival.entities.merchant.and_then(|merchant| states.get_mut(&merchant));
                if let Some(state) = state {
                    apply_label(state, &arrival.order.transaction_id, arrival.order.occurred_at, *is_fraud);
                }
            }
            Step::Again(_) => (),
        }
    }
    states
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(steps in histories(40)) {
        for (_, state) in folded(&steps).iter() {
            let bytes = state.encode();
            let read = EntityState::decode(&bytes).unwrap();
            prop_assert_eq!(&read, state);
            prop_assert_eq!(read.encode(), bytes);
        }
    }

    #[test]
    fn a_state_cut_short_is_refused(steps in histories(12)) {
        for (_, state) in folded(&steps).iter() {
            let bytes = state.encode();
            for length in 0..bytes.len() {
                prop_assert!(EntityState::decode(&bytes[..length]).is_err());
            }
        }
    }

    #[test]
    fn no_bytes_make_decoding_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200), kind in 0_u8..8) {
        let _ = EntityState::decode(&bytes);
        bytes.splice(0..0, [1, kind]);
        let _ = EntityState::decode(&bytes);
    }

    #[test]
    fn a_damaged_state_is_refused_or_still_folds(
        steps in histories(12), place in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let Some(Step::Arrive(arrival)) = steps.iter().find(|step| matches!(step, Step::Arrive(_))) else {
            return Ok(());
        };
        let mut states = folded(&steps);
        let Some(state) = states.get(&arrival.entities.customer) else { return Ok(()) };
        let mut bytes = state.encode();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if let Ok(state) = EntityState::decode(&bytes) {
            states.insert(arrival.entities.customer, state);
            observe(&FeatureSet::full(), &arrival.order, &arrival.entities, arrival.received_at, &mut states);
        }
    }
}

#[test]
fn the_layout_version_is_the_first_byte() {
    let mut bytes = EntityState::new(EntityKind::Card).encode();
    assert_eq!(bytes[0], 1);
    bytes[0] = 9;
    let error = EntityState::decode(&bytes).unwrap_err();
    assert_eq!(error, StateError::Layout { found: 9 });
    assert_eq!(error.kind(), Kind::Settings);
}

#[test]
fn nothing_may_follow_a_state() {
    let mut bytes = EntityState::new(EntityKind::Card).encode();
    bytes.push(0);
    assert_eq!(EntityState::decode(&bytes).unwrap_err().kind(), Kind::Poison);
}
