//! Bounds of a state.

use weir_events::{EntityKind, Mark};
use weir_features::{ENTRY_CAP, FIRST_USE_CAP, FeatureSet, States, TILED_ENTRIES, observe};

use crate::history::{DAY, SECOND, START, arrival, key};

#[test]
fn past_the_entry_cap_the_oldest_become_tiles_and_the_vector_says_so() {
    let set = FeatureSet::handbook();
    let mut states = States::new();
    for place in 0..=ENTRY_CAP as i64 {
        let next = arrival(&format!("t-{place}"), START + place * SECOND, 100, [None; 6]);
        let seen = observe(&set, &next.order, &next.entities, next.received_at, &mut states);
        let expected: &[Mark] = if place < ENTRY_CAP as i64 { &[] } else { &[Mark::Tiled] };
        assert_eq!(seen.marks, expected);
        let count = seen.vector.0[set.position("customer_count_30d").unwrap()];
        assert_eq!(count, (place + 1) as f64, "tiles that lie whole in a window lose nothing");
    }
    let customer = key(EntityKind::Customer, 1);
    assert_eq!(states.get(&customer).unwrap().entry_count(), TILED_ENTRIES);
    let gone = arrival("t-0", START, 100, [None; 6]);
    let seen = observe(&set, &gone.order, &gone.entities, gone.received_at, &mut states);
    assert!(seen.marks.contains(&Mark::Late));
    assert_eq!(states.get(&customer).unwrap().ordinal(), ENTRY_CAP as u64 + 1);
    let later = arrival("later", START + 40 * DAY, 100, [None; 6]);
    let seen = observe(&set, &later.order, &later.entities, later.received_at, &mut states);
    assert!(seen.marks.is_empty());
    assert!(!states.get(&customer).unwrap().is_tiled());
}

#[test]
fn past_the_first_use_cap_a_first_use_is_marked() {
    let set = FeatureSet::full();
    let mut states = States::new();
    let first_use = set.position("customer_first_use_card").unwrap();
    let mut take = |place: usize| {
        let mut next = arrival(&format!("t-{place}"), START + place as i64 * SECOND, 100, [None; 6]);
        let mut card = key(EntityKind::Card, 0);
        card.digest[..8].copy_from_slice(&(place as u64).to_be_bytes().map(|byte| byte.rotate_left(1)));
        card.digest.rotate_left(4);
        next.entities.card = Some(card);
        let seen = observe(&set, &next.order, &next.entities, next.received_at, &mut states);
        (seen.vector.0[first_use], seen.marks)
    };
    for place in 0..FIRST_USE_CAP {
        assert_eq!(take(place), (1.0, vec![]));
    }
    assert_eq!(take(FIRST_USE_CAP), (1.0, vec![Mark::Degraded]));
}
