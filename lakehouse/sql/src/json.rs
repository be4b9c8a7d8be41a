//! Results as an array of objects.

use std::io::Write;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use arrow::json::WriterBuilder;
use arrow::json::writer::JsonArray;
use datafusion::execution::SendableRecordBatchStream;
use futures::TryStreamExt;

use crate::SqlError;

/// Writes every row; nulls are written as such.
pub(crate) async fn write(
    mut rows: SendableRecordBatchStream,
    output: &mut (dyn Write + Send),
) -> Result<(u64, u64), SqlError> {
    let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, JsonArray>(output);
    let mut written = 0;
    while let Some(batch) = rows.try_next().await.map_err(SqlError::execute)? {
        writer.write(&with_text_ids(&batch)?)?;
        written += batch.num_rows() as u64;
    }
    writer.finish()?;
    writeln!(writer.into_inner())?;
    Ok((written, written))
}

/// 64-bit ids as texts: readers that hold numbers as floats would round them.
fn with_text_ids(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let schema = batch.schema();
    let mut fields = Vec::new();
    let mut columns = Vec::new();
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        if is_id(field) {
            fields.push(Arc::new(Field::new(field.name(), DataType::Utf8, true)));
            columns.push(cast(column, &DataType::Utf8)?);
        } else {
            fields.push(Arc::clone(field));
            columns.push(Arc::clone(column));
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

fn is_id(field: &Field) -> bool {
    let is_named_so = ["id", "key", "sequence"].iter().any(|ending| {
        field.name().strip_suffix(ending).is_some_and(|start| start.is_empty() || start.ends_with('_'))
    });
    is_named_so && matches!(field.data_type(), DataType::Int64 | DataType::UInt64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_of_64_bits_become_texts() {
        let field = |name, kind| Field::new(name, kind, true);
        assert!(is_id(&field("customer_key", DataType::Int64)));
        assert!(is_id(&field("id", DataType::Int64)));
        assert!(is_id(&field("outbox_sequence", DataType::Int64)));
        assert!(!is_id(&field("paid", DataType::Int64)));
        assert!(!is_id(&field("count(*)", DataType::Int64)));
        assert!(!is_id(&field("key_id", DataType::Int32)));
    }
}
