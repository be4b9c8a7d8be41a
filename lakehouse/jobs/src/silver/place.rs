//! Which of two rows arrived first.

use std::cmp::Ordering;

use anyhow::Context;
use arrow::array::{AsArray, Int32Array, PrimitiveArray, RecordBatch, StringArray};
use arrow::datatypes::{Int32Type, TimestampMicrosecondType};
use weir_events::Sequence;
use weir_landing::{ARRIVED_AT, SEQUENCE, SHARD, STREAM, SUB};

use crate::commit::texts;

/// Columns that say when and where the rows of a batch arrived.
pub(crate) struct Places<'a> {
    arrived_at: &'a PrimitiveArray<TimestampMicrosecondType>,
    stream: &'a StringArray,
    shard: &'a StringArray,
    sequence: &'a StringArray,
    sub: &'a Int32Array,
}

impl<'a> Places<'a> {
    pub(crate) fn of(rows: &'a RecordBatch) -> anyhow::Result<Self> {
        let column = |name| rows.column_by_name(name).with_context(|| format!("there is no column `{name}`"));
        let arrived_at = column(ARRIVED_AT)?.as_primitive_opt();
        let sub = column(SUB)?.as_primitive_opt::<Int32Type>();
        Ok(Self {
            arrived_at: arrived_at
                .with_context(|| format!("column `{ARRIVED_AT}` does not hold microseconds"))?,
            stream: texts(rows, STREAM)?,
            shard: texts(rows, SHARD)?,
            sequence: texts(rows, SEQUENCE)?,
            sub: sub.with_context(|| format!("column `{SUB}` does not hold 32-bit integers"))?,
        })
    }

    /// Order of a row of this batch and one of another: by arrival, then by position.
    pub(crate) fn compare(&self, row: usize, other: &Places<'_>, other_row: usize) -> Ordering {
        let sequence = |places: &Places<'_>, at: usize| Sequence::new(places.sequence.value(at));
        (self.arrived_at.value(row).cmp(&other.arrived_at.value(other_row)))
            .then_with(|| self.stream.value(row).cmp(other.stream.value(other_row)))
            .then_with(|| self.shard.value(row).cmp(other.shard.value(other_row)))
            .then_with(|| sequence(self, row).cmp(&sequence(other, other_row)))
            .then_with(|| self.sub.value(row).cmp(&other.sub.value(other_row)))
    }
}
