//! Rows of a landing file.

use std::sync::Arc;

use arrow_array::{ArrayRef, Int32Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use weir_events::RawRecord;
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

/// Records as one batch of rows in their order. A payload that is not UTF-8 keeps its place, with each wrong
/// byte as the replacement character: what it held is in its dead letter.
pub(crate) fn batch(records: &[RawRecord]) -> Result<RecordBatch, ArrowError> {
    let sub = |record: &RawRecord| i32::try_from(record.position.sub).unwrap_or(i32::MAX);
    let arrived = records.iter().map(|record| record.arrived_at.micros());
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(records.iter().map(|record| &record.position.stream))),
        Arc::new(StringArray::from_iter_values(records.iter().map(|record| &record.position.shard))),
        Arc::new(StringArray::from_iter_values(
            records.iter().map(|record| record.position.sequence.as_str()),
        )),
        Arc::new(Int32Array::from_iter_values(records.iter().map(sub))),
        Arc::new(TimestampMicrosecondArray::from_iter_values(arrived).with_timezone("UTC")),
        Arc::new(StringArray::from_iter_values(records.iter().map(|record| &record.key))),
        Arc::new(StringArray::from_iter_values(
            records.iter().map(|record| String::from_utf8_lossy(&record.bytes)),
        )),
    ];
    RecordBatch::try_new(schema(), columns)
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
