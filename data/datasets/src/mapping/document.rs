//! A TOML file with the line of every key, so that an error can say where.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{MappingError, nearest};

/// Where a key stands.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Place {
    /// The key with its tables.
    pub(crate) key: String,
    /// Its line, from 1.
    pub(crate) line: usize,
}

impl Place {
    /// An error at this place.
    pub(crate) fn error(&self, file: &Path, expected: impl Into<String>) -> MappingError {
        let (key, line) = (self.key.clone(), self.line);
        MappingError { file: file.to_owned(), line, key, expected: expected.into(), nearest: None }
    }
}

/// One table of the file.
pub(crate) struct Table<'a> {
    pub(crate) file: &'a Path,
    pub(crate) place: Place,
    text: &'a str,
    entries: Option<&'a DeTable<'a>>,
}

impl<'a> Table<'a> {
    /// The file as a whole.
    pub(crate) fn root(file: &'a Path, text: &'a str, entries: &'a DeTable<'a>) -> Self {
        let place = Place { key: String::new(), line: 1 };
        Self { file, place, text, entries: Some(entries) }
    }

    /// Refuses keys that are none of these.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), MappingError> {
        let unknown = self.entries().find(|(name, _)| !known.contains(&name.get_ref().as_ref()));
        let Some((name, _)) = unknown else { return Ok(()) };
        let expected = format!("one of the keys {}", known.join(", "));
        let mut error = self.at(name).error(self.file, expected);
        error.nearest = nearest(name.get_ref(), known.iter().copied());
        Err(error)
    }

    /// Every name of the table with its place and its value.
    pub(crate) fn items(&self) -> impl Iterator<Item = (&'a str, Place, &'a Spanned<DeValue<'a>>)> + '_ {
        self.entries().map(|(name, value)| (name.get_ref().as_ref(), self.at(name), value))
    }

    /// Whether a key stands there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Where a key stands; where the table stands if it is not there.
    pub(crate) fn place_of(&self, name: &str) -> Place {
        self.find(name).map_or_else(|| self.place.clone(), |(place, _)| place)
    }

    /// An error at a key.
    pub(crate) fn error(&self, name: &str, expected: impl Into<String>) -> MappingError {
        self.place_of(name).error(self.file, expected)
    }

    pub(crate) fn text(&self, name: &str) -> Result<Option<&'a str>, MappingError> {
        let Some((place, value)) = self.find(name) else { return Ok(None) };
        value.as_str().map(Some).ok_or_else(|| place.error(self.file, "a text"))
    }

    /// A text, or several in an array.
    pub(crate) fn texts(&self, name: &str) -> Result<Option<Vec<&'a str>>, MappingError> {
        let Some((place, value)) = self.find(name) else { return Ok(None) };
        let texts = match value {
            DeValue::Array(array) => array.iter().map(|item| item.get_ref().as_str()).collect(),
            other => other.as_str().map(|text| vec![text]),
        };
        texts.map(Some).ok_or_else(|| place.error(self.file, "a text, or texts in an array"))
    }

    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, MappingError> {
        let Some((place, value)) = self.find(name) else { return Ok(None) };
        value.as_bool().map(Some).ok_or_else(|| place.error(self.file, "true or false"))
    }

    pub(crate) fn number(&self, name: &str, most: u32) -> Result<Option<u32>, MappingError> {
        let Some((place, value)) = self.find(name) else { return Ok(None) };
        let number = value.as_integer().and_then(|number| number.as_str().parse().ok());
        let number = number.filter(|number| *number <= most);
        number.map(Some).ok_or_else(|| place.error(self.file, format!("a whole number from 0 to {most}")))
    }

    /// A table within it; an empty one if it is not there.
    pub(crate) fn table(&self, name: &str) -> Result<Table<'a>, MappingError> {
        match self.find(name) {
            Some((place, value)) => self.inner(place, value),
            None => Ok(Table { entries: None, place: self.below(name), ..*self }),
        }
    }

    /// A value of this table as a table of its own.
    pub(crate) fn inner(&self, place: Place, value: &'a DeValue<'a>) -> Result<Table<'a>, MappingError> {
        let Some(entries) = value.as_table() else { return Err(place.error(self.file, "a table")) };
        Ok(Table { entries: Some(entries), place, ..*self })
    }

    fn entries(
        &self,
    ) -> impl Iterator<Item = (&'a Spanned<toml::de::DeString<'a>>, &'a Spanned<DeValue<'a>>)> {
        self.entries.into_iter().flatten()
    }

    fn find(&self, name: &str) -> Option<(Place, &'a DeValue<'a>)> {
        let (key, value) = self.entries().find(|(key, _)| key.get_ref().as_ref() == name)?;
        Some((self.at(key), value.get_ref()))
    }

    fn below(&self, name: &str) -> Place {
        let table = &self.place.key;
        let key = if table.is_empty() { name.to_owned() } else { format!("{table}.{name}") };
        Place { key, line: self.place.line }
    }

    fn at(&self, name: &Spanned<toml::de::DeString<'_>>) -> Place {
        Place { line: line_of(self.text, name.span().start), ..self.below(name.get_ref()) }
    }
}

/// The line of a byte, from 1.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or_default();
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}
