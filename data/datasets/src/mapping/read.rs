//! From the text of a mapping file to a checked mapping.

use std::path::Path;

use serde_json::{Map, Value};
use toml::de::DeTable;
use weir_events::{Currency, Field, Kind, Transaction, dictionary};

use super::attribute::Attribute;
use super::document::{Place, Table, line_of};
use super::error::{MappingError, nearest};
use super::form::Form;
use super::label::LabelRule;
use super::number::NumberForm;
use super::origin::{Named, Origin};
use super::rule::{Rule, is_amount};
use super::{Mapping, Others};
use crate::ReadError;

/// The fields that a mapping can name.
pub(crate) fn field_names() -> impl Iterator<Item = &'static str> {
    mappable().map(|field| field.name)
}

/// A field by its name.
pub(crate) fn field(name: &str) -> Option<&'static Field> {
    mappable().find(|field| field.name == name)
}

fn mappable() -> impl Iterator<Item = &'static Field> {
    let is_other =
        |field: &&Field| matches!(field.kind, Kind::Scalars | Kind::Json) || field.name == "schema_version";
    dictionary().iter().filter(move |field| !is_other(field))
}

impl Mapping {
    /// Reads a mapping file.
    pub fn open(file: &Path) -> Result<Self, ReadError> {
        let text = std::fs::read_to_string(file).map_err(ReadError::file(file))?;
        Ok(Self::parse(file, &text)?)
    }

    /// Reads the text of a mapping; the file's name is for errors.
    pub fn parse(file: &Path, text: &str) -> Result<Self, MappingError> {
        let entries = DeTable::parse(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            let place = Place { key: "(the file)".to_owned(), line };
            place.error(file, format!("TOML: {}", error.message()))
        })?;
        let root = Table::root(file, text, entries.get_ref());
        root.only(&["file", "fields", "label", "attributes", "columns"])?;
        let form = Form::read(&root.table("file")?)?;
        let mut unconfirmed = None;
        let rules = rules(&root.table("fields")?, form.numbers, &mut unconfirmed)?;
        let label = if root.has("label") { Some(LabelRule::read(&root.table("label")?)?) } else { None };
        let attributes = Attribute::read_all(&root.table("attributes")?, form.numbers)?;
        let (others, dropped) = columns(&root.table("columns")?)?;
        Ok(Self { file: file.to_owned(), form, rules, attributes, label, others, dropped, unconfirmed })
    }
}

fn rules(
    table: &Table<'_>,
    numbers: NumberForm,
    unconfirmed: &mut Option<Place>,
) -> Result<Vec<Rule<Named>>, MappingError> {
    let mut rules = Vec::new();
    for (name, place, value) in table.items() {
        let Some(field) = field(name) else {
            let expected = "a field of the data dictionary (`weir dictionary` prints it)";
            let nearest = nearest(name, field_names());
            return Err(MappingError { nearest, ..place.error(table.file, expected) });
        };
        rules.push(match value.get_ref().as_str() {
            Some(column) => Rule::plain(field, column, place, table.file, numbers)?,
            None => {
                let inner = table.inner(place, value.get_ref())?;
                if inner.flag("confirm")?.unwrap_or(false) {
                    unconfirmed.get_or_insert(inner.place_of("confirm"));
                }
                let rule = Rule::read(field, &inner, numbers)?;
                fits(&rule).map_err(|expected| inner.error("constant", expected))?;
                rule
            }
        });
    }
    // The currency may come from the command line.
    let is_missing = |field: &&Field| {
        field.is_required
            && field.name != "currency"
            && rules.iter().all(|rule| rule.field.name != field.name)
    };
    match mappable().find(is_missing) {
        None => Ok(rules),
        Some(field) => {
            let key = format!("fields.{}", field.name);
            let expected = "a column, a template or a constant for this required field";
            Err(Place { key, line: table.place.line }.error(table.file, expected))
        }
    }
}

/// Whether a constant is a value of its field; the error is what was expected.
fn fits(rule: &Rule<Named>) -> Result<(), String> {
    let (Origin::Constant(text), Ok(currency)) = (&rule.origin, "EUR".parse::<Currency>()) else {
        return Ok(());
    };
    let value = rule.shape.value(text, currency);
    // An amount's digits depend on the row's currency.
    if is_amount(rule.field) {
        return value.map(|_| ());
    }
    let mut row: Map<String, Value> = [("transaction_id", "1"), ("customer_id", "1"), ("currency", "EUR")]
        .map(|(name, value)| (name.to_owned(), value.into()))
        .into_iter()
        .collect();
    row.insert("occurred_at".to_owned(), "2026-01-01T00:00:00Z".into());
    row.insert("amount_minor".to_owned(), 1.into());
    row.insert(rule.field.name.to_owned(), value?);
    let wrong = Transaction::from_value(Value::Object(row)).err();
    match wrong.as_ref().and_then(|error| error.fields().first()) {
        Some(error) => Err(error.expected.clone().into_owned()),
        None => Ok(()),
    }
}

fn columns(table: &Table<'_>) -> Result<(Others, Vec<Named>), MappingError> {
    table.only(&["others", "drop"])?;
    let others = match table.text("others")? {
        None | Some("seal") => Others::Seal,
        Some("drop") => Others::Drop,
        Some(_) => return Err(table.error("others", "`seal` or `drop`")),
    };
    let place = table.place_of("drop");
    let names = table.texts("drop")?.unwrap_or_default().into_iter();
    Ok((others, names.map(|name| Named { name: name.trim().to_owned(), place: place.clone() }).collect()))
}
