//! What can go wrong with a table.

use deltalake_core::DeltaTableError;
use deltalake_core::kernel::transaction::TransactionError;

use crate::TableName;

/// What the caller does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Try again later.
    Retryable,
    /// Somebody else committed: read the table's number again.
    Conflict,
    /// A bug, or a table that another program changed.
    Internal,
}

/// Errors of tables.
#[derive(Debug, thiserror::Error)]
pub enum TablesError {
    /// Another commit with the same application transaction came first.
    #[error("another commit to `{table}` came first; read its number again")]
    Conflict {
        /// The table.
        table: TableName,
    },
    /// The table already carries this number, or a later one.
    #[error("`{table}` already carries number {number} of `{application}`")]
    Done {
        /// The table.
        table: TableName,
        /// Application of the number.
        application: &'static str,
        /// The number asked for.
        number: i64,
    },
    /// Delta refused.
    #[error("table `{table}`: cannot {what}")]
    Delta {
        /// The table.
        table: TableName,
        /// What was tried.
        what: &'static str,
        /// What Delta said.
        #[source]
        source: Box<DeltaTableError>,
    },
    /// A file is not there.
    #[error("`{path}` is missing from the lake")]
    Missing {
        /// Path under the lake's root.
        path: String,
    },
    /// A file could not be read.
    #[error("cannot read `{path}`")]
    Read {
        /// Path under the lake's root.
        path: String,
        /// What the reader said.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// Columns do not have the types of the table.
    #[error("table `{table}`: rows do not fit its columns")]
    Rows {
        /// The table.
        table: TableName,
        /// What Arrow said.
        #[source]
        source: arrow::error::ArrowError,
    },
    /// A column would change its type.
    #[error(
        "column `{column}` of `{table}` holds `{held}`, and `{wanted}` is asked for: a column keeps its type; give the new one a name of its own"
    )]
    ColumnType {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
        /// The type that it has.
        held: String,
        /// The type asked for.
        wanted: String,
    },
    /// A version that is not there, or no longer.
    #[error(
        "`{table}` cannot be read as of {asked}; its newest version is {newest}, and `weir job maintain --dry-run` says the oldest that can be read"
    )]
    NoVersion {
        /// The table.
        table: TableName,
        /// What was asked for.
        asked: String,
        /// The newest version.
        newest: u64,
    },
    /// A data file could not be encoded.
    #[error("rows of `{table}` cannot be written as Parquet")]
    Encode {
        /// The table.
        table: TableName,
        /// What the writer said.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// The lake's root could not be used.
    #[error(transparent)]
    Engine(#[from] weir_engine::EngineError),
}

impl TablesError {
    /// What the caller does about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Conflict { .. } | Self::Done { .. } => Kind::Conflict,
            Self::Read { .. } | Self::Missing { .. } => Kind::Retryable,
            Self::Delta { .. }
            | Self::Rows { .. }
            | Self::ColumnType { .. }
            | Self::NoVersion { .. }
            | Self::Encode { .. }
            | Self::Engine(_) => Kind::Internal,
        }
    }

    pub(crate) fn delta(table: TableName, what: &'static str) -> impl FnOnce(DeltaTableError) -> Self {
        move |source| match source {
            DeltaTableError::Transaction {
                source: TransactionError::CommitConflict(_) | TransactionError::MaxCommitAttempts(_),
            } => Self::Conflict { table },
            other => Self::Delta { table, what, source: Box::new(other) },
        }
    }
}
