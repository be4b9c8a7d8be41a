//! The shop's own attributes: scalars by name.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::decode::named;
use crate::field::{ATTRIBUTE_NAME_MAX, ATTRIBUTES_MAX, TEXT_MAX};
use crate::json_field::{JsonField, Wrong};
use crate::{Field, FieldError, Found};

/// A value of the shop's own attributes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Scalar {
    /// True or false.
    Bool(bool),
    /// A finite number.
    Number(f64),
    /// A text.
    Text(String),
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text, a number or a boolean")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value as f64))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value as f64))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar::Number(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_owned()))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Scalar, E> {
        Ok(Scalar::Text(value))
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

impl Scalar {
    fn from_value(value: Value) -> Result<Self, Found> {
        match value {
            Value::Bool(flag) => Ok(Self::Bool(flag)),
            Value::String(text) if text.chars().count() <= TEXT_MAX => Ok(Self::Text(text)),
            Value::Number(number) => number.as_f64().map(Self::Number).ok_or(Found::Number),
            other => Err(Found::from(&other)),
        }
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Bool(flag) => (*flag).into(),
            Self::Number(number) => (*number).into(),
            Self::Text(text) => text.as_str().into(),
        }
    }
}

impl JsonField for BTreeMap<String, Scalar> {
    /// `null` is an absent attribute.
    fn decode(value: Value, _row: &Field) -> Result<Self, Wrong> {
        let Value::Object(object) = value else { return Err(Wrong::from(&value)) };
        if object.len() > ATTRIBUTES_MAX {
            return Err(Wrong::Here(Found::Object));
        }
        let mut attributes = Self::new();
        let mut wrong = Vec::new();
        for (index, (name, value)) in object.into_iter().enumerate() {
            let is_named = !name.is_empty() && name.chars().count() <= ATTRIBUTE_NAME_MAX;
            match Scalar::from_value(value) {
                Err(Found::Null) => {}
                Ok(scalar) if is_named => drop(attributes.insert(name, scalar)),
                Ok(_) => wrong.push(name_error(index)),
                Err(found) => wrong.push(value_error(named(".", &name, index), found)),
            }
        }
        if wrong.is_empty() { Ok(attributes) } else { Err(Wrong::Inside(wrong)) }
    }

    fn encode(&self) -> Value {
        self.iter()
            .map(|(name, scalar)| (name.clone(), scalar.to_value()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }
}

fn name_error(index: usize) -> FieldError {
    let expected = format!("a name of 1 to {ATTRIBUTE_NAME_MAX} characters").into();
    FieldError { path: format!("[{index}]"), found: Found::Text, expected }
}

fn value_error(path: String, found: Found) -> FieldError {
    let expected = format!("a text of at most {TEXT_MAX} characters, a number or a boolean").into();
    FieldError { path, found, expected }
}
