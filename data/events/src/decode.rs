//! Reading events from JSON field by field, so that every wrong field is reported at once.

use std::net::IpAddr;

use serde_json::{Map, Value};

use crate::field::{EVENT_BYTES_MAX, UNKNOWN_BYTES_MAX};
use crate::{Currency, EventError, Field, FieldError, Found, Kind, SCHEMA_VERSION, Sensitive, Timestamp};

/// Why a value does not fit its field.
pub(crate) enum Wrong {
    /// The value itself.
    Here(Found),
    /// Values within it, their paths relative to the field.
    Inside(Vec<FieldError>),
}

impl From<&Value> for Wrong {
    fn from(value: &Value) -> Self {
        Self::Here(Found::from(value))
    }
}

/// A type that a field of an event from outside can have.
pub(crate) trait JsonField: Sized {
    /// Takes the value if it is of this type and within the limits of the row.
    fn decode(value: Value, row: &Field) -> Result<Self, Wrong>;

    /// The same as JSON.
    fn encode(&self) -> Value;
}

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

impl JsonField for String {
    fn decode(value: Value, row: &Field) -> Result<Self, Wrong> {
        match value {
            Value::String(text) if fits(&text, row.kind) => Ok(text),
            other => Err(Wrong::from(&other)),
        }
    }

    fn encode(&self) -> Value {
        Value::String(self.clone())
    }
}

/// Whether a text is within the limits of its field.
fn fits(text: &str, kind: Kind) -> bool {
    match kind {
        Kind::Text(most) => {
            // A text of few enough bytes has few enough characters: mostly nothing is counted.
            (text.len() <= most || text.chars().count() <= most) && !text.trim_ascii().is_empty()
        }
        Kind::Ip => text.trim().parse::<IpAddr>().is_ok(),
        _ => true,
    }
}

impl JsonField for i64 {
    fn decode(value: Value, row: &Field) -> Result<Self, Wrong> {
        let Kind::Integer(least, most) = row.kind else { return Err(Wrong::from(&value)) };
        let number = value.as_i64().filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| Wrong::from(&value))
    }

    fn encode(&self) -> Value {
        (*self).into()
    }
}

impl JsonField for u16 {
    fn decode(value: Value, row: &Field) -> Result<Self, Wrong> {
        let wrong = Wrong::from(&value);
        i64::decode(value, row).ok().and_then(|number| Self::try_from(number).ok()).ok_or(wrong)
    }

    fn encode(&self) -> Value {
        (*self).into()
    }
}

impl JsonField for bool {
    fn decode(value: Value, _row: &Field) -> Result<Self, Wrong> {
        value.as_bool().ok_or_else(|| Wrong::from(&value))
    }

    fn encode(&self) -> Value {
        (*self).into()
    }
}

impl JsonField for Timestamp {
    fn decode(value: Value, _row: &Field) -> Result<Self, Wrong> {
        let moment = value.as_str().and_then(|text| text.parse::<Self>().ok());
        moment.filter(|moment| moment.is_in_range()).ok_or_else(|| Wrong::from(&value))
    }

    fn encode(&self) -> Value {
        self.to_string().into()
    }
}

impl JsonField for Currency {
    fn decode(value: Value, _row: &Field) -> Result<Self, Wrong> {
        value.as_str().and_then(|text| text.parse().ok()).ok_or_else(|| Wrong::from(&value))
    }

    fn encode(&self) -> Value {
        self.code().into()
    }
}

impl<T: JsonField> JsonField for Option<T> {
    fn decode(value: Value, row: &Field) -> Result<Self, Wrong> {
        T::decode(value, row).map(Some)
    }

    fn encode(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::encode)
    }
}

impl<T: JsonField> JsonField for Sensitive<T> {
    fn decode(value: Value, row: &Field) -> Result<Self, Wrong> {
        T::decode(value, row).map(Self::new)
    }

    fn encode(&self) -> Value {
        self.expose().encode()
    }
}
