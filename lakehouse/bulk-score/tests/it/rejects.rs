//! Rows that cannot be scored.

use std::path::Path;

use weir_bulk_score::{BulkScoreError, score};
use weir_keyring::Pseudonyms;

use crate::support::{request, run, scores};

fn order(id: &str, currency: &str, amount: &str) -> String {
    format!(
        r#"{{"transaction_id":"{id}","customer_id":"c","occurred_at":"2026-01-01T00:00:00Z","amount_minor":{amount},"currency":"{currency}"}}"#
    )
}

#[test]
fn wrong_rows_are_described_by_line_and_field_and_the_others_are_scored() {
    let folder = tempfile::tempdir().unwrap();
    let (file, output) = (folder.path().join("orders.ndjson"), folder.path().join("scores.ndjson"));
    let lines = [
        order("a", "EUR", "100"),
        order("b", "EUR", "\"secret\""),
        "not json".to_owned(),
        order("c", "USD", "100"),
        String::new(),
        order("a", "EUR", "100"),
        order("d", "EUR", "200"),
    ];
    std::fs::write(&file, lines.join("\n")).unwrap();
    let mut request = request(&file, &output, Pseudonyms::for_one_process());
    let summary = run(&request);
    assert_eq!((summary.rows, summary.scored, summary.rejected, summary.repeated), (6, 2, 4, 1));
    assert_eq!(scores(&output).keys().collect::<Vec<_>>(), ["a", "d"]);
    let rejects = std::fs::read_to_string(summary.rejects_file.as_ref().unwrap()).unwrap();
    let fields: Vec<Vec<&str>> =
        rejects.lines().skip(1).map(|line| line.split(',').skip(1).take(2).collect()).collect();
    assert_eq!(fields, [["2", "amount_minor"], ["3", "row"], ["4", "currency"], ["6", "transaction_id"]]);
    assert!(!rejects.contains("secret"));
    assert!(summary.rejected as f64 > 0.6 * summary.rows as f64);
    request.limit = Some(2);
    let summary = run(&request);
    assert_eq!((summary.rows, summary.scored, summary.rejected), (2, 1, 1));
}

#[test]
fn a_name_without_a_form_and_the_input_itself_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("orders.ndjson");
    std::fs::write(&file, order("a", "EUR", "100")).unwrap();
    let failure =
        |output: &Path| score(&request(&file, output, Pseudonyms::for_one_process()), &|_| {}).unwrap_err();
    assert!(matches!(failure(&folder.path().join("scores.txt")), BulkScoreError::Format { .. }));
    assert!(matches!(failure(&file), BulkScoreError::SameFile { .. }));
    let nowhere = failure(&folder.path().join("none/scores.csv"));
    assert!(matches!(nowhere, BulkScoreError::Write { .. }), "{nowhere}");
}

#[test]
fn the_shop_columns_are_read_from_lines_and_from_csv_alike() {
    let folder = tempfile::tempdir().unwrap();
    let lines = folder.path().join("shop.ndjson");
    let line = r#"{"Transaction ID":"t-1","Customer ID":"c-1","Transaction Amount":61.67,"Transaction Date":"2024-01-01 00:00:06","Payment Method":"PayPal","Quantity":4,"Shipping Address":"1 Street\nTown","Billing Address":"2 Street\nTown","Is Fraudulent":0}"#;
    std::fs::write(&lines, format!("{line}\n{}\n", line.replace("t-1", "t-2"))).unwrap();
    let csv = folder.path().join("shop.csv");
    let row = "c-1,61.67,2024-01-01 00:00:06,PayPal,4,\"1 Street\nTown\",\"2 Street\nTown\",0";
    let header = "Transaction ID,Customer ID,Transaction Amount,Transaction Date,Payment Method,Quantity,Shipping Address,Billing Address,Is Fraudulent";
    std::fs::write(&csv, format!("{header}\nt-1,{row}\nt-2,{row}\n")).unwrap();
    let mut found = Vec::new();
    for (place, file) in [lines, csv].iter().enumerate() {
        let output = folder.path().join(format!("{place}.ndjson"));
        let mut request = request(file, &output, Pseudonyms::for_one_process());
        request.currency = "USD".parse().unwrap();
        let summary = run(&request);
        assert_eq!((summary.scored, summary.decoded_slowly), (2, 0));
        found.push(std::fs::read(&output).unwrap());
    }
    assert_eq!(found[0], found[1]);
}

#[test]
fn a_file_that_breaks_off_leaves_no_output() {
    let folder = tempfile::tempdir().unwrap();
    let (file, output) = (folder.path().join("payments.parquet"), folder.path().join("scores.csv"));
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/samples/handbook.parquet");
    let mut bytes = std::fs::read(sample).unwrap();
    // The footer is whole, the pages are not.
    let half = bytes.len() / 2;
    bytes[64..half].fill(0xff);
    std::fs::write(&file, bytes).unwrap();
    for threads in [1, 3] {
        let mut request = request(&file, &output, Pseudonyms::for_one_process());
        (request.threads, request.currency) = (threads, "USD".parse().unwrap());
        assert!(matches!(score(&request, &|_| {}), Err(BulkScoreError::Read(_))));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
