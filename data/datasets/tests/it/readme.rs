//! The mapping in the README.

use std::path::Path;
use std::sync::Arc;

use weir_datasets::{Mapping, Options};

use crate::samples::{read, rows, sample};

const README: &str = include_str!("../../README.md");

#[test]
fn the_mapping_in_the_readme_reads_the_sample() {
    let (_, rest) = README.split_once("```toml\n").unwrap();
    let (text, _) = rest.split_once("```").unwrap();
    let mapping = Mapping::parse(Path::new("README.md"), text).unwrap();
    let options = Options { mapping: Some(Arc::new(mapping)), ..Options::default() };
    let (items, counts, rejects) = read(&sample("german_shop.csv"), &options);
    assert_eq!((counts.rows_out, counts.rejected), (200, 0), "{rejects:?}");
    assert!(rows(&items).iter().all(|row| row.known_at > Some(row.transaction.order.occurred_at)));
    // Eleven in Berlin is ten in UTC, in winter.
    assert_eq!(rows(&items)[0].transaction.order.occurred_at.to_string(), "2026-01-01T10:09:00.000000Z");
}

#[test]
fn every_key_is_in_the_readme() {
    for key in [
        "delimiter",
        "quote",
        "header",
        "encoding",
        "decimal",
        "thousands",
        "missing",
        "column",
        "template",
        "constant",
        "confirm",
        "values",
        "format",
        "zone",
        "unit",
        "since",
        "symbol",
        "round",
        "true",
        "false",
        "known_at",
        "known_after_days",
        "type",
        "others",
        "drop",
    ] {
        let is_there = [format!("`….{key}`"), format!(".{key}`"), format!("`{key}`")]
            .iter()
            .any(|text| README.contains(text));
        assert!(is_there, "{key}");
    }
}
