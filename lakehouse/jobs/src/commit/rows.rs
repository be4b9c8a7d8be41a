//! From the rows of a plan to data files.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context;
use arrow::array::{Array, AsArray, BooleanArray, Date32Array, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{SchemaRef, TimestampMicrosecondType};
use futures::TryStreamExt;
use weir_engine::Lake;
use weir_events::Sequence;
use weir_landing::{ARRIVED_AT, Plan, PlannedFile, SEQUENCE};
use weir_tables::{ARRIVAL_DATE, Added, LakeTable, TableName, conform, read};

use super::{CommitMetrics, CommitSettings, outbox};

/// Writes the rows of a plan that belong to a table.
pub(crate) async fn write(
    lake: &Lake,
    table: &LakeTable,
    plan: &Plan,
    settings: &CommitSettings,
    effects: &mut Effects,
    metrics: &mut CommitMetrics,
) -> anyhow::Result<Added> {
    let mut writer = table.writer()?;
    let schema = table.schema()?;
    for file in &plan.files {
        let kept = if table.name() == TableName::SilverLabelEffects { effects.take(file) } else { None };
        if let Some(batches) = kept {
            for batch in batches {
                if let Some(rows) = table_rows(table.name(), &batch, &schema, settings, metrics)? {
                    writer.write(rows).await?;
                }
            }
            continue;
        }
        metrics.files_read += 1;
        let mut kept = Vec::new();
        let mut batches = read(lake, &file.path, None).await?;
        while let Some(batch) = batches.try_next().await.with_context(|| unreadable(file))? {
            let counted = counted(&batch, file).with_context(|| unreadable(file))?;
            if table.name() == TableName::SilverDecisions {
                kept.extend(outbox::effects_alone(&counted)?);
            }
            if let Some(rows) = table_rows(table.name(), &counted, &schema, settings, metrics)? {
                writer.write(rows).await?;
            }
        }
        if table.name() == TableName::SilverDecisions {
            effects.keep(file, kept);
        }
    }
    Ok(writer.finish().await?)
}

/// Rows of label effects, of files that were read for their decisions: then they need not be read once more, and
/// effects are few and small beside decisions.
#[derive(Debug, Default)]
pub(crate) struct Effects(HashMap<String, Vec<RecordBatch>>);

impl Effects {
    fn keep(&mut self, file: &PlannedFile, rows: Vec<RecordBatch>) {
        self.0.insert(file.path.clone(), rows);
    }

    /// The rows of a file; `None` if it was not read.
    fn take(&mut self, file: &PlannedFile) -> Option<Vec<RecordBatch>> {
        self.0.remove(&file.path)
    }
}

fn unreadable(file: &PlannedFile) -> String {
    format!("cannot read landing file `{}`", file.path)
}

/// The rows of a batch that count in this plan.
fn counted(batch: &RecordBatch, file: &PlannedFile) -> anyhow::Result<RecordBatch> {
    let sequences = batch.column_by_name(SEQUENCE).context("it has no column `sequence`")?;
    let sequences = sequences.as_string_opt::<i32>().context("its column `sequence` is no text")?;
    let counts = |text: Option<&str>| Some(file.counts(&Sequence::new(text.unwrap_or_default())));
    let mask = sequences.iter().map(counts).collect::<BooleanArray>();
    if mask.true_count() == mask.len() { Ok(batch.clone()) } else { Ok(filter_record_batch(batch, &mask)?) }
}

fn table_rows(
    table: TableName,
    landed: &RecordBatch,
    schema: &SchemaRef,
    settings: &CommitSettings,
    metrics: &mut CommitMetrics,
) -> anyhow::Result<Option<RecordBatch>> {
    let rows = match table {
        TableName::SilverDecisions => outbox::decisions(landed, &settings.feature_names, metrics)?,
        TableName::SilverLabelEffects => outbox::label_effects(landed)?,
        _ => Some(with_arrival_date(landed)?),
    };
    let Some(rows) = rows else { return Ok(None) };
    Ok(Some(conform(&rows, schema)?))
}

fn with_arrival_date(landed: &RecordBatch) -> anyhow::Result<RecordBatch> {
    with_date(landed, ARRIVED_AT, ARRIVAL_DATE)
}

/// The rows with one more column: the UTC day of a time column.
pub(crate) fn with_date(rows: &RecordBatch, time: &str, date: &str) -> anyhow::Result<RecordBatch> {
    let times = rows.column_by_name(time).with_context(|| format!("there is no column `{time}`"))?;
    let times = times.as_primitive_opt::<TimestampMicrosecondType>();
    let times = times.with_context(|| format!("column `{time}` does not hold microseconds"))?;
    let days = times.iter().map(|micros| micros.map(crate::day)).collect::<Date32Array>();
    with_column(rows, date, Arc::new(days))
}

/// The rows with one more column.
pub(crate) fn with_column(
    rows: &RecordBatch,
    name: &str,
    column: arrow::array::ArrayRef,
) -> anyhow::Result<RecordBatch> {
    let mut fields = rows.schema().fields().iter().cloned().collect::<Vec<_>>();
    fields.push(Arc::new(arrow::datatypes::Field::new(name, column.data_type().clone(), true)));
    let mut columns = rows.columns().to_vec();
    columns.push(column);
    Ok(RecordBatch::try_new(Arc::new(arrow::datatypes::Schema::new(fields)), columns)?)
}
