//! The bulk fold against `observe` and `apply_label`, event by event.

use proptest::prelude::*;
use weir_events::{EntityKey, EntityKind, Mark};
use weir_features::bulk::{
    ABSENT, Batch, EntityColumn, Interner, KindFold, LabelEvent, RowMarks, transaction_hash,
};
use weir_features::{FeatureSet, OrderFields, States, apply_label, observe};

use crate::history::{Arrival, Step, histories, regular_histories};

/// A history in columns, and what `observe` answers.
#[derive(Default)]
struct Columns {
    occurred_at: Vec<i64>,
    received_at: Vec<i64>,
    amount_minor: Vec<i64>,
    transactions: Vec<u32>,
    numbers: [Vec<u32>; 6],
    shorts: [Vec<u32>; 6],
    labels: Vec<LabelEvent>,
    arrivals: Vec<Arrival>,
    vectors: Vec<Vec<f64>>,
    marks: Vec<Vec<Mark>>,
}

impl Columns {
    fn of(set: &FeatureSet, steps: &[Step]) -> Self {
        let (mut columns, mut states) = (Self::default(), States::new());
        let mut interners: [Interner; 6] = Default::default();
        for step in steps {
            let back = |back: usize| columns.arrivals.iter().rev().nth(back).cloned();
            match step {
                Step::Arrive(arrival) => columns.arrive(set, &mut states, &mut interners, arrival),
                Step::Again(place) => {
                    if let Some(arrival) = back(*place) {
                        columns.arrive(set, &mut states, &mut interners, &arrival);
                    }
                }
                Step::Label(place, is_fraud) => {
                    if let Some(arrival) = back(*place) {
                        columns.label(&mut states, &mut interners, &arrival, *is_fraud);
                    }
                }
            }
        }
        columns
    }

    fn arrive(
        &mut self,
        set: &FeatureSet,
        states: &mut States,
        interners: &mut [Interner; 6],
        arrival: &Arrival,
    ) {
        let Arrival { order, entities, received_at } = arrival;
        let seen = observe(set, order, entities, *received_at, states);
        self.vectors.push(seen.vector.0);
        self.marks.push(seen.marks);
        self.occurred_at.push(order.occurred_at.micros());
        self.received_at.push(received_at.micros());
        self.amount_minor.push(order.amount_minor);
        self.transactions.push(transaction_hash(order.transaction_id.as_bytes()));
        for (slot, kind) in EntityKind::ALL.into_iter().enumerate() {
            let entity = entities.get(kind);
            let number = entity.map(|entity| interners[slot].digest_number(&entity.digest));
            self.numbers[slot].push(number.unwrap_or(ABSENT));
            self.shorts[slot].push(entity.map_or(0, EntityKey::short));
        }
        self.arrivals.push(arrival.clone());
    }

    fn label(
        &mut self,
        states: &mut States,
        interners: &mut [Interner; 6],
        arrival: &Arrival,
        is_fraud: bool,
    ) {
        let Some(merchant) = arrival.entities.merchant else { return };
        let (id, occurred_at) = (&arrival.order.transaction_id, arrival.order.occurred_at);
        if let Some(state) = states.get_mut(&merchant) {
            apply_label(state, id, occurred_at, is_fraud);
        }
        self.labels.push(LabelEvent {
            row: self.arrivals.len() as u32,
            entity: interners[1].digest_number(&merchant.digest),
            transaction: transaction_hash(id.as_bytes()),
            occurred_at: occurred_at.micros(),
            is_fraud,
        });
    }

    /// Folds everything in batches of so many rows; answers a column for each wanted feature, and the marks.
    fn fold(&self, set: &FeatureSet, wanted: &[usize], rows: usize) -> (Vec<Vec<f64>>, Vec<RowMarks>) {
        let mut marks = vec![RowMarks::default(); self.arrivals.len()];
        let mut values = vec![Vec::new(); wanted.len()];
        for kind in set.kinds().iter().copied() {
            let mut fold = KindFold::new(set, kind, wanted);
            let mut written = vec![Vec::new(); fold.positions().len()];
            for start in (0..self.arrivals.len()).step_by(rows) {
                let end = (start + rows).min(self.arrivals.len());
                let labels = self.labels_of(start, end);
                let batch = self.batch(start, end, &labels);
                fold.fold(&batch, &mut written, &mut marks[start..end]).unwrap();
                for (column, position) in written.iter().zip(fold.positions()) {
                    let place = wanted.iter().position(|wanted| wanted == position).unwrap();
                    values[place].extend(column);
                }
            }
        }
        (values, marks)
    }

