//! A merchant with more events than a state keeps one by one.

use weir_events::{EntityKind, Mark};
use weir_features::{ENTRY_CAP, EntityState, FeatureSet, Observation, States, apply_label, observe};

use crate::history::{Arrival, DAY, SECOND, START, arrival, key};
use crate::shelf::Shelf;

const CUSTOMERS: i64 = 50_000;
const CARDS: i64 = 700;

/// The event of a number at one merchant: `pace` microseconds apart, every 37th a second late, by one of many
/// customers with one of some cards.
fn event(number: i64, pace: i64) -> Arrival {
    let late = if number % 37 == 5 { SECOND } else { 0 };
    let mut next =
        arrival(&format!("t-{number}"), START + number * pace - late, 100 + number % 91, [None; 6]);
    next.entities.merchant = Some(key(EntityKind::Merchant, 1));
    next.entities.card = Some(key(EntityKind::Card, 1));
    let card = next.entities.card.as_mut().unwrap();
    for (entity, spread) in [(&mut next.entities.customer, CUSTOMERS), (card, CARDS)] {
        let hash = ((number * 7_919 % spread) as u32 + 1).wrapping_mul(0x9E37_79B9);
        entity.digest[..4].copy_from_slice(&(hash ^ (hash >> 15)).wrapping_mul(0x85EB_CA6B).to_be_bytes());
    }
    next
}

fn fold(set: &FeatureSet, next: &Arrival, states: &mut States) -> Observation {
    observe(set, &next.order, &next.entities, next.received_at, states)
}

#[test]
fn memory_and_stored_form_agree_past_the_cap_with_labels_and_late_events() {
    let set = FeatureSet::full();
    let (mut states, mut shelf) = (States::new(), Shelf::default());
    let (merchant, pace) = (key(EntityKind::Merchant, 1), 60 * SECOND);
    for number in 0..10_600 {
        if number == ENTRY_CAP as i64 - 100 {
            shelf.put_all(&mut states);
        }
        let next = event(number, pace);
        let seen = fold(&set, &next, &mut states);
        if number < ENTRY_CAP as i64 - 100 {
            continue;
        }
        assert_eq!(shelf.observe(&set, &next), seen, "event {number}");
        if number % 9 == 0 {
            let old = event(number - 2_990, pace);
            let (id, at) = (&old.order.transaction_id, old.order.occurred_at);
            let effect = apply_label(states.get_mut(&merchant).unwrap(), id, at, number % 2 == 0);
            assert_eq!(shelf.label(merchant, &old, number % 2 == 0), effect);
        }
    }
    let state = states.get(&merchant).unwrap();
    assert!(state.is_tiled());
    assert_eq!(state.entry_count(), shelf.whole().get(&merchant).unwrap().entry_count());
}

#[test]
fn sums_read_only_the_segments_into_which_edges_of_windows_fall() {
    let (sums, full) = (FeatureSet::handbook(), FeatureSet::full());
    let (merchant, pace) = (key(EntityKind::Merchant, 1), 18 * 60 * SECOND);
    let mut states = States::new();
    for number in 0..3_000 {
        fold(&sums, &event(number, pace), &mut states);
    }
    let mut state = states.remove(&merchant).unwrap();
    let read = [&sums, &full].map(|set| {
        let mut shelf = Shelf::default();
        shelf.put(merchant, &mut state.clone());
        shelf.observe(set, &event(3_000, pace));
        shelf.parts_read
    });
    let segments = state.write().parts.len();
    // The four delayed windows have five edges; distinct counts ask for everything that lies in thirty days.
    assert!(segments > 10 && read[0] <= 5 && read[1] > 8, "{read:?} of {segments}");
    let label = event(1_500, pace).order.occurred_at;
    let stored = EntityState::read(&state.write().head).unwrap();
    assert_eq!(stored.missing_for_label(label).len(), 1, "a label reads the segment of its event");
}

