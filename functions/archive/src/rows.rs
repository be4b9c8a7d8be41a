//! Rows of a landing file.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, Int32Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use weir_events::{Position, RawRecord, Sequence, Timestamp};
use weir_landing as column;

/// Columns of a landing file, in order.
pub fn schema() -> SchemaRef {
    let text = |name| Field::new(name, DataType::Utf8, false);
    let moment = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    Arc::new(Schema::new(vec![
        text(column::STREAM),
        text(column::SHARD),
        text(column::SEQUENCE),
        Field::new(column::SUB, DataType::Int32, false),
        Field::new(column::ARRIVED_AT, moment, false),
        text(column::KEY),
        text(column::PAYLOAD),
    ]))
}

/// One row, not yet in columns.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) stream: &'a str,
    pub(crate) shard: &'a str,
    pub(crate) sequence: &'a Sequence,
    pub(crate) sub: u32,
    pub(crate) arrived_at: Timestamp,
    pub(crate) key: &'a str,
    pub(crate) bytes: &'a [u8],
}

impl Row<'_> {
    /// Where its record stands.
    pub(crate) fn position(&self) -> Position {
        Position {
            stream: self.stream.to_owned(),
            shard: self.shard.to_owned(),
            sequence: self.sequence.clone(),
            sub: self.sub,
        }
    }
}

impl<'a> From<&'a RawRecord> for Row<'a> {
    fn from(record: &'a RawRecord) -> Self {
        let RawRecord { position, key, bytes, arrived_at } = record;
        let Position { stream, shard, sequence, sub } = position;
        Self { stream, shard, sequence, sub: *sub, arrived_at: *arrived_at, key, bytes }
    }
}

/// Rows as one batch in their order. A payload that is not UTF-8 keeps its place, with each wrong byte as the
/// replacement character: what it held is in its dead letter.
pub(crate) fn batch(rows: &[Row<'_>]) -> Result<RecordBatch, ArrowError> {
    let sub = |row: &Row<'_>| i32::try_from(row.sub).unwrap_or(i32::MAX);
    let arrived = rows.iter().map(|row| row.arrived_at.micros());
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.stream))),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.shard))),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.sequence.as_str()))),
        Arc::new(Int32Array::from_iter_values(rows.iter().map(sub))),
        Arc::new(TimestampMicrosecondArray::from_iter_values(arrived).with_timezone("UTC")),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.key))),
        payloads(rows),
    ];
    RecordBatch::try_new(schema(), columns)
}

/// The payloads, in memory of the right size from the start.
fn payloads(rows: &[Row<'_>]) -> ArrayRef {
    let size = rows.iter().map(|row| row.bytes.len()).sum();
    let mut builder = StringBuilder::with_capacity(rows.len(), size);
    for row in rows {
        builder.append_value(text(row.bytes));
    }
    Arc::new(builder.finish())
}

/// The bytes as text; nearly all of them are one, which is checked faster than wrong bytes are looked for.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// The rows as one Parquet file.
pub(crate) fn encode(rows: &RecordBatch) -> Result<Vec<u8>, ParquetError> {
    let mut writer = ArrowWriter::try_new(Vec::new(), rows.schema(), Some(properties()?))?;
    writer.write(rows)?;
    writer.into_inner()
}

/// Zstandard; no dictionary and no statistics where each value is its own.
fn properties() -> Result<WriterProperties, ParquetError> {
    let own_values = [column::SEQUENCE, column::KEY, column::PAYLOAD];
    let start = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_column_statistics_enabled(ColumnPath::from(column::PAYLOAD), EnabledStatistics::None);
    let builder = own_values
        .into_iter()
        .fold(start, |builder, name| builder.set_column_dictionary_enabled(ColumnPath::from(name), false));
    Ok(builder.build())
}