    /// Labels of a batch: those before its first row up to those before the row after its last; at the very end
    /// of the history those after the last row, too.
    fn labels_of(&self, start: usize, end: usize) -> Vec<LabelEvent> {
        let is_in = |row: usize| row >= start && (row < end || end == self.arrivals.len());
        let labels = self.labels.iter().filter(|label| is_in(label.row as usize));
        labels.map(|label| LabelEvent { row: label.row - start as u32, ..*label }).collect()
    }

    fn batch<'a>(&'a self, start: usize, end: usize, labels: &'a [LabelEvent]) -> Batch<'a> {
        let mut batch = Batch::new(
            &self.occurred_at[start..end],
            &self.amount_minor[start..end],
            &self.transactions[start..end],
            100,
        );
        batch.received_at = &self.received_at[start..end];
        batch.labels = labels;
        for (slot, kind) in EntityKind::ALL.into_iter().enumerate() {
            let (numbers, shorts) = (&self.numbers[slot][start..end], &self.shorts[slot][start..end]);
            batch.set_entities(kind, EntityColumn { numbers, shorts });
        }
        batch
    }

    /// Compares everything, bit for bit.
    fn compare(&self, set: &FeatureSet, wanted: &[usize], rows: usize) {
        let (values, marks) = self.fold(set, wanted, rows);
        for (row, (vector, arrival)) in self.vectors.iter().zip(&self.arrivals).enumerate() {
            let fields = OrderFields::new(&arrival.order, &arrival.entities);
            for (column, position) in values.iter().zip(wanted) {
                let feature = &set.features()[*position];
                let found = match feature.definition {
                    weir_features::Definition::Field(field) => fields.value(field),
                    _ => column[row],
                };
                let expected = vector[*position];
                let is_same = expected.to_bits() == found.to_bits() || (expected.is_nan() && found.is_nan());
                assert!(is_same, "row {row}, {}: {found} instead of {expected}", feature.name);
            }
            assert_eq!(marks[row].iter().collect::<Vec<_>>(), self.marks[row], "row {row}");
        }
    }
}

/// Positions of a set that a bit pattern picks; all if it is empty.
fn picked(set: &FeatureSet, pattern: &[bool]) -> Vec<usize> {
    let is_picked = |place: &usize| pattern.is_empty() || pattern[place % pattern.len()];
    (0..set.features().len()).filter(is_picked).collect()
}

