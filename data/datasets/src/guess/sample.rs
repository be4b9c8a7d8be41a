//! The first rows of a file, column by column, and how the file is written.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::ReadError;
use crate::cells::{Encoding, latin1};
use crate::csv_file::broken;
use crate::mapping::Form;

/// Rows that a guess looks at.
const SAMPLE_ROWS: usize = 5_000;
/// Bytes that the delimiter is told by.
const HEAD_BYTES: u64 = 65_536;
/// Bytes that a guess looks at: a quote that is never closed would take in the whole file.
const SAMPLE_BYTES: u64 = 16 << 20;

/// The first rows of a file.
pub(super) struct Sample {
    pub(super) form: Form,
    pub(super) columns: Vec<Column>,
    pub(super) rows: usize,
}

/// One column: its name and the values that are not blank.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) values: Vec<String>,
    pub(super) distinct: usize,
}

impl Sample {
    pub(super) fn of(path: &Path) -> Result<Self, ReadError> {
        let mut form = form(path)?;
        let file = File::open(path).map_err(ReadError::file(path))?;
        let mut reader = Form { has_header: false, ..form.clone() }.reader(file.take(SAMPLE_BYTES));
        let mut records = reader.byte_records();
        let Some(first) = records.next() else {
            return Err(ReadError::Unknown { file: path.to_owned(), found: "nothing".to_owned() });
        };
        let first = first.map_err(|error| broken(path, error))?;
        form.has_header = !first.iter().any(is_value);
        let head = if form.has_header { None } else { Some(Ok(first.clone())) };
        let mut cells: Vec<Vec<Vec<u8>>> = vec![Vec::new(); first.len()];
        let mut rows = 0;
        for record in head.into_iter().chain(records).take(SAMPLE_ROWS) {
            let record = record.map_err(|error| broken(path, error))?;
            rows += 1;
            for (column, cell) in cells.iter_mut().zip(&record) {
                column.push(cell.trim_ascii().to_vec());
            }
        }
        let is_utf8 = cells
            .iter()
            .flatten()
            .chain([&first.as_slice().to_vec()])
            .all(|cell| std::str::from_utf8(cell).is_ok());
        form.encoding = if is_utf8 { Encoding::Utf8 } else { Encoding::Latin1 };
        let names = form.names(&first);
        let columns =
            names.into_iter().zip(cells).map(|(name, cells)| Column::of(name, &cells, form.encoding));
        Ok(Self { columns: columns.collect(), form, rows })
    }
}

impl Column {
    fn of(name: String, cells: &[Vec<u8>], encoding: Encoding) -> Self {
        let text = |cell: &Vec<u8>| match encoding {
            Encoding::Utf8 => String::from_utf8_lossy(cell).into_owned(),
            Encoding::Latin1 => latin1(cell),
        };
        let values: Vec<String> = cells.iter().filter(|cell| !cell.is_empty()).map(text).collect();
        let distinct = values.iter().collect::<BTreeSet<_>>().len();
        Self { name, values, distinct }
    }

    /// Whether nine values in ten are like this; a few broken ones shall not hide what a column is.
    pub(super) fn mostly(&self, is_like: impl Fn(&str) -> bool) -> bool {
        let count = self.values.iter().filter(|value| is_like(value)).count();
        !self.values.is_empty() && count * 10 >= self.values.len() * 9
    }

    /// Whether no two values are equal.
    pub(super) fn is_unique(&self) -> bool {
        !self.values.is_empty() && self.distinct == self.values.len()
    }

    /// Its different values, if they are few.
    pub(super) fn words(&self, most: usize) -> Option<BTreeSet<&str>> {
        (self.distinct <= most).then(|| self.values.iter().map(String::as_str).collect())
    }
}

/// The delimiter that makes the most columns of equal number in most rows.
fn form(path: &Path) -> Result<Form, ReadError> {
    let mut head = Vec::new();
    let file = File::open(path).map_err(ReadError::file(path))?;
    file.take(HEAD_BYTES).read_to_end(&mut head).map_err(ReadError::file(path))?;
    if head.starts_with(b"PAR1") {
        let found = "Parquet, while a mapping is for CSV".to_owned();
        return Err(ReadError::Unknown { file: path.to_owned(), found });
    }
    let usual = Form { has_header: false, ..Form::default() };
    let scored = [b',', b';', b'\t', b'|']
        .map(|delimiter| (evenness(&Form { delimiter, ..usual.clone() }, &head), delimiter));
    let best = scored.into_iter().rev().max_by_key(|scored| scored.0);
    Ok(Form { delimiter: best.map_or(b',', |best| best.1), ..Form::default() })
}

/// Columns of the first row times rows that have as many, if there are several columns at all.
fn evenness(form: &Form, head: &[u8]) -> usize {
    let mut reader = form.reader(head);
    let widths: Vec<usize> = reader.byte_records().map_while(Result::ok).map(|record| record.len()).collect();
    let width = widths.first().copied().unwrap_or(0);
    let even = widths.iter().filter(|other| **other == width).count();
    if width > 1 { (width - 1) * even } else { 0 }
}

/// Whether a cell is a value and not the name of a column: a number, a time or an e-mail address.
fn is_value(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    let begins = cell.first().is_some_and(|letter| letter.is_ascii_digit() || b"-+$".contains(letter));
    let letters = cell.iter().filter(|letter| letter.is_ascii_alphabetic()).count();
    // Times have a `T` and a `Z`, numbers an `E`.
    (begins && letters <= 2 && cell.iter().any(u8::is_ascii_digit)) || cell.contains(&b'@')
}
