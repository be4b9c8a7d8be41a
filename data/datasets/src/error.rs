//! Why a row or a file cannot be read.

use std::path::{Path, PathBuf};

use weir_events::{EventError, FieldError, Found};

use crate::MappingError;

/// A row that was set aside: where, and what is wrong; never a value, since values may be personal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` line {line}, `{field}`: expected {expected}, found {found}", file.display())]
pub struct Reject {
    /// The file.
    pub file: PathBuf,
    /// Line on which the row begins, from 1; in a Parquet file the number of the row, from 1.
    pub line: u64,
    /// The field, as the schema names it; `row` for the row as a whole.
    pub field: String,
    /// What was expected.
    pub expected: String,
    /// Kind of what stood there.
    pub found: String,
}

impl Reject {
    /// The first wrong field of an event.
    pub(crate) fn new(file: &Path, line: u64, error: &EventError) -> Self {
        let nothing =
            FieldError { path: String::new(), found: Found::Malformed, expected: "an event".into() };
        let first = error.fields().first().unwrap_or(&nothing);
        Self {
            file: file.to_owned(),
            line,
            field: if first.path.is_empty() { "row".to_owned() } else { first.path.clone() },
            expected: first.expected.clone().into_owned(),
            found: first.found.name().to_owned(),
        }
    }
}

/// Why the next row, or the file, cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// One row is wrong: set it aside and go on.
    #[error(transparent)]
    Rejected(Box<Reject>),
    /// The file cannot be opened, read or written.
    #[error("cannot use `{}`, check that it exists and may be read", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The Parquet file is damaged or cut.
    #[error("cannot read `{}` as Parquet, check that it is complete", file.display())]
    Parquet {
        /// The file.
        file: PathBuf,
        /// What the decoder says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The mapping cannot be used, or does not fit the file.
    #[error(transparent)]
    Mapping(#[from] Box<MappingError>),
    /// The file is in no known format.
    #[error("`{}` is in no known format: found {found}; {}", file.display(), crate::format::known())]
    Unknown {
        /// The file.
        file: PathBuf,
        /// Columns or form that were found.
        found: String,
    },
}

impl From<MappingError> for ReadError {
    fn from(error: MappingError) -> Self {
        Self::Mapping(Box::new(error))
    }
}

impl ReadError {
    /// Whether this was found in place of a known format.
    pub(crate) fn is_found(&self, what: &str) -> bool {
        matches!(self, Self::Unknown { found, .. } if found == what)
    }

    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::File { file: path.to_owned(), source }
    }

    pub(crate) fn parquet<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        path: &Path,
    ) -> impl FnOnce(E) -> Self + '_ {
        move |source| Self::Parquet { file: path.to_owned(), source: source.into() }
    }
}
