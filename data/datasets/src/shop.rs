//! A shop's CSV: one row a transaction, with line breaks inside quotes.

use std::fs::File;
use std::path::{Path, PathBuf};

use chrono::NaiveDateTime;
use csv::{ByteRecord, ReaderBuilder};
use serde_json::{Map, Value};
use weir_events::{EventError, Found, Timestamp, Transaction};

use crate::amount::minor_units;
use crate::shop_header::{Column, columns};
use crate::{Item, Options, ReadError, Reject, Row};

/// Reads row by row; memory for one row.
pub(crate) struct ShopCsv {
    path: PathBuf,
    options: Options,
    reader: csv::Reader<File>,
    columns: Vec<Column>,
    record: ByteRecord,
    total_bytes: u64,
}

impl ShopCsv {
    pub(crate) fn open(path: &Path, options: &Options) -> Result<Self, ReadError> {
        let file = File::open(path).map_err(ReadError::file(path))?;
        let total_bytes = file.metadata().map_err(ReadError::file(path))?.len();
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(file);
        let header = reader.byte_headers().map_err(|error| broken(path, error))?;
        let columns = columns(header).map_err(|found| ReadError::Unknown { file: path.to_owned(), found })?;
        let options = options.clone();
        Ok(Self { path: path.to_owned(), options, reader, columns, record: ByteRecord::new(), total_bytes })
    }

    pub(crate) fn next(&mut self) -> Option<Result<Item, ReadError>> {
        match self.reader.read_byte_record(&mut self.record) {
            Ok(false) => None,
            Err(error) => Some(Err(broken(&self.path, error))),
            Ok(true) => Some(self.item().map_err(|error| {
                ReadError::Rejected(Box::new(Reject::new(&self.path, self.line(), &error)))
            })),
        }
    }

    /// Line on which the last row began.
    pub(crate) fn line(&self) -> u64 {
        self.record.position().map_or(0, csv::Position::line)
    }

    pub(crate) fn progress(&self) -> (u64, u64) {
        (self.reader.position().byte().min(self.total_bytes), self.total_bytes)
    }

    fn item(&self) -> Result<Item, EventError> {
        if self.record.len() != self.columns.len() {
            let expected = format!("{} columns", self.columns.len());
            return Err(EventError::new("", Found::Malformed, expected));
        }
        let mut object = Map::new();
        object.insert("currency".to_owned(), self.options.currency.code().into());
        let mut label = None;
        let mut amount = None;
        for (column, bytes) in self.columns.iter().zip(&self.record) {
            let text = std::str::from_utf8(bytes)
                .map_err(|_| EventError::new(name(column), Found::Malformed, "UTF-8 text"))?
                .trim();
            match column {
                Column::Ignored => {}
                _ if text.is_empty() => {}
                Column::Label => label = Some(flag(text)?),
                Column::Amount => amount = Some(text),
                Column::Time => put(&mut object, name(column), moment(text)?.to_string()),
                Column::Integer(name) => put(&mut object, name, integer(text)),
                Column::Text(name) => put(&mut object, name, field_text(name, text)),
                Column::Unknown(name) => put(&mut object, name, text),
            }
        }
        if let Some(text) = amount {
            let minor = self.amount(&object, text)?;
            put(&mut object, "amount_minor", minor);
        }
        let transaction = Transaction::from_value(Value::Object(object))?;
        Ok(Item::Row(Box::new(Row { transaction, label })))
    }

    /// In the row's own currency if it has one.
    fn amount(&self, object: &Map<String, Value>, text: &str) -> Result<i64, EventError> {
        let own = object.get("currency").and_then(Value::as_str).and_then(|code| code.parse().ok());
        let exponent = own.unwrap_or(self.options.currency).exponent();
        minor_units(text, exponent).ok_or_else(|| {
            let expected =
                format!("a decimal amount of 0 or more with at most {exponent} digits after the point");
            EventError::new("amount_minor", Found::Text, expected)
        })
    }
}

fn put(object: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    object.insert(name.to_owned(), value.into());
}

const fn name(column: &Column) -> &str {
    match column {
        Column::Amount => "amount_minor",
        Column::Time => "occurred_at",
        Column::Integer(name) | Column::Text(name) => name,
        Column::Label => "is_fraud",
        Column::Ignored => "Transaction Hour",
        Column::Unknown(_) => "unknown",
    }
}

/// A whole number, or the text again so that the decoder says what is wrong with it.
pub(crate) fn integer(text: &str) -> Value {
    text.parse::<i64>().map_or_else(|_| text.into(), Value::from)
}

/// Devices are written in any case; everything else stays as it is.
pub(crate) fn field_text(name: &str, text: &str) -> String {
    if name == "device_type" { text.to_lowercase() } else { text.to_owned() }
}

pub(crate) fn flag(text: &str) -> Result<bool, EventError> {
    match text {
        "0" | "false" | "False" => Ok(false),
        "1" | "true" | "True" => Ok(true),
        _ => Err(EventError::new("is_fraud", Found::Text, "0 or 1")),
    }
}

/// `2024-03-24 23:42:43`, with a fraction or not, is UTC; RFC 3339 says its own zone.
pub(crate) fn moment(text: &str) -> Result<Timestamp, EventError> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f");
    let moment = local.map(|local| Timestamp::from_micros(local.and_utc().timestamp_micros()));
    moment.or_else(|_| text.parse()).map_err(|_| {
        EventError::new("occurred_at", Found::Text, "a time such as `2026-01-31 08:00:00` or RFC 3339")
    })
}

fn broken(path: &Path, error: csv::Error) -> ReadError {
    ReadError::File { file: path.to_owned(), source: error.into() }
}
