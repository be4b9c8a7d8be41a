//! Rows that are set aside.

use tempfile::tempdir;
use weir_bulk::Request;

use crate::support::{copy, read, write};

#[test]
fn wrong_rows_are_told_with_line_and_field() {
    let folder = tempdir().unwrap();
    let input = copy(&folder, "shop_broken_rows.csv");
    let request = Request::new(&input, &folder.path().join("f.parquet"));
    let summary = write(&request).unwrap();
    assert_eq!((summary.rows_in, summary.rows_out, summary.rejected), (10, 5, 5));
    let rejects = std::fs::read_to_string(summary.rejects.unwrap()).unwrap();
    assert_eq!(rejects.lines().count(), 6, "{rejects}");
    assert!(rejects.starts_with("file,line,field,expected,found"), "{rejects}");
}

#[test]
fn rows_in_another_currency_are_rejected_by_name() {
    let folder = tempdir().unwrap();
    let input = folder.path().join("orders.ndjson");
    let row = |id: &str, currency: &str| {
        format!(
            "{{\"transaction_id\":\"{id}\",\"customer_id\":\"c\",\"amount_minor\":100,\"currency\":\"{currency}\",\
             \"occurred_at\":\"2026-01-01T00:00:00Z\"}}\n"
        )
    };
    std::fs::write(&input, [row("b", "EUR"), row("a", "EUR"), row("c", "JPY")].concat()).unwrap();
    let mut request = Request::new(&input, &folder.path().join("f.parquet"));
    let summary = write(&request).unwrap();
    assert_eq!((summary.rows_out, summary.rejected), (2, 1));
    let rejects = std::fs::read_to_string(summary.rejects.unwrap()).unwrap();
    assert!(rejects.contains(",3,currency,") && rejects.contains("`EUR`"), "{rejects}");
    let table = read(&request.output);
    assert_eq!(table.ids, ["a", "b"], "at equal times in order of the id");
    assert_eq!(table.column("customer_count_1h"), [1.0, 2.0]);
    request.currency = Some("JPY".parse().unwrap());
    let summary = write(&request).unwrap();
    assert_eq!((summary.rows_out, summary.rejected), (1, 2));
}
