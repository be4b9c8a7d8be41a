//! The items of a body: one object, an array, or one object a line.

use serde_json::Value;
use weir_events::{EVENT_BYTES_MAX, EventError, FieldError, Found, Label, Transaction};

use crate::answer::Rejection;
use crate::body::Form;

/// An event that can be sent.
pub(crate) trait Item: Sized {
    /// What a body should hold.
    const EXPECTED: &'static str;

    fn from_json(bytes: &[u8]) -> Result<Self, EventError>;
    fn from_value(value: Value) -> Result<Self, EventError>;
}

impl Item for Transaction {
    const EXPECTED: &'static str = "a transaction in a JSON object, an array of them, or one a line";

    fn from_json(bytes: &[u8]) -> Result<Self, EventError> {
        Self::from_json(bytes)
    }

    fn from_value(value: Value) -> Result<Self, EventError> {
        Self::from_value(value)
    }
}

impl Item for Label {
    const EXPECTED: &'static str = "a label in a JSON object, an array of them, or one a line";

    fn from_json(bytes: &[u8]) -> Result<Self, EventError> {
        Self::from_json(bytes)
    }

    fn from_value(value: Value) -> Result<Self, EventError> {
        Self::from_value(value)
    }
}

/// The items of one body.
pub(crate) struct Items<T> {
    /// What can be taken, with its line.
    pub(crate) taken: Vec<(usize, T)>,
    /// What cannot.
    pub(crate) rejected: Vec<Rejection>,
}

impl<T: Item> Items<T> {
    /// Reads a body; what is wrong with an item does not touch the others.
    pub(crate) fn read(bytes: &[u8], form: Form) -> Self {
        let mut items = Self { taken: Vec::new(), rejected: Vec::new() };
        match form {
            Form::Lines => items.read_lines(bytes),
            Form::Json => match serde_json::from_slice(bytes) {
                Ok(Value::Array(values)) => items.read_array(values, bytes.len()),
                Ok(value) => items.add(1, size_checked(value, bytes.len())),
                Err(error) if is_on_lines(bytes, &error) => items.read_lines(bytes),
                Err(error) => items.add(1, Err(broken::<T>(&error))),
            },
        }
        items
    }

    /// Moves an item that was taken to those that were not.
    pub(crate) fn reject_where(&mut self, wrong: impl Fn(&T) -> Option<EventError>) {
        let taken = std::mem::take(&mut self.taken);
        for (line, item) in taken {
            match wrong(&item) {
                Some(error) => self.rejected.push(rejection(line, &error)),
                None => self.taken.push((line, item)),
            }
        }
        self.rejected.sort_by_key(|rejection| rejection.line);
    }

    fn read_lines(&mut self, bytes: &[u8]) {
        for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let line = line.trim_ascii();
            if !line.is_empty() {
                self.add(index + 1, T::from_json(line));
            }
        }
    }

    fn read_array(&mut self, values: Vec<Value>, size: usize) {
        for (index, value) in values.into_iter().enumerate() {
            self.add(index + 1, size_checked(value, size));
        }
    }

    fn add(&mut self, line: usize, item: Result<T, EventError>) {
        match item {
            Ok(item) => self.taken.push((line, item)),
            Err(error) => self.rejected.push(rejection(line, &error)),
        }
    }
}

/// Reads an item of a body of `size` bytes; only in a large body can an item be too large.
fn size_checked<T: Item>(value: Value, size: usize) -> Result<T, EventError> {
    if size > EVENT_BYTES_MAX && value.to_string().len() > EVENT_BYTES_MAX {
        let expected = format!("an event of at most {EVENT_BYTES_MAX} bytes");
        return Err(EventError::new("", Found::Object, expected));
    }
    T::from_value(value)
}

/// Whether a body that is no JSON document starts with an object and goes on behind it.
fn is_on_lines(bytes: &[u8], error: &serde_json::Error) -> bool {
    let starts_with_object = bytes.trim_ascii_start().first() == Some(&b'{');
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<serde::de::IgnoredAny>();
    starts_with_object && !error.is_eof() && matches!(values.next(), Some(Ok(_)))
}

/// Says where a body stops to be JSON; the parser's own message may quote it.
fn broken<T: Item>(error: &serde_json::Error) -> EventError {
    let expected = match error.classify() {
        serde_json::error::Category::Eof => format!("{}; the JSON ends early", T::EXPECTED),
        _ => {
            format!("{}; the JSON is broken at line {} column {}", T::EXPECTED, error.line(), error.column())
        }
    };
    EventError::new("", Found::Malformed, expected)
}

fn rejection(line: usize, error: &EventError) -> Rejection {
    let mut fields = error.fields().iter().cloned();
    let first = fields.next().unwrap_or_else(|| FieldError {
        path: String::new(),
        found: Found::Malformed,
        expected: "an event".into(),
    });
    Rejection {
        line,
        field: first.path,
        expected: first.expected.into_owned(),
        found: first.found.name().to_owned(),
        others: fields.collect(),
    }
}
