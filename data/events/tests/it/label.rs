//! Labels from JSON and back.

use serde_json::json;
use weir_events::{Found, Label, LabelSource, SCHEMA_VERSION};

use crate::examples;

#[test]
fn a_label_comes_back_from_its_json() {
    let label = examples::label();
    assert_eq!(Label::from_json(&label.to_json()), Ok(label));
}

#[test]
fn a_label_needs_no_version_and_no_source() {
    let text = br#"{"transaction_id": "1", "is_fraud": false, "known_at": "2026-01-31T08:00:00Z"}"#;
    let label = Label::from_json(text).expect("valid");
    assert_eq!((label.schema_version, label.source), (SCHEMA_VERSION, LabelSource::Other));
}

#[test]
fn every_wrong_field_of_a_label_is_named() {
    let error =
        Label::from_value(json!({"is_fraud": 1, "known_at": null, "sorce": "x"})).expect_err("is wrong");
    let fields: Vec<_> = error.fields().iter().map(|field| (field.path.as_str(), field.found)).collect();
    let expected = [
        ("transaction_id", Found::Missing),
        ("is_fraud", Found::Number),
        ("known_at", Found::Null),
        ("sorce", Found::Text),
    ];
    assert_eq!(fields, expected);
}
