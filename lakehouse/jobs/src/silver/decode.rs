//! Bronze rows as events.

use std::sync::Arc;

use anyhow::Context;
use arrow::array::{RecordBatch, UInt32Array};
use arrow::compute::take;
use arrow::datatypes::{Field, Schema};
use weir_events::{EventError, Label, SealedTransaction};
use weir_landing::PAYLOAD;
use weir_tables::{EVENT_DATE, POSITION};

use super::kind::Kind;
use super::metrics::SilverTableMetrics;
use crate::commit::{texts, with_date};

/// The events of bronze rows with their positions and event dates; rows that hold no event are counted.
pub(crate) fn decode(
    kind: Kind,
    bronze: &RecordBatch,
    metrics: &mut SilverTableMetrics,
) -> anyhow::Result<RecordBatch> {
    let (events, decoded) = match kind {
        Kind::Transactions => {
            let (transactions, rows) = parse(bronze, SealedTransaction::from_json)?;
            (weir_events::arrow::transactions(&transactions)?, rows)
        }
        Kind::Labels => {
            let (labels, rows) = parse(bronze, Label::from_json)?;
            (weir_events::arrow::labels(&labels)?, rows)
        }
    };
    metrics.read += bronze.num_rows() as u64;
    metrics.undecodable += (bronze.num_rows() - decoded.len()) as u64;
    with_date(&with_positions(&events, bronze, &UInt32Array::from(decoded))?, kind.time(), EVENT_DATE)
}

/// Events, and the rows that hold them; read as the scorer reads them, so that both pass over the same rows.
fn parse<T>(
    bronze: &RecordBatch,
    from_json: fn(&[u8]) -> Result<T, EventError>,
) -> anyhow::Result<(Vec<T>, Vec<u32>)> {
    let payloads = texts(bronze, PAYLOAD)?;
    let decoded = payloads.iter().zip(0u32..).filter_map(|(payload, row)| {
        let event = from_json(payload.unwrap_or_default().as_bytes()).ok()?;
        Some((event, row))
    });
    Ok(decoded.unzip())
}

fn with_positions(
    events: &RecordBatch,
    bronze: &RecordBatch,
    rows: &UInt32Array,
) -> anyhow::Result<RecordBatch> {
    let schema = events.schema();
    let mut fields = schema.fields().iter().cloned().collect::<Vec<_>>();
    let mut columns = events.columns().to_vec();
    for name in POSITION {
        let column = bronze.column_by_name(name).with_context(|| format!("there is no column `{name}`"))?;
        fields.push(Arc::new(Field::new(name, column.data_type().clone(), true)));
        columns.push(take(column, rows, None)?);
    }
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
}
