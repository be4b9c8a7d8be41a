//! What runs did, in `system.job_runs`.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use serde::{Deserialize, Serialize};
use weir_engine::Lake;
use weir_events::Timestamp;
use weir_tables::{Added, Change, Definition, LakeTable, Number, TableName};

use crate::report::Report;

/// Application of these commits.
const APPLICATION: &str = "weir.job_runs";
const TABLE: TableName = TableName::JobRuns;

/// Dates that are named one by one; more are told as the first and the last.
const NAMED: usize = 20;

/// Times a run's row is offered to the table while others add theirs.
const TRIES: usize = 5;

/// A run as `weir jobs` lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Which job.
    pub job: String,
    /// When it began.
    pub started_at: String,
    /// How long it took.
    pub seconds: i64,
    /// `done` or `failed`.
    pub status: String,
    /// Event dates that it made.
    pub dates: Option<String>,
    /// Rows it wrote.
    pub rows_written: Option<i64>,
    /// Why it failed.
    pub error: Option<String>,
}

/// The last runs, the newest first.
///
/// # Errors
/// If the lake cannot be read.
pub async fn last_runs(lake: &Lake, most: usize) -> anyhow::Result<Vec<Run>> {
    if Box::pin(LakeTable::open(lake, TABLE)).await?.is_none() {
        return Ok(Vec::new());
    }
    let query = format!(
        "SELECT job, to_char(began, '%Y-%m-%d %H:%M:%S') AS started_at, \
         CAST(extract(epoch FROM ended) - extract(epoch FROM began) AS BIGINT) AS seconds, \
         status, dates, rows_written, error FROM \
         (SELECT *, started_at AS began, ended_at AS ended FROM system.job_runs ORDER BY started_at DESC LIMIT {most}) \
         ORDER BY began DESC"
    );
    let mut answer = Vec::new();
    Box::pin(weir_sql::run(lake, &query, weir_sql::Format::Json, most, &mut answer)).await?;
    Ok(serde_json::from_slice(&answer)?)
}

/// Adds a run.
pub(crate) async fn record(
    lake: &Lake,
    run: &str,
    job: &str,
    started_at: Timestamp,
    outcome: &Result<Report, String>,
) -> anyhow::Result<()> {
    let row = row(run, job, started_at, outcome)?;
    let definition = Definition::of(TABLE, &[]);
    for attempt in 1.. {
        let mut table = Box::pin(LakeTable::open_or_create(lake, &definition)).await?;
        let mut added = Added::default();
        table.encoder(&definition)?.encode(None, std::slice::from_ref(&row))?.put(lake, &mut added).await?;
        let change = Change::appending(added, APPLICATION, Number::Unchanged);
        match Box::pin(table.commit(lake, change)).await {
            Ok(_) => break,
            Err(weir_tables::TablesError::Conflict { .. }) if attempt < TRIES => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn row(
    run: &str,
    job: &str,
    started_at: Timestamp,
    outcome: &Result<Report, String>,
) -> anyhow::Result<RecordBatch> {
    let report = outcome.as_ref().ok();
    let text = |text: Option<String>| -> ArrayRef { Arc::new(StringArray::from(vec![text])) };
    let number = |number: Option<u64>| -> ArrayRef {
        Arc::new(Int64Array::from(vec![number.and_then(|number| i64::try_from(number).ok())]))
    };
    let time = |moment: Timestamp| -> ArrayRef {
        Arc::new(TimestampMicrosecondArray::from(vec![moment.micros()]).with_timezone("UTC"))
    };
    let read = report.map(|report| serde_json::to_string(&report.versions_read)).transpose()?;
    let written = report.map(|report| serde_json::to_string(&report.versions_written)).transpose()?;
    let columns: [(&str, ArrayRef); 12] = [
        ("run_id", text(Some(run.to_owned()))),
        ("job", text(Some(job.to_owned()))),
        ("started_at", time(started_at)),
        ("ended_at", time(crate::now())),
        ("status", text(Some(if report.is_some() { "done" } else { "failed" }.to_owned()))),
        ("dates", text(report.and_then(dates))),
        ("versions_read", text(read)),
        ("versions_written", text(written)),
        ("rows_read", number(report.map(|report| report.rows_read))),
        ("rows_written", number(report.map(|report| report.rows_written))),
        ("bytes_written", number(report.map(|report| report.bytes_written))),
        ("error", text(outcome.as_ref().err().cloned())),
    ];
    Ok(RecordBatch::try_from_iter(columns)?)
}

fn dates(report: &Report) -> Option<String> {
    let (first, last) = (report.dates.first()?, report.dates.last()?);
    if report.dates.len() <= NAMED {
        return Some(report.dates.iter().cloned().collect::<Vec<_>>().join(" "));
    }
    Some(format!("{} from {first} to {last}", report.dates.len()))
}
