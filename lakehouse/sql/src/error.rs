//! What can go wrong with a query.

use datafusion::common::{Column, SchemaError};
use datafusion::error::DataFusionError;

/// What the caller does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Change the query.
    Settings,
    /// Try again later.
    Retryable,
    /// A bug: report it.
    Internal,
}

/// Errors of queries.
#[derive(Debug, thiserror::Error)]
pub enum SqlError {
    /// There is no table yet.
    #[error("the lake is empty yet: run `weir demo --exit` or `weir run` and send it transactions first")]
    Empty,
    /// The statement would change something.
    #[error(
        "`{statement}` is refused: only statements that read are allowed (SELECT, WITH, EXPLAIN, SHOW, DESCRIBE)"
    )]
    Refused {
        /// What it was.
        statement: &'static str,
    },
    /// The query is wrong.
    #[error("the query cannot be planned: {reason}; tables: {tables}")]
    Plan {
        /// What the planner said, without the names of every column.
        reason: String,
        /// Tables that there are.
        tables: String,
    },
    /// The query failed on its way.
    #[error("the query failed")]
    Execute {
        /// What the engine said.
        #[source]
        source: Box<DataFusionError>,
    },
    /// The rows could not be formatted.
    #[error("the result cannot be written in this format")]
    Format {
        /// What Arrow said.
        #[from]
        source: arrow::error::ArrowError,
    },
    /// The result could not be written as Parquet.
    #[error("the result cannot be written as Parquet")]
    Parquet {
        /// What the writer said.
        #[from]
        source: parquet::errors::ParquetError,
    },
    /// The output could not be written.
    #[error("the output cannot be written")]
    Output {
        /// What the system said.
        #[from]
        source: std::io::Error,
    },
    /// A table could not be opened.
    #[error(transparent)]
    Tables(#[from] weir_tables::TablesError),
}

impl SqlError {
    /// What the caller does about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Empty | Self::Refused { .. } | Self::Plan { .. } | Self::Format { .. } => Kind::Settings,
            Self::Execute { .. } | Self::Output { .. } => Kind::Retryable,
            Self::Parquet { .. } | Self::Tables(_) => Kind::Internal,
        }
    }

    /// The planner's reason: of a column that is not there, the names closest to it instead of all of them.
    pub(crate) fn plan(error: &DataFusionError, tables: String) -> Self {
        let reason = match error.find_root() {
            DataFusionError::SchemaError(schema_error, _) => match schema_error.as_ref() {
                SchemaError::FieldNotFound { field, valid_fields } => no_column(field, valid_fields),
                other => other.to_string(),
            },
            other => other.strip_backtrace(),
        };
        Self::Plan { reason, tables }
    }

    pub(crate) fn execute(source: DataFusionError) -> Self {
        Self::Execute { source: Box::new(source) }
    }
}

/// Columns that are named beside one that is not there.
const NAMED: usize = 5;

fn no_column(wanted: &Column, known: &[Column]) -> String {
    let mut nearest: Vec<&Column> = known.iter().collect();
    nearest.sort_by_cached_key(|column| (distance(&wanted.name, &column.name), column.name.clone()));
    nearest.dedup_by_key(|column| column.name.clone());
    let names = nearest.iter().take(NAMED).map(|column| format!("`{}`", column.name)).collect::<Vec<_>>();
    let (name, count) = (&wanted.name, known.len());
    if names.is_empty() {
        return format!("there is no column `{name}`");
    }
    format!("there is no column `{name}` among {count}; closest are {}", names.join(", "))
}

/// How many characters have to change: a name that holds the other counts as close.
fn distance(wanted: &str, known: &str) -> usize {
    let changes = datafusion::common::utils::datafusion_strsim::levenshtein(wanted, known);
    if known.contains(wanted) { changes.min(1) } else { changes }
}
