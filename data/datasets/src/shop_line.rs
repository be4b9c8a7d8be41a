//! A line of JSON with the column names of the public shop dataset.

use serde_json::{Map, Value};
use weir_events::{Currency, EventError, Found, Transaction};

use crate::amount::{minor_units, nearest_minor_units};
use crate::shop::{Column, column, field_text, flag, integer, moment};
use crate::shop_header::REQUIRED;
use crate::{Options, Row};

/// Whether an object is named as that dataset's columns are.
pub(crate) fn is_shop(object: &Map<String, Value>) -> bool {
    object.contains_key(REQUIRED[0]) && !object.contains_key("transaction_id")
}

/// A row from an object with those names. Texts are read as the cells of a CSV file are.
pub(crate) fn row(object: Map<String, Value>, options: &Options) -> Result<Row, EventError> {
    let mut fields = Map::new();
    let mut label = None;
    let mut amount = None;
    for (name, value) in object {
        let Some(value) = cell(value) else { continue };
        match column(name) {
            Column::Ignored => {}
            Column::Label => label = Some(is_fraud(&value)?),
            Column::Amount => amount = Some(value),
            Column::Time => drop(fields.insert("occurred_at".to_owned(), time(value)?)),
            Column::Integer(name) => drop(fields.insert(name.to_owned(), whole(value))),
            Column::Text(name) => drop(fields.insert(name.to_owned(), text(name, value))),
            Column::Unknown(name) => drop(fields.insert(name, value)),
        }
    }
    let own = fields.entry("currency").or_insert_with(|| options.currency.code().into());
    let currency = own.as_str().and_then(|code| code.parse().ok()).unwrap_or(options.currency);
    if let Some(value) = amount {
        fields.insert("amount_minor".to_owned(), minor(&value, currency)?.into());
    }
    let transaction = Transaction::from_value(Value::Object(fields))?;
    Ok(Row { transaction, label, known_at: None })
}

/// Without outer white space; `None` if there is nothing.
fn cell(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) if text.trim().len() < text.len() => Some(text.trim().into()),
        other => Some(other),
    }
}

fn is_fraud(value: &Value) -> Result<bool, EventError> {
    match value {
        Value::Bool(is_fraud) => Ok(*is_fraud),
        Value::String(text) => flag(text),
        Value::Number(number) if number.as_i64() == Some(0) => Ok(false),
        Value::Number(number) if number.as_i64() == Some(1) => Ok(true),
        other => Err(EventError::new("is_fraud", Found::from(other), "0 or 1")),
    }
}

fn time(value: Value) -> Result<Value, EventError> {
    match value {
        Value::String(text) => Ok(moment(&text)?.to_string().into()),
        other => Ok(other),
    }
}

/// A whole number, also one written as `4.0` or as a text; else the value again, so that the decoder says what is
/// wrong with it.
fn whole(value: Value) -> Value {
    match &value {
        Value::String(text) => integer(text),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 9e15 => {
                (float as i64).into()
            }
            _ => value,
        },
        _ => value,
    }
}

fn text(name: &str, value: Value) -> Value {
    match value {
        Value::String(text) => field_text(name, &text).into(),
        other => other,
    }
}

fn minor(value: &Value, currency: Currency) -> Result<i64, EventError> {
    let exponent = currency.exponent();
    let found = match value {
        Value::String(text) => minor_units(text, exponent),
        Value::Number(number) => {
            number.as_f64().and_then(|major| nearest_minor_units(major, currency.minor_per_major()))
        }
        _ => None,
    };
    found.ok_or_else(|| {
        let expected =
            format!("a decimal amount of 0 or more with at most {exponent} digits after the point");
        EventError::new("amount_minor", Found::from(value), expected)
    })
}
