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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LABEL: &str = r#"{"transaction_id":"order-1","is_fraud":true,"known_at":"2026-02-28T18:00:00Z"}"#;

    proptest! {
        #[test]
        fn any_bytes_are_read_or_rejected(bytes in prop::collection::vec(any::<u8>(), 0..200), is_lines: bool) {
            let form = if is_lines { Form::Lines } else { Form::Json };
            let items = Items::<Transaction>::read(&bytes, form);
            prop_assert!(items.taken.is_empty());
        }

        #[test]
        fn of_lines_each_good_one_is_taken_and_each_bad_one_named(are_good in prop::collection::vec(any::<bool>(), 1..20)) {
            let lines: Vec<&str> = are_good.iter().map(|good| if *good { LABEL } else { "{}" }).collect();
            let items = Items::<Label>::read(lines.join("\n").as_bytes(), Form::Lines);
            let numbered = || are_good.iter().enumerate().map(|(index, good)| (index + 1, *good));
            let taken: Vec<usize> = items.taken.iter().map(|(line, _)| *line).collect();
            let rejected: Vec<usize> = items.rejected.iter().map(|one| one.line).collect();
            prop_assert_eq!(taken, numbered().filter(|(_, good)| *good).map(|(line, _)| line).collect::<Vec<_>>());
            prop_assert_eq!(rejected, numbered().filter(|(_, good)| !*good).map(|(line, _)| line).collect::<Vec<_>>());
        }
    }

    #[test]
    fn lines_are_told_from_a_document_that_is_broken() {
        let lines = format!("{LABEL}\n{LABEL}");
        assert_eq!(Items::<Label>::read(lines.as_bytes(), Form::Json).taken.len(), 2);
        for broken in [&LABEL[..20], "[{}", "{\"a\" 1}", "1 2"] {
            let items = Items::<Label>::read(broken.as_bytes(), Form::Json);
            assert_eq!((items.taken.len(), items.rejected.len()), (0, 1), "{broken}");
        }
    }
}
