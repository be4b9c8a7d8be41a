//! How the first rows of a file come out of a mapping.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use weir_events::{Currency, Personal, Transaction};

use crate::csv_file::CsvFile;
use crate::{Item, Mapping, ReadError, Reject, Row};

/// What stands for a personal value that is there.
const SET: &str = "‹set›";

/// How the first rows of a file come out of a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Rows that were read, rejected ones included.
    pub rows: u64,
    /// Rows that are transactions.
    pub accepted: u64,
    /// Of these, how many say that they are fraud, that they are not, and nothing.
    pub labels: [u64; 3],
    /// What is wrong with the others, by field.
    pub rejected: Vec<FieldRejects>,
    /// The first transactions.
    pub shown: Vec<Shown>,
    /// Columns that are kept sealed under their own names.
    pub sealed: Vec<String>,
    /// The key of the mapping that waits for confirmation.
    pub unconfirmed: Option<String>,
}

/// Rows that were rejected for one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldRejects {
    /// The field.
    pub field: String,
    /// How many rows.
    pub rows: u64,
    /// The first of them.
    pub first: Reject,
}

/// One transaction as names and values; `‹set›` stands for whatever is personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown(pub Vec<(String, String)>);

/// Reads the first rows of a file, also by a mapping that is not confirmed yet, and keeps `show` of them to look at.
pub fn check(
    path: &Path,
    mapping: &Mapping,
    currency: Currency,
    rows: u64,
    show: usize,
) -> Result<Check, ReadError> {
    let mut file = CsvFile::mapped(path, mapping, currency)?;
    let mut check = Check {
        rows: 0,
        accepted: 0,
        labels: [0; 3],
        rejected: Vec::new(),
        shown: Vec::new(),
        sealed: file.plan().sealed_names().map(str::to_owned).collect(),
        unconfirmed: mapping.unconfirmed().map(str::to_owned),
    };
    let mut wrong: BTreeMap<String, FieldRejects> = BTreeMap::new();
    while check.rows < rows {
        match file.next() {
            None => break,
            Some(Ok(Item::Row(row))) => check.accept(&row, show),
            Some(Ok(Item::Label(_))) => {}
            Some(Err(ReadError::Rejected(reject))) => {
                let (field, first) = (reject.field.clone(), *reject);
                wrong.entry(field.clone()).or_insert(FieldRejects { field, rows: 0, first }).rows += 1;
            }
            Some(Err(error)) => return Err(error),
        }
        check.rows += 1;
    }
    check.rejected = wrong.into_values().collect();
    check.rejected.sort_by_key(|field| std::cmp::Reverse(field.rows));
    Ok(check)
}

impl Check {
    fn accept(&mut self, row: &Row, show: usize) {
        self.accepted += 1;
        let label = match row.label {
            Some(true) => 0,
            Some(false) => 1,
            None => 2,
        };
        self.labels[label] += 1;
        if self.shown.len() < show {
            self.shown.push(shown(row));
        }
    }
}

fn shown(row: &Row) -> Shown {
    let Value::Object(fields) = row.transaction.to_value() else { return Shown(Vec::new()) };
    let mut shown: Vec<(String, String)> = fields
        .into_iter()
        .filter(|(name, _)| name != "schema_version")
        .map(|(name, value)| {
            let value = if is_personal(&row.transaction, &name) { SET.to_owned() } else { text(&value) };
            (name, value)
        })
        .collect();
    shown.extend(row.label.map(|is_fraud| ("label: is_fraud".to_owned(), is_fraud.to_string())));
    shown.extend(row.known_at.map(|known_at| ("label: known_at".to_owned(), known_at.to_string())));
    Shown(shown)
}

fn is_personal(transaction: &Transaction, name: &str) -> bool {
    Personal::FIELDS.iter().any(|field| field.name == name) || transaction.unknown.expose().contains_key(name)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
