//! A mapping whose columns are found in the header of a file: turns rows into transactions.

use std::borrow::Cow;

use serde_json::{Map, Value};
use weir_events::{Currency, EventError, Found, Timestamp, Transaction};

use crate::cells::{Cells, Unreadable};
use crate::direct::Direct;
use crate::mapping::{
    Attribute, Header, LabelRule, Mapping, MappingError, Origin, Others, Rule, field, is_amount,
};
use crate::{Item, PlainRow, Row};

/// What every column of a file becomes.
pub(crate) struct Plan {
    /// The amount last, since it needs the row's currency.
    rules: Vec<Rule<usize>>,
    attributes: Vec<Attribute<usize>>,
    label: Option<LabelRule<usize>>,
    sealed: Vec<(usize, String)>,
    /// A faster way for files that need no more than it.
    direct: Option<Direct>,
}

impl Plan {
    pub(crate) fn new(
        mut rules: Vec<Rule<usize>>,
        attributes: Vec<Attribute<usize>>,
        label: Option<LabelRule<usize>>,
        sealed: Vec<(usize, String)>,
    ) -> Self {
        rules.sort_by_key(|rule| is_amount(rule.field));
        let is_simple = attributes.is_empty() && sealed.is_empty();
        let direct = is_simple.then(|| Direct::of(&rules)).flatten();
        Self { rules, attributes, label, sealed, direct }
    }

    /// Finds a mapping's columns among the names of a header.
    pub(crate) fn of(mapping: &Mapping, names: &[String]) -> Result<Self, MappingError> {
        let header = Header::new(&mapping.file, names);
        let resolved = |rule: &Rule<_>| rule.resolve(&header);
        let rules = mapping.rules.iter().map(resolved).collect::<Result<Vec<_>, _>>()?;
        let resolved = |attribute: &Attribute<_>| attribute.resolve(&header);
        let attributes = mapping.attributes.iter().map(resolved).collect::<Result<Vec<_>, _>>()?;
        let label = mapping.label.as_ref().map(|label| label.resolve(&header)).transpose()?;
        let mut used = vec![false; names.len()];
        let label_origins = label.iter().flat_map(|label| {
            std::iter::once(&label.origin).chain(label.known_at.iter().map(|known| &known.0))
        });
        let origins = rules.iter().map(|rule| &rule.origin);
        let origins =
            origins.chain(attributes.iter().map(|attribute| &attribute.origin)).chain(label_origins);
        for index in origins.flat_map(Origin::columns) {
            used[index] = true;
        }
        for column in &mapping.dropped {
            used[header.index(column)?] = true;
        }
        let sealed = match mapping.others {
            Others::Drop => Vec::new(),
            Others::Seal => sealed(mapping, names, &used)?,
        };
        Ok(Self::new(rules, attributes, label, sealed))
    }

    /// Names of the columns that are sealed unread.
    pub(crate) fn sealed_names(&self) -> impl Iterator<Item = &str> {
        self.sealed.iter().map(|(_, name)| name.as_str())
    }

    /// Whether most rows are expected to be [`Plan::plain`].
    pub(crate) const fn is_plain(&self) -> bool {
        self.direct.is_some()
    }

    /// The transaction and label of one row, in this currency if the row does not say its own.
    pub(crate) fn item(&self, cells: &Cells<'_>, currency: Currency) -> Result<Item, EventError> {
        if let Some(plain) = self.plain(cells, currency)? {
            return Ok(Item::Row(Box::new(plain.to_row())));
        }
        let transaction = self.transaction(cells, currency)?;
        let (label, known_at) = self.outcome(cells, transaction.order.occurred_at)?;
        Ok(Item::Row(Box::new(Row { transaction, label, known_at })))
    }

    /// The same, borrowed from the cells; `None` if the general way has to look at them.
    pub(crate) fn plain<'a>(
        &self,
        cells: &Cells<'a>,
        currency: Currency,
    ) -> Result<Option<PlainRow<'a>>, EventError> {
        let direct = self.direct.as_ref().and_then(|direct| direct.transaction(cells, currency));
        let Some(transaction) = direct else { return Ok(None) };
        let (label, known_at) = self.outcome(cells, transaction.occurred_at)?;
        Ok(Some(PlainRow { transaction, label, known_at }))
    }

    /// Whether it was fraud, and when that became known.
    fn outcome(
        &self,
        cells: &Cells<'_>,
        occurred_at: Timestamp,
    ) -> Result<(Option<bool>, Option<Timestamp>), EventError> {
        let label = self.label(cells)?;
        let known_at = match label {
            Some(_) => self.known_at(cells, occurred_at)?,
            None => None,
        };
        Ok((label, known_at))
    }

    /// The transaction of any row, by way of JSON.
    pub(crate) fn transaction(
        &self,
        cells: &Cells<'_>,
        currency: Currency,
    ) -> Result<Transaction, EventError> {
        let mut object = Map::new();
        object.insert("currency".to_owned(), currency.code().into());
        for rule in &self.rules {
            let name = rule.field.name;
            let Some(text) = text(&rule.origin, cells, name)? else { continue };
            let own =
                if is_amount(rule.field) { own_currency(&object).unwrap_or(currency) } else { currency };
            let value = rule
                .shape
                .value(&text, own)
                .map_err(|expected| EventError::new(name, Found::Text, expected))?;
            object.insert(name.to_owned(), value);
        }
        if !self.attributes.is_empty() {
            object.insert("attributes".to_owned(), Value::Object(self.attributes(cells)?));
        }
        for (index, name) in &self.sealed {
            if let Some(text) = cells.text(*index).map_err(|_| unreadable("unknown"))? {
                object.insert(name.clone(), text.as_ref().into());
            }
        }
        Transaction::from_value(Value::Object(object))
    }

    fn attributes(&self, cells: &Cells<'_>) -> Result<Map<String, Value>, EventError> {
        let mut attributes = Map::new();
        for attribute in &self.attributes {
            let path = || format!("attributes.{}", attribute.name);
            let text = attribute.origin.text(cells).map_err(|_| unreadable(&path()))?;
            let Some(text) = text else { continue };
            let value = attribute.kind.value(&text);
            let value = value.map_err(|expected| EventError::new(path(), Found::Text, expected))?;
            attributes.insert(attribute.name.clone(), value);
        }
        Ok(attributes)
    }

    fn label(&self, cells: &Cells<'_>) -> Result<Option<bool>, EventError> {
        let Some(rule) = &self.label else { return Ok(None) };
        let Some(text) = text(&rule.origin, cells, "is_fraud")? else { return Ok(None) };
        let read = rule.words.read_word(&text);
        read.map(Some).ok_or_else(|| EventError::new("is_fraud", Found::Text, rule.words.expected()))
    }

    /// A label cannot be known before its transaction: dates without a time are.
    fn known_at(&self, cells: &Cells<'_>, occurred_at: Timestamp) -> Result<Option<Timestamp>, EventError> {
        let Some(rule) = &self.label else { return Ok(None) };
        let after_days = rule.known_after(occurred_at);
        let Some((origin, form)) = &rule.known_at else { return Ok(after_days) };
        let Some(text) = text(origin, cells, "known_at")? else { return Ok(after_days) };
        let moment = form.moment(&text).filter(|moment| moment.is_in_range());
        let wrong = || EventError::new("known_at", Found::Text, form.expected());
        moment.map(|moment| Some(moment.max(occurred_at))).ok_or_else(wrong)
    }
}

