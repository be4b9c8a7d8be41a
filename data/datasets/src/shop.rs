//! Cells of the public shop dataset's form, where they are texts.

use serde_json::Value;
use weir_events::{EventError, Found, Kind, Timestamp};

use crate::mapping::{TimeForm, Words};
use crate::shop_header::{IGNORED, LABEL, field};

/// What one column means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// The amount in major units, a decimal.
    Amount,
    /// The time, UTC.
    Time,
    /// A whole number of the schema.
    Integer(&'static str),
    /// A text of the schema.
    Text(&'static str),
    /// Fraud or not.
    Label,
    /// Not read.
    Ignored,
    /// A column that the schema does not know: kept under its own name.
    Unknown(String),
}

/// What a column of this name means.
pub(crate) fn column(name: String) -> Column {
    let Some(field) = field(&name) else {
        return match name.as_str() {
            LABEL => Column::Label,
            IGNORED => Column::Ignored,
            _ => Column::Unknown(name),
        };
    };
    match field.kind {
        _ if field.name == "amount_minor" => Column::Amount,
        Kind::Moment => Column::Time,
        Kind::Integer(..) => Column::Integer(field.name),
        _ => Column::Text(field.name),
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
    let words = Words::default();
    words.read_word(text).ok_or_else(|| EventError::new("is_fraud", Found::Text, words.expected()))
}

/// `2024-03-24 23:42:43`, with a fraction or not, is UTC; RFC 3339 says its own zone.
pub(crate) fn moment(text: &str) -> Result<Timestamp, EventError> {
    let iso = TimeForm::iso();
    iso.moment(text).ok_or_else(|| EventError::new("occurred_at", Found::Text, iso.expected()))
}
