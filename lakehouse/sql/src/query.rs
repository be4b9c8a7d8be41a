//! A query from text to output.

use std::io::Write;
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::prelude::SessionContext;
use futures::TryStreamExt;
use weir_engine::Lake;

use crate::session::table_names;
use crate::{Format, SqlError, csv, json, parquet_file, session, statement, table};

/// What a query gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Rows of the result.
    pub rows: u64,
    /// Rows written; fewer if the format shows only the first ones.
    pub shown: u64,
    /// How long it took.
    pub elapsed: Duration,
}

/// Runs a query over the lake and writes its result; `most_rows` bounds the rows of a table for reading, the other
/// formats give all.
///
/// # Errors
/// If the lake is empty, the statement does not only read, the query is wrong or fails, or the output does.
pub async fn run(
    lake: &Lake,
    query: &str,
    format: Format,
    most_rows: usize,
    output: &mut (dyn Write + Send),
) -> Result<Summary, SqlError> {
    let started = Instant::now();
    let session = Box::pin(session(lake)).await?;
    let rows = Box::pin(execute(&session, query)).await?;
    let (rows, shown) = match format {
        Format::Table => table::write(rows, most_rows, output).await?,
        Format::Csv => csv::write(rows, output).await?,
        Format::Json => json::write(rows, output).await?,
        Format::Parquet => parquet_file::write(rows, output).await?,
    };
    output.flush()?;
    Ok(Summary { rows, shown, elapsed: started.elapsed() })
}

/// Runs a query over the lake and gives its rows.
///
/// # Errors
/// As [`run`].
pub async fn batches(lake: &Lake, query: &str) -> Result<Vec<RecordBatch>, SqlError> {
    let session = Box::pin(session(lake)).await?;
    let rows = Box::pin(execute(&session, query)).await?;
    rows.try_collect().await.map_err(SqlError::execute)
}

async fn execute(session: &SessionContext, query: &str) -> Result<SendableRecordBatchStream, SqlError> {
    let wrong = |error: DataFusionError| SqlError::plan(&error, table_names(session));
    let plan = session.state().create_logical_plan(query).await.map_err(wrong)?;
    statement::check(&plan)?;
    let frame = session.execute_logical_plan(plan).await.map_err(wrong)?;
    frame.execute_stream().await.map_err(SqlError::execute)
}
