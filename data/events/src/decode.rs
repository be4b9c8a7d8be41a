//! Reading events from JSON field by field, so that every wrong field is reported at once.

use serde_json::{Map, Value};

use crate::field::{EVENT_BYTES_MAX, UNKNOWN_BYTES_MAX};
use crate::json_field::{JsonField, Wrong};
use crate::{EventError, Field, FieldError, Found, SCHEMA_VERSION};

/// A JSON object that is being read, with what was wrong so far.
pub(crate) struct Object {
    fields: Map<String, Value>,
    wrong: Vec<FieldError>,
}

impl Object {
    /// Parses bytes from outside.
    pub(crate) fn parse(bytes: &[u8], event: &str) -> Result<Value, EventError> {
        if bytes.len() > EVENT_BYTES_MAX {
            let expected = format!("{event} of at most {EVENT_BYTES_MAX} bytes");
            return Err(EventError::new("", Found::Malformed, expected));
        }
        serde_json::from_slice(bytes).map_err(|error| EventError::from_json(&error, event))
    }

    /// Starts to read an event; one without `schema_version` is of the current version.
    pub(crate) fn new(value: Value, event: &str) -> Result<Self, EventError> {
        let mut object = Self::bare(value, event)?;
        object.fields.entry("schema_version").or_insert_with(|| SCHEMA_VERSION.into());
        Ok(object)
    }

    /// Starts to read an object that is part of an event.
    pub(crate) fn bare(value: Value, event: &str) -> Result<Self, EventError> {
        match value {
            Value::Object(fields) => Ok(Self { fields, wrong: Vec::new() }),
            other => Err(EventError::new("", Found::from(&other), format!("{event} in a JSON object"))),
        }
    }

    /// Takes a field that must be there.
    pub(crate) fn required<T: JsonField>(&mut self, row: &Field) -> Option<T> {
        match self.fields.remove(row.name) {
            Some(value) => self.decode(value, row),
            None => self.note(row, Wrong::Here(Found::Missing)),
        }
    }

    /// Takes a field that may be absent or `null`.
    pub(crate) fn optional<T: JsonField + Default>(&mut self, row: &Field) -> Option<T> {
        match self.fields.remove(row.name) {
            None | Some(Value::Null) => Some(T::default()),
            Some(value) => self.decode(value, row),
        }
    }

    /// What no field has taken.
    pub(crate) fn rest(&mut self) -> Map<String, Value> {
        std::mem::take(&mut self.fields)
    }

    /// What no field has taken, unless it is too much.
    pub(crate) fn unknown(&mut self) -> Map<String, Value> {
        let rest = self.rest();
        if !rest.is_empty() && serde_json::to_string(&rest).is_ok_and(|text| text.len() > UNKNOWN_BYTES_MAX) {
            let expected = format!("unknown fields of at most {UNKNOWN_BYTES_MAX} bytes together").into();
            self.wrong.push(FieldError { path: String::new(), found: Found::Object, expected });
        }
        rest
    }

    /// Refuses what no field has taken.
    pub(crate) fn refuse_rest(&mut self, event: &str) {
        for (index, (name, value)) in self.rest().into_iter().enumerate() {
            let expected = format!("no such field in {event}").into();
            self.wrong.push(FieldError {
                path: named("", &name, index),
                found: Found::from(&value),
                expected,
            });
        }
    }

    /// The event, or everything that was wrong.
    pub(crate) fn finish<T>(self, event: Option<T>, name: &str) -> Result<T, EventError> {
        match (EventError::collect(self.wrong), event) {
            (None, Some(event)) => Ok(event),
            (Some(error), _) => Err(error),
            (None, None) => Err(EventError::new("", Found::Malformed, name.to_owned())),
        }
    }

    fn decode<T: JsonField>(&mut self, value: Value, row: &Field) -> Option<T> {
        T::decode(value, row).map_or_else(|wrong| self.note(row, wrong), Some)
    }

    fn note<T>(&mut self, row: &Field, wrong: Wrong) -> Option<T> {
        match wrong {
            Wrong::Here(found) => {
                let expected = row.kind.expected().into();
                self.wrong.push(FieldError { path: row.name.to_owned(), found, expected });
            }
            Wrong::Inside(fields) => self.wrong.extend(fields.into_iter().map(|mut field| {
                field.path.insert_str(0, row.name);
                field
            })),
        }
        None
    }
}

/// Path of something that the sender named: by its name if that is plain, else by its place, since a name
/// made by somebody else may hold anything.
pub(crate) fn named(prefix: &str, name: &str, index: usize) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    if (1..=64).contains(&name.len()) && name.chars().all(is_plain) {
        format!("{prefix}{name}")
    } else {
        format!("[{index}]")
    }
}