fn patterns() -> impl Strategy<Value = Vec<bool>> {
    prop_oneof![1 => Just(Vec::new()), 3 => prop::collection::vec(prop::bool::weighted(0.2), 1..60)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_wild_history_has_the_vectors_of_observe(
        steps in histories(80), pattern in patterns(), rows in 1_usize..50,
    ) {
        for set in [FeatureSet::full(), FeatureSet::handbook()] {
            Columns::of(&set, &steps).compare(&set, &picked(&set, &pattern), rows);
        }
    }

    #[test]
    fn a_long_history_almost_in_order_has_the_vectors_of_observe(
        steps in regular_histories(400), pattern in patterns(), rows in 1_usize..300,
    ) {
        let full = FeatureSet::full();
        Columns::of(&full, &steps).compare(&full, &picked(&full, &pattern), rows);
        for days in [7, 0, 1, 40] {
            let set = FeatureSet::handbook_with_delay_days(days);
            Columns::of(&set, &steps).compare(&set, &picked(&set, &pattern), rows);
        }
    }
}

#[test]
fn past_the_entry_cap_the_vectors_are_those_of_observe() {
    let steps: Vec<Step> = (0..9_000_i64)
        .map(|place| {
            let at = crate::history::START + place * 300 * crate::history::SECOND;
            let numbers = [Some(1), Some((place % 7) as u8), None, None, None, None];
            Step::Arrive(crate::history::arrival(&format!("t-{place}"), at, place % 977, numbers))
        })
        .collect();
    let set = FeatureSet::handbook();
    Columns::of(&set, &steps).compare(&set, &picked(&set, &[]), 1_000);
}

/// A busy shop: two merchants whom many customers pay with many cards; every now and then an order comes late, or
/// again, or a label comes.
#[test]
fn busy_entities_with_many_counterparties_have_the_vectors_of_observe() {
    use crate::history::{HOUR, SECOND, START, arrival, entities};
    let mut seed = 7_u64;
    let mut below = |end: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % end
    };
    let steps: Vec<Step> = (0..4_000_i64)
        .map(|place| match below(150) {
            0 => Step::Again(below(40) as usize),
            1..20 => Step::Label(below(600) as usize, below(2) == 0),
            luck => {
                let late = if luck == 149 { below(20) as i64 * HOUR } else { 0 };
                let at = START + place * 1_500 * SECOND - late;
                let mut next = arrival(&format!("t-{place}"), at, 90_000 - place * 20, [None; 6]);
                let customer = below(200) as u8;
                let numbers = [below(2), below(250), below(5), below(100), below(30), below(30)];
                next.entities = entities(customer, numbers.map(|number| Some(number as u8)));
                Step::Arrive(next)
            }
        })
        .collect();
    for set in [FeatureSet::full(), FeatureSet::handbook_with_delay_days(1)] {
        let columns = Columns::of(&set, &steps);
        columns.compare(&set, &picked(&set, &[]), 777);
        columns.compare(&set, &picked(&set, &[false, true, false]), 64);
    }
}

/// Orders come entity by entity, as the bulk commands sort them: up to hundreds of one merchant or customer in a row,
/// with labels, late, repeated and equally old ones between them, and with pauses that empty the windows.
#[test]
fn rows_of_one_entity_after_each_other_have_the_vectors_of_observe() {
    use crate::history::{DAY, HOUR, SECOND, START, arrival};
    for seed in 1..12_u64 {
        let mut seed = seed;
        let mut below = |end: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % end
        };
        let (mut at, mut who) = (START, (1, 1));
        let steps: Vec<Step> = (0..1_500)
            .map(|place| {
                match below(60) {
                    0 => return Step::Again(below(10) as usize),
                    1 | 2 => return Step::Label(below(300) as usize, below(2) == 0),
                    3 => who = (below(3) as u8, below(3) as u8),
                    4 => at += below(45) as i64 * DAY / 10,
                    _ => (),
                }
                at += (below(400 * 60) as i64 - if below(50) == 0 { 3_600 } else { 0 }) * SECOND;
                let at = at - i64::from(below(80) == 0) * HOUR;
                let numbers = [Some(who.0), Some(who.1), None, None, None, None];
                Step::Arrive(arrival(&format!("t-{place}"), at, below(9_000) as i64, numbers))
            })
            .collect();
        for days in [0, 1, 7] {
            let set = FeatureSet::handbook_with_delay_days(days);
            let columns = Columns::of(&set, &steps);
            columns.compare(&set, &picked(&set, &[]), 500);
            columns.compare(&set, &picked(&set, &[true, false]), 130);
        }
    }
}

/// The cap is reached while the oldest entries are expiring.
#[test]
fn the_cap_comes_at_the_same_event_as_in_observe() {
    use crate::history::{SECOND, START, arrival};
    let mut at = START;
    let steps: Vec<Step> = (0..9_600_i64)
        .map(|place| {
            at += if place < 2_160 { 800 } else { 300 } * SECOND;
            let numbers = [Some(1), Some((place % 11) as u8), None, None, None, None];
            Step::Arrive(arrival(&format!("t-{place}"), at, place % 977, numbers))
        })
        .collect();
    let set = FeatureSet::full();
    Columns::of(&set, &steps).compare(&set, &picked(&set, &[]), 1_000);
}
