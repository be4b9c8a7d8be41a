//! Throughput of the folds on one core: `cargo bench -p weir-features`.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on fails")]

mod made_up;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use weir_events::{Entities, EntityKey, EntityKind, Order, Timestamp};
use weir_features::bulk::{KindFold, RowMarks};
use weir_features::{EntityState, FeatureSet, States, observe};

use crate::made_up::MadeUp;

fn main() {
    divan::main();
}

/// Rows of a batch.
const BATCH: usize = 65_536;

/// Folds everything for the wanted features of a set.
fn fold_all(rows: &MadeUp, set: &FeatureSet, wanted: &[usize]) -> f64 {
    let mut last = 0.0;
    for kind in set.kinds().iter().copied() {
        let mut fold = KindFold::new(set, kind, wanted);
        let mut columns = vec![Vec::new(); fold.positions().len()];
        let mut marks = vec![RowMarks::default(); BATCH];
        for start in (0..rows.len()).step_by(BATCH) {
            let end = (start + BATCH).min(rows.len());
            let labels = rows.labels(start, end);
            fold.fold(&rows.batch(start, end, &labels), &mut columns, &mut marks[..end - start]).unwrap();
            last += columns
                .iter()
                .filter_map(|column| column.last())
                .filter(|value| !value.is_nan())
                .sum::<f64>();
        }
    }
    last
}

/// Payments as in the Fraud Detection Handbook, its 12 features of customers and terminals.
#[divan::bench(sample_count = 3)]
fn handbook(bencher: Bencher<'_, '_>) {
    let rows = MadeUp::handbook(made_up::size(1_000_000));
    let set = FeatureSet::handbook();
    let wanted: Vec<usize> = (0..set.features().len()).collect();
    bencher.counter(ItemsCount::new(rows.len())).bench_local(|| black_box(fold_all(&rows, &set, &wanted)));
}

/// Orders of a shop; `every` feature of which so many is wanted.
#[divan::bench(args = [1, 4], sample_count = 3)]
fn shop(bencher: Bencher<'_, '_>, every: usize) {
    let rows = MadeUp::shop(made_up::size(500_000));
    let set = FeatureSet::full();
    let wanted: Vec<usize> = (0..set.features().len()).step_by(every).collect();
    bencher.counter(ItemsCount::new(rows.len())).bench_local(|| black_box(fold_all(&rows, &set, &wanted)));
}

fn order(rows: &MadeUp, row: usize) -> (Order, Entities<EntityKey>) {
    let order = Order {
        transaction_id: row.to_string(),
        occurred_at: Timestamp::from_micros(rows.occurred_at[row]),
        amount_minor: rows.amount_minor[row],
        currency: "EUR".parse().unwrap(),
        merchant_id: None,
        payment_method: None,
        product_category: None,
        quantity: None,
        customer_age: None,
        customer_location: None,
        device_type: None,
        account_age_days: None,
        attributes: Default::default(),
    };
    let entities = rows.entities(row);
    (order, entities)
}

/// One event at a time through the states in memory.
#[divan::bench(sample_count = 3)]
fn observe_each(bencher: Bencher<'_, '_>) {
    let rows = MadeUp::shop(made_up::size(20_000));
    let set = FeatureSet::full();
    let orders: Vec<_> = (0..rows.len()).map(|row| order(&rows, row)).collect();
    bencher.counter(ItemsCount::new(rows.len())).bench_local(|| {
        let mut states = States::new();
        for (order, entities) in &orders {
            black_box(observe(&set, order, entities, order.occurred_at, &mut states));
        }
    });
}

/// A state of 100 events through its stored form, as the store reads and writes it for each event.
#[divan::bench]
fn decode_and_encode(bencher: Bencher<'_, '_>) {
    let rows = MadeUp::shop(100);
    let (set, mut states) = (FeatureSet::full(), States::new());
    let customer = rows.entities(0).customer;
    for row in 0..rows.len() {
        let (order, entities) = order(&rows, row);
        observe(&set, &order, &Entities { customer, ..entities }, order.occurred_at, &mut states);
    }
    let bytes = states.get(&customer).unwrap().encode();
    assert_eq!(customer.kind, EntityKind::Customer);
    bencher
        .counter(ItemsCount::new(1_usize))
        .bench_local(|| black_box(EntityState::decode(black_box(&bytes)).unwrap().encode()));
}
