//! What is wrong with bytes that should be an event; never a value, since values may be personal.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

/// What stood where something else was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Found {
    /// Nothing.
    Missing,
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A string.
    Text,
    /// An array.
    Array,
    /// An object.
    Object,
    /// Bytes that are not JSON, or JSON of another shape.
    Malformed,
}

impl Found {
    /// The kind in one word, as JSON calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "nothing",
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::Text => "string",
            Self::Array => "array",
            Self::Object => "object",
            Self::Malformed => "something else",
        }
    }
}

impl From<&Value> for Found {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::Text,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl Serialize for Found {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// One wrong field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Where: `amount_minor`, `attributes.colour`, `[3].quantity`; empty for the event as a whole.
    pub path: String,
    /// What stood there.
    pub found: Found,
    /// What was expected.
    pub expected: Cow<'static, str>,
}

impl fmt::Display for FieldError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(formatter, "`{}`: ", self.path)?;
        }
        write!(formatter, "expected {}, found {}", self.expected, self.found)
    }
}

/// Every wrong field of one event; there is at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventError {
    fields: Vec<FieldError>,
}

impl EventError {
    /// One wrong field; an empty path means the event as a whole.
    pub fn new(path: impl Into<String>, found: Found, expected: impl Into<Cow<'static, str>>) -> Self {
        Self { fields: vec![FieldError { path: path.into(), found, expected: expected.into() }] }
    }

    /// Several wrong fields of one event; `None` if there is none.
    pub fn collect(fields: Vec<FieldError>) -> Option<Self> {
        if fields.is_empty() { None } else { Some(Self { fields }) }
    }

    /// The wrong fields, in order of the schema.
    pub fn fields(&self) -> &[FieldError] {
        &self.fields
    }

    /// The same error seen from outside: `under("[3]")` turns `quantity` into `[3].quantity`.
    #[must_use]
    pub fn under(mut self, prefix: &str) -> Self {
        for field in &mut self.fields {
            let separator = if field.path.is_empty() || field.path.starts_with('[') { "" } else { "." };
            field.path = format!("{prefix}{separator}{}", field.path);
        }
        self
    }

    /// What the JSON parser says, without the value that its own message would quote.
    pub(crate) fn from_json(error: &serde_json::Error, expected: &str) -> Self {
        let (line, column) = (error.line(), error.column());
        let expected = match error.classify() {
            serde_json::error::Category::Data => {
                format!("{expected}, which stops fitting at line {line} column {column}")
            }
            serde_json::error::Category::Eof => format!("{expected} in JSON, which ends early"),
            _ => format!("{expected} in JSON, which is broken at line {line} column {column}"),
        };
        Self::new("", Found::Malformed, expected)
    }
}

impl fmt::Display for EventError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, field) in self.fields.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(formatter, "{separator}{field}")?;
        }
        Ok(())
    }
}

impl std::error::Error for EventError {}