/// Columns that nothing names, under their own names.
fn sealed(mapping: &Mapping, names: &[String], used: &[bool]) -> Result<Vec<(usize, String)>, MappingError> {
    let mut sealed = Vec::new();
    for (index, name) in names.iter().enumerate().filter(|(index, _)| !used[*index]) {
        let is_field =
            field(name).is_some() || matches!(name.as_str(), "attributes" | "unknown" | "schema_version");
        if is_field || names[..index].contains(name) {
            let expected = if is_field {
                format!(
                    "the column `{name}`, which has the name of a field, in `fields` or in `columns.drop`"
                )
            } else {
                format!(
                    "columns with names of their own; the file has `{name}` more than once, take `others = \"drop\"`"
                )
            };
            let place = crate::mapping::Place { key: "columns".to_owned(), line: 1 };
            return Err(place.error(&mapping.file, expected));
        }
        sealed.push((index, name.clone()));
    }
    Ok(sealed)
}

fn own_currency(object: &Map<String, Value>) -> Option<Currency> {
    object.get("currency").and_then(Value::as_str).and_then(|code| code.parse().ok())
}

fn text<'a>(
    origin: &'a Origin<usize>,
    cells: &'a Cells<'_>,
    name: &str,
) -> Result<Option<Cow<'a, str>>, EventError> {
    origin.text(cells).map_err(|Unreadable| unreadable(name))
}

fn unreadable(name: &str) -> EventError {
    EventError::new(name, Found::Malformed, "UTF-8 text")
}

#[cfg(test)]
mod tests {
    use csv::ByteRecord;
    use proptest::prelude::*;

    use super::*;
    use crate::record::CsvRows;

    const NAMES: [&str; 17] = [
        "Transaction ID",
        "Customer ID",
        "Transaction Amount",
        "Transaction Date",
        "Payment Method",
        "Product Category",
        "Quantity",
        "Customer Age",
        "Customer Location",
        "Device Used",
        "IP Address",
        "Shipping Address",
        "Billing Address",
        "Is Fraudulent",
        "Account Age Days",
        "Currency",
        "Email",
    ];

    fn cell() -> impl Strategy<Value = String> {
        prop_oneof![
            2 => Just(String::new()),
            2 => "[ -~]{0,12}",
            1 => "\\PC{0,6}",
            1 => (0..40_i64).prop_map(|number| number.to_string()),
            1 => "x{250,300}",
        ]
    }

    fn row() -> impl Strategy<Value = Vec<String>> {
        let good =
            ["t-1", "c-1", "12.30", "2024-03-24 23:42:43", "card", "toys", "2", "33", "North", "Mobile"];
        let good =
            good.into_iter().chain(["10.0.0.1", "a\nb", "a", "1", "9", "JPY", "a@b"]).map(str::to_owned);
        let good = good.collect::<Vec<_>>();
        prop::collection::vec((cell(), prop::bool::weighted(0.1)), NAMES.len()).prop_map(move |cells| {
            let of = |(good, (other, is_other)): (&String, (String, bool))| {
                if is_other { other } else { good.clone() }
            };
            good.iter().zip(cells).map(of).collect()
        })
    }

    proptest! {
        #[test]
        fn the_faster_way_gives_what_the_general_way_does(row in row()) {
            let plan = crate::shop_header::plan(&NAMES.map(str::to_owned)).unwrap();
            let mut rows = CsvRows::default();
            rows.push(Ok(&ByteRecord::from(row)), 1, 1);
            let (_, record) = rows.iter().next().unwrap();
            let cells = Cells { record, row: 1, encoding: Default::default(), missing: &[] };
            let currency: Currency = "USD".parse().unwrap();
            let direct = plan.direct.as_ref().unwrap().transaction(&cells, currency);
            if let Some(direct) = direct {
                let general = plan.transaction(&cells, currency);
                prop_assert!(general.is_ok_and(|general| general == direct.to_transaction()));
            }
        }
    }
}
