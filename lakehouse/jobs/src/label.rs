//! Makes `silver.labelled_transactions`: what was known of each transaction from one moment to another.
//!
//! A transaction has a row without a label from when it occurred, and one for each label from when that became known,
//! until the next did. At any moment exactly one of them holds, so that training as of a day reads what was known on it:
//! `known_from <= t AND (known_until IS NULL OR known_until > t)`. Dates whose transactions or labels have changed are
//! replaced as a whole.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Context;
use arrow::array::{ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::TimestampMicrosecondType;
use futures::TryStreamExt;
use weir_engine::Lake;
use weir_tables::{Added, Change, DataFile, Definition, LakeTable, Number, TableName, read};

use crate::commit::texts;
use crate::job::JobOptions;
use crate::report::{Listener, Progress, Report};
use crate::surrogate::{HashedMap, id_hash};
use crate::touched::{Sources, by_date, made_from, touched};

/// Application of this job's commits.
const APPLICATION: &str = "weir.label";
const JOB: &str = "label";
const TABLE: TableName = TableName::SilverLabelledTransactions;

/// Labels of a transaction: when each became known, what it says, who says so.
type Labels = HashedMap<u128, Vec<(i64, bool, Arc<str>)>>;

pub(crate) async fn run(lake: &Lake, options: &JobOptions, listener: Listener<'_>) -> anyhow::Result<Report> {
    let Some(mut sources) = Sources::open(lake).await? else { return Ok(Report::default()) };
    sources.decisions = None;
    let definition = Definition::of(TABLE, &[]);
    let mut table = Box::pin(LakeTable::open_or_create(lake, &definition)).await?;
    let dates = match &options.dates {
        Some(dates) => dates.clone(),
        None => Box::pin(touched(lake, JOB, &table, &sources)).await?,
    };
    let mut report = Report { versions_read: sources.versions(), dates, ..Report::default() };
    let Some(first) = report.dates.first().cloned().filter(|_| !options.dry_run) else { return Ok(report) };
    let labels = labels(lake, sources.labels.as_ref(), &first).await?;
    let files = by_date(&sources.transactions)?;
    let (encoder, mut added) = (table.encoder(&definition)?, Added::default());
    let total = report.dates.len() as u64;
    for (date, done) in report.dates.clone().into_iter().zip(1..) {
        let Some(files) = files.get(&date) else { continue };
        let rows = of_date(lake, files, &labels, &mut report).await?;
        let encoder = encoder.clone();
        let file = tokio::task::spawn_blocking(move || encoder.encode(Some(&date), &[rows])).await??;
        report.bytes_written += file.size_bytes() as u64;
        file.put(lake, &mut added).await?;
        listener(Progress { done, total, what: "dates".to_owned() });
    }
    report.rows_written = added.rows;
    let version = replace(lake, &mut table, &report.dates, added, &sources, options).await?;
    report.versions_written.insert(TABLE.to_string(), version);
    Ok(report)
}

async fn replace(
    lake: &Lake,
    table: &mut LakeTable,
    dates: &BTreeSet<String>,
    added: Added,
    sources: &Sources,
    options: &JobOptions,
) -> anyhow::Result<u64> {
    let files = table.files()?.into_iter();
    let removed = files.filter(|file| file.partition.as_ref().is_none_or(|date| dates.contains(date)));
    let removed = removed.collect::<Vec<DataFile>>();
    let mut change = Change::replacing(added, removed, APPLICATION, Number::Following);
    if options.dates.is_none() {
        for source in sources.tables() {
            change.also.push((made_from(JOB, source.name()), i64::try_from(source.version())?));
        }
    }
    Ok(Box::pin(table.commit(lake, change)).await?)
}

async fn labels(lake: &Lake, table: Option<&LakeTable>, from: &str) -> anyhow::Result<Labels> {
    let mut labels = Labels::default();
    let Some(table) = table else { return Ok(labels) };
    let mut sources = std::collections::BTreeSet::<Arc<str>>::new();
    for file in table.files()?.iter().filter(|file| file.partition.as_deref().is_none_or(|date| date >= from))
    {
        let path = format!("{}/{}", TableName::SilverLabels.folder(), file.path);
        let columns = ["transaction_id", "is_fraud", "known_at", "source"];
        let mut batches = read(lake, &path, Some(&columns)).await?;
        while let Some(rows) = batches.try_next().await? {
            let (ids, names) = (texts(&rows, "transaction_id")?, texts(&rows, "source")?);
            let frauds = rows.column_by_name("is_fraud").and_then(|column| column.as_boolean_opt());
            let frauds = frauds.context("`is_fraud` holds no flags")?;
            let times = times(&rows, "known_at")?;
            for row in 0..rows.num_rows() {
                let name = names.value(row);
                let source = match sources.get(name) {
                    Some(source) => Arc::clone(source),
                    None => {
                        let source = Arc::<str>::from(name);
                        sources.insert(Arc::clone(&source));
                        source
                    }
                };
                let label = (times.value(row), frauds.value(row), source);
                labels.entry(id_hash(ids.value(row))).or_default().push(label);
            }
        }
    }
    labels.values_mut().for_each(|labels| labels.sort_unstable());
    Ok(labels)
}

fn times<'a>(rows: &'a RecordBatch, name: &str) -> anyhow::Result<&'a TimestampMicrosecondArray> {
    let column = rows.column_by_name(name);
    let column = column.and_then(|column| column.as_primitive_opt::<TimestampMicrosecondType>());
    column.with_context(|| format!("`{name}` holds no times"))
}

