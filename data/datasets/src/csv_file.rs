//! CSV of any kind: one row a transaction, with line breaks inside quotes.

use std::fs::File;
use std::io::SeekFrom;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use csv::{ByteRecord, Position};
use weir_events::{Currency, EventError, Found};

use crate::bounded::{Bounded, is_too_long};
use crate::cells::Cells;
use crate::endless::{Endless, Raw};
use crate::mapping::{Form, Mapping};
use crate::plan::Plan;
use crate::record::{CsvRow, CsvRows, Record};
use crate::{Item, Options, PlainRow, ReadError, Reject, shop_header};

/// Reads row by row; memory for one row, which has a limit.
pub(crate) struct CsvFile {
    decoder: Arc<CsvDecoder>,
    reader: csv::Reader<Bounded<File>>,
    record: ByteRecord,
    /// The same as it is decoded.
    single: CsvRows,
    row: u64,
    line: u64,
    raw: Raw,
}

/// Turns the cells of rows into transactions, on any thread.
pub(crate) struct CsvDecoder {
    path: PathBuf,
    currency: Currency,
    form: Form,
    plan: Plan,
    columns: usize,
}

/// What comes next in the file.
enum Next {
    Row,
    /// A row without an end was set aside, and reading goes on behind it.
    Endless(Endless),
    End,
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
        let raw = Raw::of(path, &form).map_err(ReadError::file(path))?;
        let mut reader = form.reader(Bounded::new(file, form.row_bytes_max));
        let header = reader.byte_headers().cloned();
        let header = match header {
            Err(error) if !is_too_long(&error) => return Err(broken(path, error)),
            // A first row without an end would be a header that hides every row.
            read => raw.header(path, reader.position(), read.ok())?,
        };
        let names = form.names(&header);
        let (plan, columns) = (plan(&names)?, names.len());
        let decoder = Arc::new(CsvDecoder { path: path.to_owned(), currency, form, plan, columns });
        let (record, single) = (ByteRecord::new(), CsvRows::default());
        Ok(Self { decoder, reader, record, single, row: 0, line: 0, raw })
    }

    pub(crate) fn next(&mut self) -> Option<Result<Item, ReadError>> {
        let mut single = std::mem::take(&mut self.single);
        single.clear();
        let read = self.read_into(&mut single);
        self.single = single;
        match read {
            Ok(false) => None,
            Err(error) => Some(Err(error)),
            Ok(true) => self.decoder.items(&self.single).next(),
        }
    }

    /// Up to so many rows, not yet decoded; none at the end of the file.
    pub(crate) fn rows(&mut self, most: usize) -> Result<CsvRows, ReadError> {
        let mut rows = CsvRows::default();
        while rows.len() < most && self.read_into(&mut rows)? {}
        Ok(rows)
    }

    /// Appends the next row; false at the end of the file.
    fn read_into(&mut self, rows: &mut CsvRows) -> Result<bool, ReadError> {
        let record = match self.read() {
            Ok(Next::End) => return Ok(false),
            Err(error) => return Err(broken(&self.decoder.path, error)),
            Ok(Next::Row) => Ok(&self.record),
            Ok(Next::Endless(endless)) => Err(endless.error()),
        };
        rows.push(record, self.row, self.line);
        Ok(true)
    }

    pub(crate) const fn decoder(&self) -> &Arc<CsvDecoder> {
        &self.decoder
    }

    /// Line on which the last row began.
    pub(crate) const fn line(&self) -> u64 {
        self.line
    }

    pub(crate) fn progress(&self) -> (u64, u64) {
        (self.reader.position().byte().min(self.raw.total_bytes), self.raw.total_bytes)
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.decoder.plan
    }

    /// The next row that is not blank.
    fn read(&mut self) -> Result<Next, csv::Error> {
        loop {
            let start = self.reader.position().clone();
            self.reader.get_mut().begin(start.byte(), self.decoder.form.row_bytes_max);
            match self.reader.read_byte_record(&mut self.record) {
                Ok(false) => return Ok(Next::End),
                Err(error) if is_too_long(&error) => {
                    let behind = self.raw.behind_blank(&start)?;
                    if behind.byte() == start.byte() {
                        return self.set_aside(&start);
                    }
                    self.seek(behind)?;
                    continue;
                }
                Err(error) => return Err(error),
                Ok(true) => (),
            }
            let end = self.reader.position();
            if end.byte() >= self.raw.total_bytes && self.raw.is_open(&start)? {
                let start = self.raw.behind_blank(&start)?;
                return self.set_aside(&start);
            }
            let is_blank = self.record.len() == 1 && self.record.as_slice().trim_ascii().is_empty();
            if !is_blank {
                self.row += 1;
                self.line = self.raw.line_of(&self.record, &start, end);
                return Ok(Next::Row);
            }
        }
    }

    /// Goes on behind the line that a row without an end could not get beyond.
    fn set_aside(&mut self, start: &Position) -> Result<Next, csv::Error> {
        let endless = self.raw.endless(start)?;
        self.seek(endless.resume.clone())?;
        self.row += 1;
        self.line = endless.first_line;
        Ok(Next::Endless(endless))
    }

    fn seek(&mut self, to: Position) -> Result<(), csv::Error> {
        self.reader.seek_raw(SeekFrom::Start(to.byte()), to)
    }
}

impl CsvDecoder {
    /// Whether rows may be borrowed from the file's bytes.
    pub(crate) const fn is_plain(&self) -> bool {
        self.plan.is_plain()
    }

    /// Decodes rows.
    pub(crate) fn items(&self, rows: &CsvRows) -> impl Iterator<Item = Result<Item, ReadError>> {
        rows.iter().map(|(row, record)| {
            let item = self.cells(row, record).and_then(|cells| self.plan.item(&cells, self.currency));
            item.map_err(|error| self.rejected(row.line, &error))
        })
    }

    /// Decodes rows that are borrowed; `None` for one that has to be decoded by itself.
    pub(crate) fn plain<'a>(
        &'a self,
        rows: &'a CsvRows,
    ) -> impl Iterator<Item = Result<Option<PlainRow<'a>>, ReadError>> {
        rows.iter().map(|(row, record)| {
            let plain = self.cells(row, record).and_then(|cells| self.plan.plain(&cells, self.currency));
            plain.map_err(|error| self.rejected(row.line, &error))
        })
    }

    fn cells<'a>(&'a self, row: &CsvRow, record: Record<'a>) -> Result<Cells<'a>, EventError> {
        if let Some(error) = &row.error {
            return Err(error.clone());
        }
        if record.len() != self.columns {
            return Err(EventError::new("", Found::Malformed, format!("{} columns", self.columns)));
        }
        let (encoding, missing) = (self.form.encoding, self.form.missing.as_slice());
        Ok(Cells { record, row: row.row, encoding, missing })
    }

    fn rejected(&self, line: u64, error: &EventError) -> ReadError {
        ReadError::Rejected(Box::new(Reject::new(&self.path, line, error)))
    }
}

pub(crate) fn broken(path: &Path, error: csv::Error) -> ReadError {
    ReadError::File { file: path.to_owned(), source: error.into() }
}
