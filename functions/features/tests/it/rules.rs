//! The rules that the README states, one by one.

use weir_events::{EntityKind, Mark, Timestamp};
use weir_features::{FeatureSet, LABELLED_KINDS, Observation, States, apply_label, dictionary, observe};

use crate::history::{Arrival, DAY, HOUR, SECOND, START, arrival, key};

struct Desk {
    set: FeatureSet,
    states: States,
}

impl Desk {
    fn new() -> Self {
        Self { set: FeatureSet::full(), states: States::new() }
    }

    fn take(&mut self, arrival: &Arrival) -> Observation {
        observe(&self.set, &arrival.order, &arrival.entities, arrival.received_at, &mut self.states)
    }

    fn value(&self, seen: &Observation, name: &str) -> f64 {
        seen.vector.0[self.set.position(name).unwrap()]
    }
}

fn by_customer(id: &str, occurred_at: i64, amount: i64) -> Arrival {
    arrival(id, occurred_at, amount, [None; 6])
}

fn at_merchant(id: &str, occurred_at: i64) -> Arrival {
    arrival(id, occurred_at, 100, [Some(1), None, None, None, None, None])
}

#[test]
fn an_event_exactly_one_window_old_is_outside() {
    let mut desk = Desk::new();
    desk.take(&by_customer("a", START, 100));
    let edge = desk.take(&by_customer("b", START + HOUR, 100));
    assert_eq!(desk.value(&edge, "customer_count_1h"), 1.0);
    assert_eq!(desk.value(&edge, "customer_count_1d"), 2.0);
    let inside = desk.take(&by_customer("c", START + HOUR - 1, 100));
    assert_eq!(desk.value(&inside, "customer_count_1h"), 2.0);
}

#[test]
fn later_events_are_not_counted_and_late_ones_stand_at_their_place() {
    let mut desk = Desk::new();
    desk.take(&by_customer("a", START, 100));
    desk.take(&by_customer("c", START + 20 * SECOND, 500));
    let late = desk.take(&by_customer("b", START + 10 * SECOND, 300));
    assert_eq!(desk.value(&late, "customer_count_1h"), 2.0);
    assert_eq!(desk.value(&late, "customer_max_amount_1h"), 3.0);
    assert_eq!(desk.value(&late, "customer_seconds_since_last"), 10.0);
    let next = desk.take(&by_customer("d", START + 30 * SECOND, 100));
    assert_eq!(desk.value(&next, "customer_count_1h"), 4.0);
}

#[test]
fn an_event_ahead_of_its_arrival_is_marked_and_not_folded() {
    let mut desk = Desk::new();
    let mut far = by_customer("a", START + 70 * 365 * DAY, 100);
    far.received_at = Timestamp::from_micros(START);
    let seen = desk.take(&far);
    assert_eq!(seen.marks, [Mark::Clock]);
    assert_eq!((seen.ordinals[0].ordinal, seen.ordinals[0].folded), (0, false));
    assert_eq!(desk.value(&seen, "customer_count_1h"), 1.0);
    assert!(desk.states.is_empty());
}

#[test]
fn an_event_of_1970_is_marked_late_and_not_folded() {
    let mut desk = Desk::new();
    let mut old = by_customer("a", 0, 100);
    old.received_at = Timestamp::from_micros(START);
    assert_eq!(desk.take(&old).marks, [Mark::Late]);
    assert!(desk.states.is_empty());
}

#[test]
fn an_event_late_for_one_entity_is_folded_in_the_others() {
    let mut desk = Desk::new();
    desk.take(&at_merchant("a", START + 2 * DAY));
    let mut other = at_merchant("b", START);
    other.entities.customer = key(EntityKind::Customer, 9);
    let seen = desk.take(&other);
    assert_eq!(seen.marks, [Mark::Late]);
    assert_eq!(seen.ordinals.iter().map(|read| read.folded).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn a_label_counts_from_its_ordinal_on() {
    let mut desk = Desk::new();
    let merchant = key(EntityKind::Merchant, 1);
    assert_eq!(LABELLED_KINDS, [EntityKind::Merchant]);
    desk.take(&at_merchant("a", START));
    let unaware = at_merchant("b", START + 7 * DAY);
    assert_eq!(rate(&mut desk, &unaware), 0.0);
    let state = desk.states.get_mut(&merchant).unwrap();
    let at = Timestamp::from_micros(START);
    assert_eq!(apply_label(state, "a", at, true), Some(3));
    assert_eq!(apply_label(state, "a", at, true), None);
    assert_eq!(apply_label(state, "unknown", at, true), None);
    assert_eq!(rate(&mut desk, &at_merchant("c", START + 7 * DAY)), 1.0);
    assert_eq!(rate(&mut desk, &unaware), 0.0);
    let state = desk.states.get_mut(&merchant).unwrap();
    assert_eq!(apply_label(state, "a", at, false), Some(5));
    assert_eq!(rate(&mut desk, &at_merchant("d", START + 7 * DAY)), 0.0);
    assert_eq!(rate(&mut desk, &at_merchant("c", START + 7 * DAY)), 1.0);
}

fn rate(desk: &mut Desk, arrival: &Arrival) -> f64 {
    let seen = desk.take(arrival);
    desk.value(&seen, "merchant_fraud_rate_1d_delayed")
}

#[test]
fn what_a_transaction_does_not_name_is_missing() {
    let mut desk = Desk::new();
    let seen = desk.take(&by_customer("a", START, 100));
    for name in ["card_count_1h", "merchant_fraud_rate_7d_delayed", "customer_first_use_card", "quantity"] {
        assert!(desk.value(&seen, name).is_nan(), "{name}");
    }
    assert!(desk.value(&seen, "customer_amount_z_score_1h").is_nan());
    assert_eq!(desk.value(&seen, "customer_distinct_cards_1h"), 0.0);
}

#[test]
fn amounts_are_in_the_major_unit_of_their_currency() {
    let mut desk = Desk::new();
    let mut yen = by_customer("a", START, 4_200);
    yen.order.currency = "JPY".parse().unwrap();
    let seen = desk.take(&yen);
    assert_eq!(desk.value(&seen, "amount"), 4_200.0);
    assert_eq!(desk.value(&seen, "customer_mean_amount_1h"), 4_200.0);
}

#[test]
fn names_and_ids_are_unique_and_equal_definitions_have_equal_ids() {
    let (full, handbook) = (FeatureSet::full(), FeatureSet::handbook());
    let ids: std::collections::BTreeSet<_> = full.features().iter().map(|feature| &feature.id).collect();
    assert_eq!(ids.len(), full.features().len());
    for feature in handbook.features() {
        assert_eq!(full.by_name(&feature.name).map(|found| &found.id), Some(&feature.id));
    }
    let other = FeatureSet::handbook_with_delay_days(3);
    assert_ne!(other.version(), handbook.version());
    assert!(full.version().starts_with("full@"));
}

#[test]
fn the_dictionary_has_a_line_for_every_feature() {
    let set = FeatureSet::full();
    let text = dictionary(&set);
    assert_eq!(text.lines().count(), set.features().len() + 1);
    assert!(set.features().iter().all(|feature| text.contains(&feature.id)));
}
