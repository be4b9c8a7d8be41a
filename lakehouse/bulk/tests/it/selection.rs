//! Which columns are written.

use tempfile::tempdir;
use weir_bulk::{BulkError, Kind, Request, Set};

use crate::support::{copy, read, sample, write};

#[test]
fn columns_without_input_are_left_out_and_told() {
    let folder = tempdir().unwrap();
    let request = Request::new(&sample("handbook.parquet"), &folder.path().join("f.parquet"));
    let summary = write(&request).unwrap();
    let lacks = |column: &str| {
        summary
            .left_out
            .iter()
            .find(|left_out| left_out.column == column)
            .map(|left_out| left_out.input.as_str())
    };
    assert_eq!(lacks("device_count_1h"), Some("devices"));
    assert_eq!(lacks("customer_distinct_cards_7d"), Some("cards"));
    assert_eq!(lacks("quantity"), Some("quantity"));
    assert_eq!(lacks("customer_distinct_merchants_7d"), None);
    assert!(!summary.columns.iter().any(|column| column.starts_with("device")));
    assert_eq!(
        summary.columns.len() + summary.left_out.len(),
        weir_features::FeatureSet::full().features().len() + 1
    );
}

#[test]
fn columns_by_name_come_in_their_order() {
    let folder = tempdir().unwrap();
    let mut request = Request::new(&sample("handbook.parquet"), &folder.path().join("f.parquet"));
    write(&request).unwrap();
    let all = read(&request.output);
    let names = ["merchant_count_7d_delayed", "hour", "customer_count_30d"].map(str::to_owned);
    request.columns = Some(names.to_vec());
    let summary = write(&request).unwrap();
    assert_eq!(summary.columns[1..], names);
    let some = read(&request.output);
    for name in &names {
        assert_eq!(some.column(name), all.column(name));
    }
}

#[test]
fn a_request_that_cannot_be_met_says_why() {
    let folder = tempdir().unwrap();
    let input = copy(&folder, "handbook.parquet");
    let mut request = Request::new(&input, &folder.path().join("f.parquet"));
    request.set = Set::Handbook;
    let asked = |names: &[&str]| Request {
        columns: Some(names.iter().map(|name| (*name).to_owned()).collect()),
        ..request.clone()
    };
    let error = write(&asked(&["customer_count_2d"])).unwrap_err();
    assert_eq!(error.kind(), Kind::Settings);
    assert!(error.to_string().contains("`customer_count_2d`"), "{error}");
    assert_eq!(write(&asked(&["amount", "amount"])).unwrap_err().kind(), Kind::Settings);
    let full = Request { set: Set::Full, ..asked(&["device_count_7d"]) };
    assert!(matches!(write(&full).unwrap_err(), BulkError::NoInput { .. }));
    let unnamed = Request { output: folder.path().join("f.txt"), ..request.clone() };
    assert_eq!(write(&unnamed).unwrap_err().kind(), Kind::Settings);
    assert!(!request.output.exists());
}