#[test]
fn a_label_of_an_event_in_a_tile_counts_once() {
    let set = FeatureSet::full();
    let mut states = States::new();
    let (merchant, pace) = (key(EntityKind::Merchant, 1), 30 * SECOND);
    for number in 0..9_000 {
        fold(&set, &event(number, pace), &mut states);
    }
    let old = event(100, pace);
    let mut label = |is_fraud| {
        let state = states.get_mut(&merchant).unwrap();
        apply_label(state, &old.order.transaction_id, old.order.occurred_at, is_fraud)
    };
    assert_eq!(label(false), None);
    assert_eq!(label(true), Some(9_001));
    assert_eq!(label(true), None);
    let mut later = event(9_000, pace);
    later.order.occurred_at = weir_events::Timestamp::from_micros(old.order.occurred_at.micros() + 8 * DAY);
    later.received_at = later.order.occurred_at;
    let seen = fold(&set, &later, &mut states);
    assert_eq!(seen.vector.0[set.position("merchant_fraud_count_7d_delayed").unwrap()], 1.0);
    assert_eq!(seen.marks, [Mark::Tiled]);
}

/// Most bytes of one merchant that one of its events or labels may read and write, with every feature.
const READ_BOUND: usize = 80 * 1024;
const WRITE_BOUND: usize = 20 * 1024;
/// Most bytes that they write on average.
const WRITE_MEAN: usize = 2 * 1024;
const HEAD_BOUND: usize = 4 * 1024;

/// Bytes that single events of a merchant cost.
#[derive(Debug, Default)]
struct Cost {
    events: usize,
    read: usize,
    written: usize,
    most_read: usize,
    most_written: usize,
    most_head: usize,
}

impl Cost {
    /// Lets the merchant's next events go through the stored form one by one.
    fn measure(&mut self, set: &FeatureSet, state: &EntityState, numbers: std::ops::Range<i64>, pace: i64) {
        let merchant = key(EntityKind::Merchant, 1);
        let mut shelf = Shelf::default();
        shelf.put(merchant, &mut state.clone());
        for number in numbers {
            let mut next = event(number, pace);
            // The other entities are new each time, so that they cost next to nothing.
            next.entities.customer.key_id = 2 + number as u16;
            next.entities.card.as_mut().unwrap().key_id = 2 + number as u16;
            shelf.observe(set, &next);
            self.note(&shelf);
            let old = event(number - 100_000 - number % 50_000, pace);
            shelf.label(merchant, &old, true);
            self.note(&shelf);
            self.most_head = self.most_head.max(shelf.sizes(merchant).0);
        }
    }

    fn note(&mut self, shelf: &Shelf) {
        self.events += 1;
        (self.read, self.written) = (self.read + shelf.read, self.written + shelf.written);
        self.most_read = self.most_read.max(shelf.read);
        self.most_written = self.most_written.max(shelf.written);
    }
}

/// Ten thousand events a day for forty days: more than states keep, and every tile in use. Ten million in thirty
/// days differ from it by larger numbers in the same tiles alone (`infra/adr/0005-state.md` has the figures).
#[test]
fn a_merchant_with_ever_more_events_costs_bounded_reads_and_writes() {
    const DAILY: i64 = 10_000;
    let (sums, full) = (FeatureSet::handbook(), FeatureSet::full());
    let (merchant, pace) = (key(EntityKind::Merchant, 1), DAY / DAILY);
    let mut states = States::new();
    let (mut costs, mut number) = (Vec::new(), 0);
    for days in [12, 39, 41] {
        while number < days * DAILY {
            fold(&sums, &event(number, pace), &mut states);
            let state = states.remove(&merchant).unwrap();
            states = States::new();
            states.insert(merchant, state);
            number += 1;
        }
        let mut cost = Cost::default();
        cost.measure(&full, states.get(&merchant).unwrap(), number..number + 300, pace);
        println!("{days} days: {cost:?}");
        assert!(
            cost.most_read < READ_BOUND && cost.most_written < WRITE_BOUND && cost.most_head < HEAD_BOUND
        );
        assert!(cost.written / cost.events < WRITE_MEAN);
        costs.push(cost);
    }
    assert!(costs[2].most_read < costs[1].most_read + 4096, "from the retention on nothing grows");
    let seen = fold(&full, &event(number, pace), &mut states);
    let is_near = |name: &str, expected: f64, share: f64| {
        let value = seen.vector.0[full.position(name).unwrap()];
        assert!((value / expected - 1.0).abs() < share, "{name}: {value} instead of {expected}");
    };
    is_near("merchant_count_30d", (DAILY * 30) as f64, 0.001);
    is_near("merchant_count_1d", DAILY as f64, 0.01);
    is_near("merchant_distinct_customers_30d", CUSTOMERS as f64, 0.36);
    is_near("merchant_distinct_cards_7d", CARDS as f64, 0.36);
}
