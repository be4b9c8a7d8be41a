//! Types that a field of an event from outside can have.

use std::net::IpAddr;

use serde_json::Value;

use crate::{Currency, Field, FieldError, Found, Kind, Sensitive, Timestamp};

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
