//! The stored form.

use proptest::prelude::*;
use weir_events::EntityKind;
use weir_features::{EntityState, FeatureSet, Kind, StateError, States, apply_label, observe};

use crate::history::{Step, busy_histories, histories};

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

/// One state's pieces, written down whole: the head first.
fn pieces(state: &EntityState) -> (Vec<u8>, Vec<(u64, Vec<u8>)>) {
    let written = state.clone().write();
    (written.head, written.parts)
}

fn read(head: &[u8], parts: &[(u64, Vec<u8>)]) -> Result<EntityState, StateError> {
    let mut state = EntityState::read(head)?;
    parts.iter().try_for_each(|(number, bytes)| state.load(*number, bytes))?;
    Ok(state)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(steps in prop_oneof![histories(40), busy_histories(400)]) {
        for (_, state) in folded(&steps).iter() {
            let mut stored = state.clone();
            let written = stored.write();
            let mut found = read(&written.head, &written.parts).unwrap();
            prop_assert_eq!(&found, &stored);
            let again = found.write();
            prop_assert_eq!((again.head, again.parts.len(), again.removed.len()), (written.head, 0, 0));
        }
    }

    #[test]
    fn a_piece_cut_short_is_refused(steps in busy_histories(120)) {
        for (_, state) in folded(&steps).iter() {
            let (head, parts) = pieces(state);
            for length in 0..head.len() {
                prop_assert!(EntityState::read(&head[..length]).is_err());
            }
            for (number, bytes) in &parts {
                for length in 0..bytes.len() {
                    let mut found = EntityState::read(&head).unwrap();
                    prop_assert!(found.load(*number, &bytes[..length]).is_err());
                }
            }
        }
    }

    #[test]
    fn no_bytes_make_reading_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200), kind in 0_u8..8) {
        let _ = EntityState::read(&bytes);
        bytes.splice(0..0, [2, b'h', kind]);
        let _ = EntityState::read(&bytes);
    }

    #[test]
    fn a_damaged_state_is_refused_or_still_folds(
        steps in busy_histories(200), piece in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let Some(Step::Arrive(arrival)) = steps.iter().rfind(|step| matches!(step, Step::Arrive(_))) else {
            return Ok(());
        };
        let mut states = folded(&steps);
        let Some(state) = states.get(&arrival.entities.customer) else { return Ok(()) };
        let (mut head, mut parts) = pieces(state);
        let piece = piece.index(parts.len() + 1);
        let damaged = if piece == 0 { &mut head } else { &mut parts[piece - 1].1 };
        let place = place.index(damaged.len());
        damaged[place] = byte;
        if let Ok(state) = read(&head, &parts) {
            states.insert(arrival.entities.customer, state);
            observe(&FeatureSet::full(), &arrival.order, &arrival.entities, arrival.received_at, &mut states);
        }
    }
}

#[test]
fn the_layout_version_is_the_first_byte() {
    let mut bytes = EntityState::new(EntityKind::Card).write().head;
    assert_eq!(bytes[0], 2);
    bytes[0] = 1;
    let error = EntityState::read(&bytes).unwrap_err();
    assert_eq!(error, StateError::Layout { found: 1 });
    assert_eq!(error.kind(), Kind::Settings);
    assert!(error.to_string().contains("replay"));
}

#[test]
fn nothing_may_follow_a_state() {
    let mut bytes = EntityState::new(EntityKind::Card).write().head;
    bytes.push(0);
    assert_eq!(EntityState::read(&bytes).unwrap_err().kind(), Kind::Poison);
}

#[test]
fn a_piece_of_another_state_is_refused() {
    let mut state = EntityState::new(EntityKind::Card);
    assert_eq!(state.load(1, &[2, b's']).unwrap_err().kind(), Kind::Poison);
}
