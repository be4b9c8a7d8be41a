//! Lines of JSON.

use weir_datasets::{Item, Options, ReadError, open};
use weir_generator::{Event, EventKind, Generator, Settings};

use crate::samples::read;

#[test]
fn what_the_generator_writes_reads_back() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let settings = Settings { transactions: 500, ..Settings::default() };
    let events: Vec<Event> = Generator::new(settings).unwrap().collect();
    weir_generator::write_ndjson(events.iter().cloned(), &file).unwrap();
    let (items, counts, _) = read(file.path(), &Options::default());
    assert_eq!((counts.rows_in, counts.rejected), (events.len() as u64, 0));
    for (item, event) in items.iter().zip(&events) {
        let is_same = match (item, &event.kind) {
            (Item::Row(row), EventKind::Transaction { transaction, .. }) => row.transaction == **transaction,
            (Item::Label(read), EventKind::Label(label)) => read == label,
            _ => false,
        };
        assert!(is_same);
    }
}

#[test]
fn garbage_lines_are_set_aside_one_by_one() {
    let good = r#"{"transaction_id":"1","customer_id":"c","occurred_at":"2026-01-01T00:00:00Z","amount_minor":1,"currency":"EUR"}"#;
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(400_000));
    let deep = "[".repeat(100_000);
    let file = tempfile::NamedTempFile::new().unwrap();
    let lines = ["\u{feff}{\"transaction\":1}\r", "\r", good, "not json", &long, &deep, "[]", good];
    std::fs::write(file.path(), lines.join("\n")).unwrap();
    let (_, counts, rejects) = read(file.path(), &Options::default());
    assert_eq!((counts.rows_in, counts.rows_out, counts.rejected), (7, 2, 5));
    assert_eq!(rejects.unwrap().lines().count(), 6);
}

#[test]
fn an_unknown_file_is_told_what_is_known() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for text in ["", "a,b,c\n1,2,3\n", "hello\n"] {
        std::fs::write(file.path(), text).unwrap();
        let error = open(file.path(), &Options::default()).err().unwrap();
        assert!(matches!(error, ReadError::Unknown { .. }));
        let message = error.to_string();
        assert!(message.contains("Transaction ID") && message.contains("TX_DATETIME"), "{message}");
    }
}

#[test]
fn a_cut_parquet_file_is_an_error_and_not_a_reject() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let bytes = std::fs::read(crate::samples::sample("handbook.parquet")).unwrap();
    std::fs::write(file.path(), &bytes[..bytes.len() / 2]).unwrap();
    let error = open(file.path(), &Options::default()).err().unwrap();
    assert!(matches!(error, ReadError::Parquet { .. }));
}
