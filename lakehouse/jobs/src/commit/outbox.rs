//! Outbox entries as rows of the decisions' tables.

use std::sync::Arc;

use anyhow::Context;
use arrow::array::{ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray};
use arrow::compute::filter_record_batch;
use tracing::error;
use weir_events::{Decision, LabelEffect, OutboxEntry};
use weir_landing::{PAYLOAD, SEQUENCE};
use weir_tables::{EVENT_DATE, OUTBOX_SEQUENCE};

use super::CommitMetrics;
use super::rows::{with_column, with_date};

/// How an entry of the other kind begins; looking at that is cheaper than decoding it.
const DECISION: &str = r#"{"kind":"decision""#;
const LABEL_EFFECT: &str = r#"{"kind":"label_effect""#;

/// Rows of `silver.decisions`; `None` if there are none.
pub(crate) fn decisions(
    landed: &RecordBatch,
    feature_names: &[String],
    metrics: &mut CommitMetrics,
) -> anyhow::Result<Option<RecordBatch>> {
    let (mut events, mut sequences) = (Vec::new(), Vec::new());
    for (sequence, payload) in entries(landed, LABEL_EFFECT)? {
        match OutboxEntry::from_json(payload.as_bytes()) {
            Ok(OutboxEntry::Decision(decision)) => {
                events.push(fitted(*decision, feature_names.len(), metrics));
                sequences.push(sequence);
            }
            Ok(OutboxEntry::LabelEffect(_)) => {}
            Err(_) => {
                metrics.undecodable += 1;
                error!(outbox.sequence = sequence, "outbox entry is not of this schema and was passed over");
            }
        }
    }
    let names = feature_names.iter().map(String::as_str).collect::<Vec<_>>();
    let rows = weir_events::arrow::decisions(&events, &names)?;
    finished(&rows, sequences, "occurred_at")
}

/// Rows of `silver.label_effects`; `None` if there are none.
pub(crate) fn label_effects(landed: &RecordBatch) -> anyhow::Result<Option<RecordBatch>> {
    let (mut events, mut sequences) = (Vec::<LabelEffect>::new(), Vec::new());
    for (sequence, payload) in entries(landed, DECISION)? {
        if let Ok(OutboxEntry::LabelEffect(effect)) = OutboxEntry::from_json(payload.as_bytes()) {
            events.push(effect);
            sequences.push(sequence);
        }
    }
    finished(&weir_events::arrow::label_effects(&events)?, sequences, "known_at")
}

/// The landed rows that are no decisions; `None` if there are none.
pub(crate) fn effects_alone(landed: &RecordBatch) -> anyhow::Result<Option<RecordBatch>> {
    let is_other = |payload: Option<&str>| payload.map(|text| !text.starts_with(DECISION));
    let mask = texts(landed, PAYLOAD)?.iter().map(is_other).collect::<BooleanArray>();
    if mask.true_count() == 0 { Ok(None) } else { Ok(Some(filter_record_batch(landed, &mask)?)) }
}

/// A decision of another feature set keeps everything but its vector, which has no columns here.
fn fitted(mut decision: Decision, features: usize, metrics: &mut CommitMetrics) -> Decision {
    if decision.vector.0.len() != features {
        metrics.without_features += 1;
        decision.vector.0 = vec![f64::NAN; features];
    }
    decision
}

fn entries<'a>(landed: &'a RecordBatch, other: &str) -> anyhow::Result<Vec<(&'a str, &'a str)>> {
    let sequences = texts(landed, SEQUENCE)?;
    let payloads = texts(landed, PAYLOAD)?;
    let wanted = sequences.iter().zip(payloads.iter()).filter_map(|(sequence, payload)| {
        let payload = payload.filter(|text| !text.starts_with(other))?;
        Some((sequence.unwrap_or_default(), payload))
    });
    Ok(wanted.collect())
}

/// A text column of landed rows.
pub(crate) fn texts<'a>(rows: &'a RecordBatch, name: &str) -> anyhow::Result<&'a StringArray> {
    let column = rows.column_by_name(name).with_context(|| format!("there is no column `{name}`"))?;
    column.as_string_opt::<i32>().with_context(|| format!("column `{name}` is no text"))
}

fn finished(rows: &RecordBatch, sequences: Vec<&str>, time: &str) -> anyhow::Result<Option<RecordBatch>> {
    if rows.num_rows() == 0 {
        return Ok(None);
    }
    let sequences: ArrayRef = Arc::new(StringArray::from(sequences));
    Ok(Some(with_date(&with_column(rows, OUTBOX_SEQUENCE, sequences)?, time, EVENT_DATE)?))
}
