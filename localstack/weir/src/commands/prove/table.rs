//! The table of promises: what was promised, what was found, whether it holds.

use anyhow::Result;
use serde::Serialize;
use serde_json::Value;

use crate::output;

/// One promise.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    /// What it is about.
    pub(super) name: &'static str,
    /// What is promised.
    pub(super) promise: String,
    /// What was found, in words.
    pub(super) found: String,
    /// The figure alone.
    pub(super) figure: Value,
    /// Whether the promise was kept.
    pub(super) passed: bool,
}

/// Every promise, in the order of the flow.
#[derive(Debug, Default)]
pub(super) struct Table(Vec<Row>);

impl Table {
    pub(super) fn rows(&self) -> &[Row] {
        &self.0
    }

    /// Whether every promise was kept; a table without rows proves nothing.
    pub(super) fn is_passed(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(|row| row.passed)
    }

    /// Adds a promise.
    pub(super) fn add(
        &mut self,
        name: &'static str,
        promise: impl Into<String>,
        found: impl Into<String>,
        figure: impl Into<Value>,
        passed: bool,
    ) {
        let (promise, found, figure) = (promise.into(), found.into(), figure.into());
        self.0.push(Row { name, promise, found, figure, passed });
    }

    /// Adds a number that must be another.
    pub(super) fn equal(&mut self, name: &'static str, promise: &str, found: u64, expected: u64) {
        let promise = format!("{promise}: {}", grouped(expected));
        self.add(name, promise, grouped(found), found, found == expected);
    }

    pub(super) fn print(&self) -> Result<()> {
        let cells = |row: &Row| {
            let verdict = if row.passed { "pass" } else { "FAIL" };
            vec![row.name.to_owned(), row.promise.clone(), row.found.clone(), verdict.to_owned()]
        };
        let rows: Vec<Vec<String>> = self.0.iter().map(cells).collect();
        output::table(&["what", "promise", "found", ""], &rows)
    }
}

/// A number with its thousands apart: `1,234,567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        let texts: Vec<String> = [0, 999, 1_000, 1_234_567].into_iter().map(grouped).collect();
        assert_eq!(texts, ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn one_broken_promise_fails_the_table_and_so_does_an_empty_one() {
        let mut table = Table::default();
        assert!(!table.is_passed());
        table.equal("lost", "none", 0, 0);
        assert!(table.is_passed());
        table.equal("twice", "none", 1, 0);
        assert!(!table.is_passed());
    }
}
