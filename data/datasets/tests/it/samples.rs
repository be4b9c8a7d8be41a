//! The committed samples read as their README says.

use std::path::{Path, PathBuf};

use weir_datasets::{Counts, Format, Item, Options, ReadError, RejectsWriter, Row, open};

pub(crate) fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples").join(name)
}

/// Everything in a file, counts, and the text of the rejects file if there is one.
pub(crate) fn read(path: &Path, options: &Options) -> (Vec<Item>, Counts, Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    let mut rejects = RejectsWriter::at(&folder.path().join("rejects.csv")).unwrap();
    let mut items = Vec::new();
    let counts = open(path, options).unwrap().read_all(&mut rejects, |item| {
        items.push(item);
        Ok::<(), ReadError>(())
    });
    let rejected = rejects.finish().unwrap().map(|path| std::fs::read_to_string(path).unwrap());
    (items, counts.unwrap(), rejected)
}

pub(crate) fn rows(items: &[Item]) -> Vec<&Row> {
    items.iter().filter_map(|item| if let Item::Row(row) = item { Some(&**row) } else { None }).collect()
}

#[test]
fn both_shop_samples_hold_the_same_orders() {
    let (full, counts, rejects) = read(&sample("shop_16_columns.csv"), &Options::default());
    let (short, ..) = read(&sample("shop_13_columns.csv"), &Options::default());
    assert_eq!(counts, Counts { rows_in: 300, rows_out: 300, rejected: 0 });
    assert!(rejects.is_none());
    for (full, short) in rows(&full).into_iter().zip(rows(&short)) {
        assert!(full.transaction.order == short.transaction.order && full.label == short.label);
        let address = full.transaction.personal.shipping_address.as_ref().unwrap();
        assert!(address.expose().contains('\n'));
        assert!(short.transaction.personal.shipping_address.is_none());
    }
}

#[test]
fn broken_rows_are_set_aside_with_line_and_field_and_without_value() {
    let (items, counts, rejects) = read(&sample("shop_broken_rows.csv"), &Options::default());
    assert_eq!((items.len(), counts.rejected), (5, 5));
    let rejects = rejects.unwrap();
    let found: Vec<(&str, &str)> = rejects
        .lines()
        .skip(1)
        .map(|line| line.split(',').skip(1))
        .map(|mut cells| (cells.next().unwrap(), cells.next().unwrap()))
        .collect();
    let expected =
        [("3", "amount_minor"), ("5", "occurred_at"), ("7", "quantity"), ("9", "device_type"), ("11", "row")];
    assert_eq!(found, expected);
    assert!(!rejects.contains("toaster") && !rejects.contains("yesterday"));
}

#[test]
fn the_handbook_sample_reads_exactly() {
    let mut reader = open(&sample("handbook.parquet"), &Options::default()).unwrap();
    assert_eq!((reader.format(), reader.progress()), (Format::HandbookParquet, (0, 1_000)));
    assert!(reader.by_ref().all(|item| item.is_ok()));
    assert_eq!(reader.progress(), (1_000, 1_000));
    let (payments, ..) = read(&sample("handbook.parquet"), &Options::default());
    let (orders, ..) = read(&sample("shop_16_columns.csv"), &Options::default());
    for (payment, order) in rows(&payments).into_iter().zip(rows(&orders)) {
        let (left, right) = (&payment.transaction.order, &order.transaction.order);
        assert_eq!((left.amount_minor, left.occurred_at), (right.amount_minor, right.occurred_at));
        assert!(left.merchant_id.is_some() && payment.label == order.label);
    }
}

#[test]
fn a_limit_stops_after_so_many_rows() {
    for name in ["shop_16_columns.csv", "handbook.parquet", "events.ndjson"] {
        let options = Options { limit: Some(7), ..Options::default() };
        assert_eq!(read(&sample(name), &options).1.rows_in, 7);
    }
}
