//! What one field of a row is made of.

use std::collections::BTreeMap;

use serde_json::Value;
use weir_events::{Currency, Field, Kind};

use super::document::{Place, Table};
use super::error::MappingError;
use super::number::{self, AmountForm, NumberForm};
use super::origin::{Header, Named, Origin};
use super::time::{self, TimeForm};

/// One field of the schema, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule<C> {
    pub(crate) field: &'static Field,
    pub(crate) origin: Origin<C>,
    pub(crate) shape: Shape,
}

/// How a text becomes a value of its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// As it is, other words put in place of some.
    Text(BTreeMap<String, String>),
    /// The same in lower case: categories.
    Word(BTreeMap<String, String>),
    /// A whole number.
    Integer(NumberForm),
    /// An amount, which needs the row's currency.
    Amount(AmountForm),
    /// A time.
    Time(TimeForm),
}

const ORIGINS: [&str; 4] = ["column", "template", "constant", "confirm"];

impl Shape {
    /// The shape of a field that nothing is said about.
    pub(crate) fn of(field: &Field, numbers: NumberForm) -> Self {
        match field.kind {
            _ if is_amount(field) => Self::Amount(AmountForm { numbers, ..AmountForm::default() }),
            Kind::Moment => Self::Time(TimeForm::iso()),
            Kind::Integer(..) => Self::Integer(numbers),
            Kind::Category(_) => Self::Word(BTreeMap::new()),
            _ => Self::Text(BTreeMap::new()),
        }
    }

    fn read(table: &Table<'_>, field: &Field, numbers: NumberForm) -> Result<Self, MappingError> {
        let bare = Self::of(field, numbers);
        let own: &[&str] = match bare {
            Self::Amount(_) => &number::KEYS,
            Self::Time(_) => &time::KEYS,
            Self::Integer(_) => &[],
            Self::Text(_) | Self::Word(_) => &["values"],
        };
        table.only(&[&ORIGINS, own].concat())?;
        Ok(match bare {
            Self::Amount(_) => Self::Amount(AmountForm::read(table, numbers)?),
            Self::Time(_) => Self::Time(TimeForm::read(table)?),
            Self::Integer(numbers) => Self::Integer(numbers),
            Self::Text(_) => Self::Text(values(table)?),
            Self::Word(_) => Self::Word(values(table)?),
        })
    }

    /// The value of a text, in a currency if it is an amount; the error is what was expected.
    pub(crate) fn value(&self, text: &str, currency: Currency) -> Result<Value, String> {
        match self {
            Self::Text(values) => Ok(values.get(text).map_or(text, String::as_str).into()),
            Self::Word(values) => {
                Ok(values.get(text).map_or_else(|| text.to_lowercase(), String::clone).into())
            }
            // The text again, so that the decoder says what is wrong with it.
            Self::Integer(numbers) => Ok(numbers.integer(text).map_or_else(|| text.into(), Value::from)),
            Self::Amount(form) => {
                let exponent = currency.exponent();
                form.minor_units(text, exponent).map(Value::from).ok_or_else(|| form.expected(exponent))
            }
            Self::Time(form) => {
                form.moment(text).map(|moment| moment.to_string().into()).ok_or_else(|| form.expected())
            }
        }
    }
}

impl Rule<Named> {
    /// One key of the table `fields`.
    pub(crate) fn read(
        field: &'static Field,
        table: &Table<'_>,
        numbers: NumberForm,
    ) -> Result<Self, MappingError> {
        let shape = Shape::read(table, field, numbers)?;
        Ok(Self { field, origin: Origin::read(table)?, shape })
    }

    /// A field that is one column and nothing more.
    pub(crate) fn plain(
        field: &'static Field,
        column: &str,
        place: Place,
        file: &std::path::Path,
        numbers: NumberForm,
    ) -> Result<Self, MappingError> {
        Ok(Self { field, origin: Origin::column(column, place, file)?, shape: Shape::of(field, numbers) })
    }

    pub(crate) fn resolve(&self, header: &Header<'_>) -> Result<Rule<usize>, MappingError> {
        let origin = self.origin.resolve(header)?;
        Ok(Rule { field: self.field, origin, shape: self.shape.clone() })
    }
}

/// Whether a field is the amount, which needs a currency.
pub(crate) fn is_amount(field: &Field) -> bool {
    field.name == "amount_minor"
}

fn values(table: &Table<'_>) -> Result<BTreeMap<String, String>, MappingError> {
    let table = table.table("values")?;
    let pairs = table.items().map(|(name, place, value)| match value.get_ref().as_str() {
        Some(word) => Ok((name.to_owned(), word.to_owned())),
        None => Err(place.error(table.file, "a text: what stands for the word in the file")),
    });
    pairs.collect()
}
