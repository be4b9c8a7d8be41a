//! One definition: every value is what `observe` answers for the same transactions in the same order.

use std::path::Path;

use tempfile::tempdir;
use weir_bulk::{Request, Set};
use weir_datasets::{Item, Options, ReadError};
use weir_events::{Timestamp, Transaction};
use weir_features::{FeatureSet, LABELLED_KINDS, States, apply_label, observe};
use weir_keyring::unkeyed;

use crate::support::{copy, read, write};

/// A label on its way: known at a time, after a row.
struct Verdict {
    known_at: Timestamp,
    row: usize,
    is_fraud: bool,
}

/// The transactions of a file in order, and their labels in order of when they become known.
fn history(path: &Path, delay_days: i64, are_ids_numbers: bool) -> (Vec<Transaction>, Vec<Verdict>) {
    let (mut rows, mut labels) = (Vec::new(), Vec::new());
    for item in weir_datasets::open(path, &Options::default()).unwrap() {
        match item {
            Ok(Item::Row(row)) => {
                let order = &row.transaction.order;
                if let Some(is_fraud) = row.label {
                    let known_at = order.occurred_at.plus_micros(delay_days * 86_400_000_000);
                    labels.push((order.transaction_id.clone(), known_at, is_fraud));
                }
                rows.push(row.transaction);
            }
            Ok(Item::Label(label)) => labels.push((label.transaction_id, label.known_at, label.is_fraud)),
            Err(ReadError::Rejected(_)) => (),
            Err(error) => panic!("{error}"),
        }
    }
    rows.sort_by_key(|row| {
        let id = row.order.transaction_id.clone();
        let number: i64 = if are_ids_numbers { id.parse().unwrap() } else { 0 };
        (row.order.occurred_at, number, id)
    });
    let row = |id: &str| rows.iter().position(|row| row.order.transaction_id == id);
    let verdict = |(id, known_at, is_fraud): (String, Timestamp, bool)| {
        Some(Verdict { known_at, row: row(&id)?, is_fraud })
    };
    let mut verdicts: Vec<Verdict> = labels.into_iter().filter_map(verdict).collect();
    verdicts.sort_by_key(|verdict| (verdict.known_at, verdict.row));
    (rows, verdicts)
}

fn compare(name: &str, set: Set, delay_days: u32) {
    let folder = tempdir().unwrap();
    let input = copy(&folder, name);
    let mut request = Request::new(&input, &folder.path().join("features.parquet"));
    request.set = set;
    request.label_delay_days = delay_days;
    let summary = write(&request).unwrap();
    let table = read(&request.output);
    let is_handbook = name.starts_with("handbook");
    let (rows, verdicts) = history(&input, i64::from(delay_days), is_handbook);
    let set = if set == Set::Handbook { FeatureSet::handbook() } else { FeatureSet::full() };
    let (mut states, mut known) = (States::new(), 0);
    let mut frauds = 0.0;
    assert_eq!((rows.len(), summary.rows_out as usize), (table.ids.len(), table.ids.len()));
    for (place, row) in rows.iter().enumerate() {
        let order = &row.order;
        while let Some(verdict) = verdicts.get(known).filter(|verdict| verdict.known_at <= order.occurred_at)
        {
            let labelled = unkeyed(&rows[verdict.row]);
            for entity in LABELLED_KINDS.iter().filter_map(|kind| labelled.get(*kind)) {
                if let Some(state) = states.get_mut(entity) {
                    let about = &rows[verdict.row].order;
                    apply_label(state, &about.transaction_id, about.occurred_at, verdict.is_fraud);
                }
            }
            known += 1;
        }
        let seen = observe(&set, order, &unkeyed(row), order.occurred_at, &mut states);
        assert_eq!(table.ids[place], order.transaction_id);
        for (feature, value) in set.features().iter().zip(&seen.vector.0) {
            let Some(column) = table.names.iter().position(|known| *known == feature.name) else {
                assert!(value.is_nan() || *value == 0.0, "{} was left out but is {value}", feature.name);
                continue;
            };
            let found = table.columns[column][place];
            let is_same = found.to_bits() == value.to_bits() || (found.is_nan() && value.is_nan());
            assert!(is_same, "{} of row {place}: {found}, observed {value}", feature.name);
            frauds += if feature.name.starts_with("merchant_fraud_rate") { found } else { 0.0 };
        }
    }
    assert!(frauds > 0.0 || !table.names.iter().any(|name| name.contains("fraud_rate")), "no label counted");
}

#[test]
fn payments_with_labels_of_their_rows() {
    compare("handbook.parquet", Set::Handbook, 7);
    compare("handbook.parquet", Set::Full, 3);
}

#[test]
fn orders_with_every_kind_of_entity() {
    compare("shop_16_columns.csv", Set::Full, 7);
    compare("shop_13_columns.csv", Set::Full, 0);
}

#[test]
fn events_with_labels_of_their_own() {
    compare("events.ndjson", Set::Full, 7);
    compare("events.ndjson", Set::Handbook, 7);
}

#[test]
fn rows_that_are_not_in_order() {
    compare("shop_broken_rows.csv", Set::Full, 7);
}
