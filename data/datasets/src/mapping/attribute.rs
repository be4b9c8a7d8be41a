//! The shop's own facts.

use serde_json::Value;
use weir_events::{ATTRIBUTE_NAME_MAX, ATTRIBUTES_MAX};

use super::document::{Place, Table};
use super::error::{MappingError, nearest};
use super::label::Words;
use super::number::NumberForm;
use super::origin::{Header, Named, Origin};

/// One attribute, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute<C> {
    pub(crate) name: String,
    pub(crate) origin: Origin<C>,
    pub(crate) kind: AttributeKind,
}

/// What an attribute's values are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AttributeKind {
    Text,
    Number(NumberForm),
    Flag(Words),
}

const KINDS: [&str; 3] = ["text", "number", "flag"];

impl AttributeKind {
    /// The value of a text; the error is what was expected.
    pub(crate) fn value(&self, text: &str) -> Result<Value, String> {
        match self {
            Self::Text => Ok(text.into()),
            Self::Number(numbers) => {
                numbers.float(text).map(Value::from).ok_or_else(|| "a number".to_owned())
            }
            Self::Flag(words) => words.read_word(text).map(Value::from).ok_or_else(|| words.expected()),
        }
    }
}

impl Attribute<Named> {
    /// The table `attributes`.
    pub(crate) fn read_all(table: &Table<'_>, numbers: NumberForm) -> Result<Vec<Self>, MappingError> {
        let attributes = table.items().map(|(name, place, value)| {
            if name.is_empty() || name.chars().count() > ATTRIBUTE_NAME_MAX {
                return Err(
                    place.error(table.file, format!("a name of 1 to {ATTRIBUTE_NAME_MAX} characters"))
                );
            }
            match value.get_ref().as_str() {
                Some(column) => Self::plain(name, column, place, table),
                None => Self::read(name, &table.inner(place, value.get_ref())?, numbers),
            }
        });
        let attributes: Vec<Self> = attributes.collect::<Result<_, _>>()?;
        if attributes.len() > ATTRIBUTES_MAX {
            return Err(table.place.error(table.file, format!("at most {ATTRIBUTES_MAX} attributes")));
        }
        Ok(attributes)
    }

    fn plain(name: &str, column: &str, place: Place, table: &Table<'_>) -> Result<Self, MappingError> {
        let origin = Origin::column(column, place, table.file)?;
        Ok(Self { name: name.to_owned(), origin, kind: AttributeKind::Text })
    }

    fn read(name: &str, table: &Table<'_>, numbers: NumberForm) -> Result<Self, MappingError> {
        table.only(&["column", "template", "constant", "type", "true", "false"])?;
        let kind = match table.text("type")? {
            None | Some("text") => AttributeKind::Text,
            Some("number") => AttributeKind::Number(numbers),
            Some("flag") => AttributeKind::Flag(Words::read(table)?),
            Some(other) => {
                let error = table.error("type", format!("one of {}", KINDS.join(", ")));
                return Err(MappingError { nearest: nearest(other, KINDS), ..error });
            }
        };
        let words = ["true", "false"].into_iter().find(|key| table.has(key));
        if let (Some(key), AttributeKind::Text | AttributeKind::Number(_)) = (words, &kind) {
            return Err(table.error(key, "`type = \"flag\"` beside it"));
        }
        let attribute = Self { name: name.to_owned(), origin: Origin::read(table)?, kind };
        match &attribute.origin {
            Origin::Constant(text) => match attribute.kind.value(text) {
                Ok(_) => Ok(attribute),
                Err(expected) => Err(table.error("constant", expected)),
            },
            _ => Ok(attribute),
        }
    }

    pub(crate) fn resolve(&self, header: &Header<'_>) -> Result<Attribute<usize>, MappingError> {
        let origin = self.origin.resolve(header)?;
        Ok(Attribute { name: self.name.clone(), origin, kind: self.kind.clone() })
    }
}
