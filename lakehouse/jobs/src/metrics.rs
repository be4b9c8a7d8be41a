//! Makes `gold.daily_metrics` from the facts: a row a day, replaced for the days whose facts have changed.

use std::collections::BTreeSet;

use anyhow::Context;
use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::Date32Type;
use weir_engine::Lake;
use weir_tables::{Added, Change, Definition, LakeTable, Number, TableName, conform};

use crate::date_text;
use crate::job::JobOptions;
use crate::report::Report;
use crate::star::rows;
use crate::touched::{by_date, made_from};

/// Application of this job's commits.
const APPLICATION: &str = "weir.metrics";
const TABLE: TableName = TableName::DailyMetrics;
const FACTS: TableName = TableName::FactTransactions;

const QUERY: &str = "SELECT event_date, count(*) AS transactions, sum(amount_minor) AS amount_minor, \
    min(currency) AS currency, count(DISTINCT customer_key) AS customers, count(is_fraud) AS labelled, \
    count(*) FILTER (WHERE is_fraud) AS frauds, \
    coalesce(sum(amount_minor) FILTER (WHERE is_fraud), 0) AS fraud_amount_minor, \
    count(*) FILTER (WHERE outcome = 'approve') AS approved, \
    count(*) FILTER (WHERE outcome = 'review') AS reviewed, \
    count(*) FILTER (WHERE outcome = 'decline') AS declined, \
    count(*) FILTER (WHERE outcome = 'decline' AND is_fraud) AS declined_frauds, \
    count(*) FILTER (WHERE outcome = 'decline' AND NOT is_fraud) AS declined_legit \
    FROM gold.fact_transactions WHERE event_date IN (DATES) GROUP BY event_date ORDER BY event_date";

pub(crate) async fn run(lake: &Lake, options: &JobOptions) -> anyhow::Result<Report> {
    let Some(facts) = Box::pin(LakeTable::open(lake, FACTS)).await? else { return Ok(Report::default()) };
    let definition = Definition::of(TABLE, &[]);
    let mut table = Box::pin(LakeTable::open_or_create(lake, &definition)).await?;
    let dates = match &options.dates {
        Some(dates) => dates.clone(),
        None => changed(&facts, &table).await?,
    };
    let mut report = Report { dates, ..Report::default() };
    report.versions_read.insert(FACTS.to_string(), facts.version());
    if report.dates.is_empty() || options.dry_run {
        return Ok(report);
    }
    let mut batches = kept(lake, &table, &report.dates).await?;
    let list = report.dates.iter().map(|date| format!("DATE '{date}'")).collect::<Vec<_>>().join(", ");
    batches.extend(Box::pin(weir_sql::batches(lake, &QUERY.replace("DATES", &list))).await?);
    let schema = &definition.schema;
    let batches = batches.iter().map(|rows| conform(rows, schema)).collect::<Result<Vec<_>, _>>()?;
    let file = table.encoder(&definition)?.encode(None, &batches)?;
    report.bytes_written = file.size_bytes() as u64;
    let mut added = Added::default();
    file.put(lake, &mut added).await?;
    report.rows_written = added.rows;
    let mut change = Change::replacing(added, table.files()?, APPLICATION, Number::Following);
    if options.dates.is_none() {
        change.also.push((made_from("metrics", FACTS), i64::try_from(facts.version())?));
    }
    let version = Box::pin(table.commit(lake, change)).await?;
    report.versions_written.insert(TABLE.to_string(), version);
    Ok(report)
}

async fn changed(facts: &LakeTable, table: &LakeTable) -> anyhow::Result<BTreeSet<String>> {
    let all = || anyhow::Ok(by_date(facts)?.into_keys().collect());
    let seen = table.number(&made_from("metrics", FACTS)).await?;
    let Some(seen) = seen.and_then(|version| u64::try_from(version).ok()) else { return all() };
    if seen >= facts.version() {
        return Ok(BTreeSet::new());
    }
    let Some(versions) = facts.added_since(seen).await? else { return all() };
    Ok(versions.into_iter().flat_map(|(_, files)| files).filter_map(|file| file.partition).collect())
}

/// Rows of the days that stay as they are.
async fn kept(lake: &Lake, table: &LakeTable, dates: &BTreeSet<String>) -> anyhow::Result<Vec<RecordBatch>> {
    let mut kept = Vec::new();
    for batch in rows(lake, table, None).await? {
        let days = batch.column_by_name("event_date").and_then(|column| column.as_primitive_opt());
        let days: &arrow::array::PrimitiveArray<Date32Type> = days.context("`event_date` holds no days")?;
        let stays = (0..days.len()).map(|row| Some(!dates.contains(&date_text(days.value(row)))));
        kept.push(filter_record_batch(&batch, &stays.collect::<BooleanArray>())?);
    }
    Ok(kept)
}
