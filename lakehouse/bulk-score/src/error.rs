//! Why a file cannot be scored.

use std::path::PathBuf;

use weir_datasets::ReadError;
use weir_features::bulk::BatchError;
use weir_scoring::{BlockError, PolicyError};

/// Why a file cannot be scored.
#[derive(Debug, thiserror::Error)]
pub enum BulkScoreError {
    /// The input, or the file of rejects.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The output.
    #[error("cannot write `{}`, check that its folder exists and may be written", file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// What the system or the encoder says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The output's name does not tell its format.
    #[error("`{}` names no format: end it in .csv, .ndjson, .jsonl or .parquet", file.display())]
    Format {
        /// The file.
        file: PathBuf,
    },
    /// Input and output are one file.
    #[error("`{}` is the input: name another output", file.display())]
    SameFile {
        /// The file.
        file: PathBuf,
    },
    /// The policy does not fit the features.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// Columns do not fit together: a fault of this program.
    #[error("a batch does not fit together, please report it")]
    Batch(#[from] BatchError),
    /// Columns do not fit the model: a fault of this program.
    #[error("a block does not fit the model, please report it")]
    Block(#[from] BlockError),
    /// A thread died: a fault of this program.
    #[error("a thread stopped before its work was done, please report it")]
    Thread,
}

impl BulkScoreError {
    pub(crate) fn write<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        file: &std::path::Path,
    ) -> impl FnOnce(E) -> Self + '_ {
        move |source| Self::Write { file: file.to_owned(), source: source.into() }
    }
}
