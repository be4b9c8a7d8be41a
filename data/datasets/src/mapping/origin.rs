//! Where the text of a field comes from: a column, a template of several, or a constant.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use super::document::{Place, Table};
use super::error::{MappingError, nearest};
use crate::cells::{Cells, Unreadable};

/// A column by its name, with the key of the mapping that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) place: Place,
}

/// Where a text comes from; `C` is a column by name, or by index once the header is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin<C> {
    /// The same for every row.
    Constant(String),
    /// One column.
    Column(C),
    /// Several columns, texts and the number of the row.
    Template(Vec<Part<C>>),
}

/// One part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part<C> {
    /// A text between columns.
    Text(String),
    /// A column.
    Column(C),
    /// The number of the row, from 1.
    Row,
}

/// The columns of a file by name.
pub(crate) struct Header<'a> {
    pub(crate) mapping: &'a Path,
    pub(crate) names: &'a [String],
    pub(crate) by_name: HashMap<&'a str, usize>,
}

impl<'a> Header<'a> {
    pub(crate) fn new(mapping: &'a Path, names: &'a [String]) -> Self {
        let by_name = names.iter().enumerate().rev().map(|(index, name)| (name.as_str(), index)).collect();
        Self { mapping, names, by_name }
    }

    /// The index of a column that is there once.
    pub(crate) fn index(&self, column: &Named) -> Result<usize, MappingError> {
        let Some(index) = self.by_name.get(column.name.as_str()).copied() else {
            let expected = format!("a column of the file, which has no column `{}`", column.name);
            let mut error = column.place.error(self.mapping, expected);
            error.nearest = nearest(&column.name, self.names.iter().map(String::as_str));
            return Err(error);
        };
        if self.names[index + 1..].contains(&column.name) {
            let expected =
                format!("a column that the file has once; it has `{}` more than once", column.name);
            return Err(column.place.error(self.mapping, expected));
        }
        Ok(index)
    }
}

impl Origin<Named> {
    /// The keys `column`, `template` and `constant` of a table, of which there must be one.
    pub(crate) fn read(table: &Table<'_>) -> Result<Self, MappingError> {
        let given: Vec<&str> =
            ["column", "template", "constant"].into_iter().filter(|key| table.has(key)).collect();
        match given[..] {
            ["column"] => {
                Self::column(table.text("column")?.unwrap_or_default(), table.place_of("column"), table.file)
            }
            ["template"] => template(table),
            [] => Err(table.place.error(table.file, "one of `column`, `template` and `constant`")),
            [_] => Ok(Self::Constant(table.text("constant")?.unwrap_or_default().to_owned())),
            [first, second, ..] => {
                let expected =
                    format!("only one of `column`, `template` and `constant`, found `{first}` too");
                Err(table.error(second, expected))
            }
        }
    }

    /// One column by its name.
    pub(crate) fn column(name: &str, place: Place, file: &Path) -> Result<Self, MappingError> {
        if name.trim().is_empty() {
            return Err(
                place.error(file, "the name of a column; one without a name is `column_1` by its place")
            );
        }
        Ok(Self::Column(Named { name: name.trim().to_owned(), place }))
    }

    /// The same with the places of its columns in a file.
    pub(crate) fn resolve(&self, header: &Header<'_>) -> Result<Origin<usize>, MappingError> {
        Ok(match self {
            Self::Constant(text) => Origin::Constant(text.clone()),
            Self::Column(column) => Origin::Column(header.index(column)?),
            Self::Template(parts) => {
                let parts = parts.iter().map(|part| {
                    Ok(match part {
                        Part::Text(text) => Part::Text(text.clone()),
                        Part::Column(column) => Part::Column(header.index(column)?),
                        Part::Row => Part::Row,
                    })
                });
                Origin::Template(parts.collect::<Result<_, MappingError>>()?)
            }
        })
    }
}

impl Origin<usize> {
    /// Its text in one row; `None` if nothing stands there.
    pub(crate) fn text<'a>(&'a self, cells: &'a Cells<'_>) -> Result<Option<Cow<'a, str>>, Unreadable> {
        match self {
            Self::Constant(text) => Ok(Some(Cow::Borrowed(text))),
            Self::Column(index) => cells.text(*index),
            Self::Template(parts) => filled(parts, cells),
        }
    }

    /// Every column that it uses.
    pub(crate) fn columns(&self) -> Vec<usize> {
        match self {
            Self::Constant(_) => Vec::new(),
            Self::Column(index) => vec![*index],
            Self::Template(parts) => parts
                .iter()
                .filter_map(|part| if let Part::Column(index) = part { Some(*index) } else { None })
                .collect(),
        }
    }
}

/// A filled template; nothing if it has columns and all of them are blank.
fn filled<'a>(parts: &[Part<usize>], cells: &'a Cells<'_>) -> Result<Option<Cow<'a, str>>, Unreadable> {
    let mut text = String::new();
    let mut is_blank = true;
    for part in parts {
        match part {
            Part::Text(fixed) => text.push_str(fixed),
            Part::Row => text.push_str(&cells.row.to_string()),
            Part::Column(index) => {
                let cell = cells.text(*index)?;
                is_blank &= cell.is_none();
                text.push_str(cell.as_deref().unwrap_or_default());
            }
        }
    }
    let has_columns = parts.iter().any(|part| matches!(part, Part::Column(_)));
    let trimmed = text.trim();
    let is_nothing = (has_columns && is_blank) || trimmed.is_empty();
    Ok((!is_nothing).then(|| Cow::Owned(trimmed.to_owned())))
}

/// `{column}` is a column, `{#}` the number of the row, `{{` and `}}` are braces.
fn template(table: &Table<'_>) -> Result<Origin<Named>, MappingError> {
    let place = table.place_of("template");
    let mut rest = table.text("template")?.unwrap_or_default();
    let wrong = || {
        let expected = "a text with columns in braces, as in `{date} {time}`; `{#}` is the number of the row, `{{` a brace";
        place.error(table.file, expected)
    };
    let mut parts = Vec::new();
    let mut text = String::new();
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let tail = &rest[at..];
        if tail.starts_with("{{") || tail.starts_with("}}") {
            text.push_str(&tail[..1]);
            rest = &tail[2..];
            continue;
        }
        let inside = tail.strip_prefix('{').and_then(|inside| inside.split_once('}'));
        let (name, after) = inside.ok_or_else(wrong)?;
        if !text.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut text)));
        }
        parts.push(match name.trim() {
            "" => return Err(wrong()),
            "#" => Part::Row,
            name => Part::Column(Named { name: name.to_owned(), place: place.clone() }),
        });
        rest = after;
    }
    text.push_str(rest);
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
    if parts.iter().all(|part| matches!(part, Part::Text(_))) {
        Err(wrong())
    } else {
        Ok(Origin::Template(parts))
    }
}
