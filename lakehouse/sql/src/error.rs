//! What can go wrong with a query.

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
    #[error("the query cannot be planned; tables: {tables}")]
    Plan {
        /// Tables that there are.
        tables: String,
        /// What the planner said.
        #[source]
        source: Box<DataFusionError>,
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

    pub(crate) fn execute(source: DataFusionError) -> Self {
        Self::Execute { source: Box::new(source) }
    }
}
