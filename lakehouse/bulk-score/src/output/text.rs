//! Scores as CSV or lines of JSON.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use weir_datasets::Text;

use super::Form;
use crate::BulkScoreError;
use crate::decide::Verdict;

/// A file of text; what is written to it comes in large pieces.
pub(crate) struct TextFile(File);

impl TextFile {
    pub(crate) fn create(
        partial: &Path,
        path: &Path,
        form: Form,
        with_reasons: bool,
    ) -> Result<Self, BulkScoreError> {
        let mut file = Self(File::create(partial).map_err(BulkScoreError::write(path))?);
        if form == Form::Csv {
            let reasons = if with_reasons { ",reasons" } else { "" };
            file.write(format!("transaction_id,score,outcome{reasons}\n").as_bytes(), path)?;
        }
        Ok(file)
    }

    pub(crate) fn write(&mut self, bytes: &[u8], path: &Path) -> Result<(), BulkScoreError> {
        self.0.write_all(bytes).map_err(BulkScoreError::write(path))
    }

    pub(crate) fn finish(mut self, path: &Path) -> Result<(), BulkScoreError> {
        self.0.flush().map_err(BulkScoreError::write(path))
    }
}

/// Appends a line of CSV; several reasons are one text with semicolons.
pub(crate) fn csv(into: &mut Vec<u8>, id: &str, verdict: &Verdict<'_>, with_reasons: bool) {
    cell(into, id);
    into.push(b',');
    number(into, verdict.score);
    into.push(b',');
    into.extend_from_slice(verdict.outcome.name().as_bytes());
    if with_reasons {
        into.push(b',');
        cell(into, &verdict.reasons.join("; "));
    }
    into.push(b'\n');
}

fn cell(into: &mut Vec<u8>, text: &str) {
    if !text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        into.extend_from_slice(text.as_bytes());
        return;
    }
    into.push(b'"');
    into.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    into.push(b'"');
}

/// Appends a line of JSON.
pub(crate) fn ndjson(into: &mut Vec<u8>, id: Text<'_>, verdict: &Verdict<'_>, with_reasons: bool) {
    into.extend_from_slice(b"{\"transaction_id\":");
    if id.is_escaped || !id.raw.bytes().any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\')) {
        into.push(b'"');
        into.extend_from_slice(id.raw.as_bytes());
        into.push(b'"');
    } else {
        json(into, &id.raw);
    }
    into.extend_from_slice(b",\"score\":");
    number(into, verdict.score);
    into.extend_from_slice(b",\"outcome\":\"");
    into.extend_from_slice(verdict.outcome.name().as_bytes());
    into.push(b'"');
    if with_reasons {
        into.extend_from_slice(b",\"reasons\":");
        json(into, &verdict.reasons);
    }
    into.extend_from_slice(b"}\n");
}

/// The shortest decimal form that reads back to the same bits.
fn number(into: &mut Vec<u8>, score: f64) {
    into.extend_from_slice(zmij::Buffer::new().format(score).as_bytes());
}

fn json(into: &mut Vec<u8>, value: &impl serde::Serialize) {
    let written = serde_json::to_writer(into, value);
    debug_assert!(written.is_ok(), "texts and a vector of bytes cannot fail");
}

#[cfg(test)]
mod tests {
    use weir_events::Outcome;

    use super::*;

    fn verdict(reasons: &[String]) -> Verdict<'_> {
        Verdict { row: 0, score: 0.25, outcome: Outcome::Review, reasons }
    }

    #[test]
    fn what_would_break_a_row_of_csv_is_quoted() {
        let reasons = ["4 cards, all new".to_owned(), "amount 812.00".to_owned()];
        let mut bytes = Vec::new();
        csv(&mut bytes, "a\"b", &verdict(&reasons), true);
        assert_eq!(bytes, b"\"a\"\"b\",0.25,review,\"4 cards, all new; amount 812.00\"\n");
    }

    #[test]
    fn lines_of_json_read_back() {
        let reasons = ["amount 812.00".to_owned()];
        for (raw, is_escaped, id) in
            [("plain", false, "plain"), ("a\"b", false, "a\"b"), (r"a\/b", true, "a/b")]
        {
            let mut bytes = Vec::new();
            ndjson(&mut bytes, Text { raw, is_escaped }, &verdict(&reasons), true);
            let line: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(line["transaction_id"], id);
            assert_eq!(line["score"], 0.25);
            assert_eq!(line["reasons"][0], "amount 812.00");
        }
    }
}
