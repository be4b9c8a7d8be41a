//! The same settings are the same bytes, and everything comes in order.

use weir_generator::{EventKind, Generator, Settings, write_ndjson};

use crate::shop::{Shop, settings};

/// Of the bytes below. A change here changes every model made from generated data: say so in the commit.
const DIGEST: &str = include_str!("digest.txt");

fn bytes(settings: Settings) -> Vec<u8> {
    let mut output = Vec::new();
    write_ndjson(Generator::new(settings).unwrap(), &mut output).unwrap();
    output
}

#[test]
fn the_same_seed_is_the_same_bytes_as_ever() {
    let first = bytes(settings(7, 5_000));
    assert!(first == bytes(settings(7, 5_000)));
    assert_eq!(blake3::hash(&first).to_hex().as_str(), DIGEST.trim());
}

#[test]
fn another_seed_shares_no_transaction_id() {
    let (first, second) = (Shop::open(settings(1, 2_500)), Shop::open(settings(2, 2_500)));
    assert!(first.placed.keys().all(|id| !second.placed.contains_key(id)));
}

#[test]
fn events_are_in_order_and_exactly_as_many_as_asked() {
    for transactions in [0, 1, 10, 499, 2_000, 20_000] {
        let shop = Shop::open(settings(3, transactions));
        assert_eq!(shop.placed.len() as u64, transactions);
        assert!(shop.times.is_sorted());
    }
}

#[test]
fn transactions_stay_within_the_days_asked_for() {
    for days in [1, 2, 45] {
        let settings = Settings { days, ..settings(4, 4_000) };
        let (start, end) = (settings.start, settings.start.plus_micros(i64::from(days) * 86_400_000_000));
        let shop = Shop::open(settings);
        assert!(shop.placed.values().all(|placed| placed.at >= start && placed.at < end));
    }
}

#[test]
fn what_is_written_reads_back() {
    let shop = Generator::new(settings(5, 2_500)).unwrap();
    for event in shop {
        match event.kind {
            EventKind::Transaction { transaction, .. } => {
                let read = weir_events::Transaction::from_json(&transaction.to_json());
                assert!(read.is_ok_and(|read| read == *transaction));
            }
            EventKind::Label(label) => {
                assert_eq!(weir_events::Label::from_json(&label.to_json()).unwrap(), label);
            }
        }
    }
}
