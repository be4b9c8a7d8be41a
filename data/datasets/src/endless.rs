//! Rows without an end: what they say, and where reading goes on.

use std::fs::File;
use std::io::{BufRead, BufReader, Error, Read, Result, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use csv::{ByteRecord, Position};
use weir_events::{EventError, Found};

use crate::ReadError;
use crate::bounded::open_quote;
use crate::format::BYTE_ORDER_MARK;
use crate::mapping::Form;

/// The bytes of a CSV file, looked at again where a row has no end.
pub(crate) struct Raw {
    path: PathBuf,
    delimiter: u8,
    quote: Option<u8>,
    row_bytes_max: u64,
    pub(crate) total_bytes: u64,
    ends_with_line: bool,
}

/// A row that does not end where rows have to.
pub(crate) struct Endless {
    /// Line on which the row begins.
    pub(crate) first_line: u64,
    /// Line of the quote that is open, if that is why.
    quote_line: Option<u64>,
    is_at_end_of_file: bool,
    row_bytes_max: u64,
    /// Behind the line that could not be got beyond.
    pub(crate) resume: Position,
}

impl Endless {
    /// The reject: what is wrong, and which lines it takes.
    pub(crate) fn error(&self) -> EventError {
        let (most, last) = (self.row_bytes_max, self.resume.line().saturating_sub(1).max(self.first_line));
        let expected = match self.quote_line {
            Some(line) if self.is_at_end_of_file => {
                format!("quotes that are closed; the one opened on line {line} never is")
            }
            Some(line) => {
                format!("quotes that are closed; the one opened on line {line} is not within {most} bytes")
            }
            None => format!("a row of at most {most} bytes"),
        };
        let skipped = match last - self.first_line {
            0 => "this line is skipped".to_owned(),
            _ => format!("lines {} to {last} are skipped", self.first_line),
        };
        EventError::new("", Found::Malformed, format!("{expected}; {skipped}"))
    }
}

impl Raw {
    pub(crate) fn of(path: &Path, form: &Form) -> Result<Self> {
        let mut file = File::open(path)?;
        let total_bytes = file.metadata()?.len();
        let mut last = [0];
        if total_bytes > 0 {
            file.seek(SeekFrom::Start(total_bytes - 1))?;
            file.read_exact(&mut last)?;
        }
        Ok(Self {
            path: path.to_owned(),
            delimiter: form.delimiter,
            quote: form.quote,
            row_bytes_max: form.row_bytes_max,
            total_bytes,
            ends_with_line: last == *b"\n",
        })
    }

    /// The header, unless it has no end. Without names the first row may be set aside like any other.
    pub(crate) fn header(
        &self,
        path: &Path,
        end: &Position,
        header: Option<ByteRecord>,
    ) -> std::result::Result<ByteRecord, ReadError> {
        let is_last = end.byte() >= self.total_bytes;
        let is_open = is_last && self.is_open(&Position::new()).map_err(ReadError::file(path))?;
        match header {
            Some(header) if !is_open => Ok(header),
            _ => {
                let found = format!(
                    "a first row that does not end within {} bytes, or with a quote that is never closed",
                    self.row_bytes_max
                );
                Err(ReadError::Unknown { file: path.to_owned(), found })
            }
        }
    }

    /// Whether a quote is open at the end of the file, of a row that begins here.
    pub(crate) fn is_open(&self, start: &Position) -> Result<bool> {
        let Some(quote) = self.quote else { return Ok(false) };
        let bytes = self.read(start)?;
        let row = if start.byte() == 0 { bytes.strip_prefix(BYTE_ORDER_MARK) } else { None };
        Ok(open_quote(row.unwrap_or(&bytes), self.delimiter, quote).is_some())
    }

    /// What is to be said of the row without an end that begins here.
    pub(crate) fn endless(&self, start: &Position) -> Result<Endless> {
        let bytes = self.read(start)?;
        let open = self.quote.and_then(|quote| open_quote(&bytes, self.delimiter, quote));
        let line_of = |at: usize| start.line() + newlines(bytes.get(..at).unwrap_or_default());
        let from = start.byte() + open.unwrap_or(bytes.len()) as u64;
        let mut resume = Position::new();
        let line = line_of(open.unwrap_or(bytes.len()));
        resume.set_byte(self.behind_line(from)?).set_line(line + 1);
        Ok(Endless {
            first_line: start.line(),
            quote_line: open.map(line_of),
            is_at_end_of_file: start.byte() + bytes.len() as u64 >= self.total_bytes,
            row_bytes_max: self.row_bytes_max,
            resume,
        })
    }

    /// Line on which a row begins; the reader counts from the blank lines before it.
    pub(crate) fn line_of(&self, record: &ByteRecord, start: &Position, end: &Position) -> u64 {
        // The first row of a file without a header was read in place of one, and nothing now.
        let first = if start.byte() == end.byte() { 1 } else { start.line() };
        let lines = end.line().saturating_sub(first);
        let own = u64::from(self.ends_with_line || end.byte() < self.total_bytes);
        if lines <= own {
            return first;
        }
        first + lines.saturating_sub(newlines(record.as_slice()) + own)
    }

    /// The first byte that is no blank line.
    pub(crate) fn behind_blank(&self, start: &Position) -> Result<Position> {
        let blank = self.read(start)?.iter().take_while(|byte| **byte == b'\n').count() as u64;
        let mut behind = start.clone();
        behind.set_byte(start.byte() + blank).set_line(start.line() + blank);
        Ok(behind)
    }

    /// Bytes from here on, one more than a row may have.
    fn read(&self, start: &Position) -> Result<Vec<u8>> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(start.byte()))?;
        let mut bytes = Vec::new();
        file.take(self.row_bytes_max.saturating_add(1)).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Where the line behind this byte begins.
    fn behind_line(&self, byte: u64) -> std::result::Result<u64, Error> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(byte))?;
        Ok(byte + BufReader::new(file).skip_until(b'\n')? as u64)
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}
