//! Why a file's features cannot be written.

use std::path::{Path, PathBuf};

use weir_datasets::ReadError;

/// What a caller does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The request is wrong: nothing was read.
    Settings,
    /// The file, the disk or the program: look at the message.
    Internal,
}

/// Why a file's features cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum BulkError {
    /// A setting is wrong.
    #[error("`{key}` is `{found}`, expected {expected}")]
    Setting {
        /// Which.
        key: &'static str,
        /// What was given.
        found: String,
        /// What it can be.
        expected: String,
    },
    /// A column was asked for whose input the file does not have.
    #[error("column `{column}` needs {input}, which `{}` does not have; ask for other columns", file.display())]
    NoInput {
        /// The column.
        column: String,
        /// What it is computed from.
        input: String,
        /// The file.
        file: PathBuf,
    },
    /// The file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The file has more rows than can be numbered.
    #[error("`{}` has more than 4,294,967,294 rows; split it by time", file.display())]
    TooManyRows {
        /// The file.
        file: PathBuf,
    },
    /// The output cannot be written.
    #[error("cannot write `{}`, check that its folder exists and has room", file.display())]
    Output {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A fold was given columns that do not fit together.
    #[error("cannot fold the rows, this is a fault in Weir")]
    Fold(#[from] weir_features::bulk::BatchError),
}

impl BulkError {
    /// What a caller does about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Setting { .. } => Kind::Settings,
            _ => Kind::Internal,
        }
    }

    pub(crate) fn output<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        file: &Path,
    ) -> impl FnOnce(E) -> Self + '_ {
        move |source| Self::Output { file: file.to_owned(), source: source.into() }
    }
}
