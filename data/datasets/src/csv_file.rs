//! CSV of any kind: one row a transaction, with line breaks inside quotes.

use std::fs::File;
use std::path::{Path, PathBuf};

use csv::ByteRecord;
use weir_events::{Currency, EventError, Found};

use crate::cells::Cells;
use crate::mapping::{Form, Mapping};
use crate::plan::Plan;
use crate::{Item, Options, ReadError, Reject, shop_header};

/// Reads row by row; memory for one row.
pub(crate) struct CsvFile {
    path: PathBuf,
    currency: Currency,
    form: Form,
    plan: Plan,
    columns: usize,
    reader: csv::Reader<File>,
    record: ByteRecord,
    row: u64,
    total_bytes: u64,
}

impl CsvFile {
    /// A file with the columns of the public shop dataset.
    pub(crate) fn shop(path: &Path, options: &Options) -> Result<Self, ReadError> {
        Self::open(path, options.currency, Form::default(), |names| {
            shop_header::plan(names).map_err(|found| ReadError::Unknown { file: path.to_owned(), found })
        })
    }

    /// A file whose columns a mapping explains.
    pub(crate) fn mapped(path: &Path, mapping: &Mapping, currency: Currency) -> Result<Self, ReadError> {
        Self::open(path, currency, mapping.form.clone(), |names| Ok(Plan::of(mapping, names)?))
    }

    fn open(
        path: &Path,
        currency: Currency,
        form: Form,
        plan: impl FnOnce(&[String]) -> Result<Plan, ReadError>,
    ) -> Result<Self, ReadError> {
        let file = File::open(path).map_err(ReadError::file(path))?;
        let total_bytes = file.metadata().map_err(ReadError::file(path))?.len();
        let mut reader = form.reader(file);
        let header = reader.byte_headers().map_err(|error| broken(path, error))?;
        let names = form.names(header);
        let (plan, columns) = (plan(&names)?, names.len());
        let (path, record) = (path.to_owned(), ByteRecord::new());
        Ok(Self { path, currency, form, plan, columns, reader, record, row: 0, total_bytes })
    }

    pub(crate) fn next(&mut self) -> Option<Result<Item, ReadError>> {
        match self.read() {
            Ok(false) => None,
            Err(error) => Some(Err(broken(&self.path, error))),
            Ok(true) => {
                self.row += 1;
                Some(self.item().map_err(|error| {
                    let line = self.record.position().map_or(0, csv::Position::line);
                    ReadError::Rejected(Box::new(Reject::new(&self.path, line, &error)))
                }))
            }
        }
    }

    pub(crate) fn progress(&self) -> (u64, u64) {
        (self.reader.position().byte().min(self.total_bytes), self.total_bytes)
    }

    pub(crate) const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The next row that is not blank.
    fn read(&mut self) -> Result<bool, csv::Error> {
        while self.reader.read_byte_record(&mut self.record)? {
            let is_blank = self.record.len() == 1 && self.record.as_slice().trim_ascii().is_empty();
            if !is_blank {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn item(&self) -> Result<Item, EventError> {
        if self.record.len() != self.columns {
            return Err(EventError::new("", Found::Malformed, format!("{} columns", self.columns)));
        }
        let (encoding, missing) = (self.form.encoding, self.form.missing.as_slice());
        let cells = Cells { record: &self.record, row: self.row, encoding, missing };
        self.plan.item(&cells, self.currency)
    }
}

pub(crate) fn broken(path: &Path, error: csv::Error) -> ReadError {
    ReadError::File { file: path.to_owned(), source: error.into() }
}
