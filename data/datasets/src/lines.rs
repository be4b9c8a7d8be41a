//! Lines of JSON: transactions, or events with labels of their own.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde_json::Value;
use weir_events::{EVENT_BYTES_MAX, EventError, Found, Label, Transaction};

use crate::{Item, Options, ReadError, Reject, Row};

/// Longest line: an event with its wrapping.
const LINE_BYTES_MAX: u64 = EVENT_BYTES_MAX as u64 + 1_024;
const EXPECTED: &str = "a transaction, `{\"transaction\":{…}}` or `{\"label\":{…}}`";

/// Reads line by line; memory for one line.
pub(crate) struct Lines {
    path: PathBuf,
    reader: BufReader<File>,
    line: u64,
    done_bytes: u64,
    total_bytes: u64,
    buffer: Vec<u8>,
}

impl Lines {
    pub(crate) fn open(path: &Path, _options: &Options) -> Result<Self, ReadError> {
        let file = File::open(path).map_err(ReadError::file(path))?;
        let total_bytes = file.metadata().map_err(ReadError::file(path))?.len();
        let reader = BufReader::with_capacity(1 << 16, file);
        Ok(Self { path: path.to_owned(), reader, line: 0, done_bytes: 0, total_bytes, buffer: Vec::new() })
    }

    pub(crate) fn next(&mut self) -> Option<Result<Item, ReadError>> {
        loop {
            let is_whole = match self.read_line() {
                Ok(Some(is_whole)) => is_whole,
                Ok(None) => return None,
                Err(source) => return Some(Err(ReadError::File { file: self.path.clone(), source })),
            };
            let text = self.buffer.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.buffer).trim_ascii();
            if text.is_empty() {
                continue;
            }
            let item = if is_whole { item(text) } else { Err(too_long()) };
            return Some(
                item.map_err(|error| {
                    ReadError::Rejected(Box::new(Reject::new(&self.path, self.line, &error)))
                }),
            );
        }
    }

    pub(crate) const fn progress(&self) -> (u64, u64) {
        (self.done_bytes, self.total_bytes)
    }

    /// The next line into the buffer; false if it was too long and is cut, `None` at the end.
    fn read_line(&mut self) -> std::io::Result<Option<bool>> {
        self.buffer.clear();
        let read = self.reader.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut self.buffer)?;
        self.done_bytes += read as u64;
        self.line += u64::from(read > 0);
        if read == 0 {
            return Ok(None);
        }
        let is_cut = read as u64 == LINE_BYTES_MAX && !self.buffer.ends_with(b"\n");
        if is_cut {
            self.done_bytes += self.reader.skip_until(b'\n')? as u64;
        }
        Ok(Some(!is_cut))
    }
}

fn too_long() -> EventError {
    EventError::new("", Found::Malformed, format!("a line of at most {LINE_BYTES_MAX} bytes"))
}

fn item(line: &[u8]) -> Result<Item, EventError> {
    let value: Value =
        serde_json::from_slice(line).map_err(|_| EventError::new("", Found::Malformed, EXPECTED))?;
    let Value::Object(mut object) = value else {
        return Err(EventError::new("", Found::from(&value), EXPECTED));
    };
    if let (1, Some(label)) = (object.len(), object.get_mut("label")) {
        return Ok(Item::Label(Label::from_value(label.take())?));
    }
    let inner = match (object.len(), object.get_mut("transaction")) {
        (1, Some(transaction)) => transaction.take(),
        _ => Value::Object(object),
    };
    let transaction = Transaction::from_value(inner)?;
    Ok(Item::Row(Box::new(Row { transaction, label: None, known_at: None })))
}