async fn of_date(
    lake: &Lake,
    files: &[DataFile],
    labels: &Labels,
    report: &mut Report,
) -> anyhow::Result<RecordBatch> {
    let (mut ids, mut occurred) = (Vec::new(), Vec::new());
    let (mut from, mut until) = (Vec::new(), Vec::<Option<i64>>::new());
    let (mut frauds, mut sources) = (Vec::<Option<bool>>::new(), Vec::<Option<Arc<str>>>::new());
    for file in files {
        let path = format!("{}/{}", TableName::SilverTransactions.folder(), file.path);
        let mut batches = read(lake, &path, Some(&["transaction_id", "occurred_at"])).await?;
        while let Some(rows) = batches.try_next().await? {
            let (names, times) = (texts(&rows, "transaction_id")?, times(&rows, "occurred_at")?);
            report.rows_read += rows.num_rows() as u64;
            for row in 0..rows.num_rows() {
                let (name, at) = (names.value(row), times.value(row));
                let of_it = labels.get(&id_hash(name)).map(Vec::as_slice).unwrap_or_default();
                let first = of_it.first().map(|label| label.0);
                let unlabelled = first.is_none_or(|known| known > at).then_some((at, None, None));
                let labelled =
                    of_it.iter().map(|label| (label.0.max(at), Some(label.1), Some(Arc::clone(&label.2))));
                let moments = unlabelled.into_iter().chain(labelled).collect::<Vec<_>>();
                for (place, (known_from, fraud, source)) in moments.iter().enumerate() {
                    ids.push(name.to_owned());
                    occurred.push(at);
                    from.push(*known_from);
                    until.push(moments.get(place + 1).map(|next| next.0));
                    frauds.push(*fraud);
                    sources.push(source.clone());
                }
            }
        }
    }
    let moments = |times: TimestampMicrosecondArray| -> ArrayRef { Arc::new(times.with_timezone("UTC")) };
    let columns: [(&str, ArrayRef); 6] = [
        ("transaction_id", Arc::new(StringArray::from(ids))),
        ("occurred_at", moments(TimestampMicrosecondArray::from(occurred))),
        ("known_from", moments(TimestampMicrosecondArray::from(from))),
        ("known_until", moments(TimestampMicrosecondArray::from(until))),
        ("is_fraud", Arc::new(BooleanArray::from(frauds))),
        ("source", Arc::new(sources.iter().map(Option::as_deref).collect::<StringArray>())),
    ];
    Ok(RecordBatch::try_from_iter(columns)?)
}
