//! Results as comma separated values.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::csv::WriterBuilder;
use datafusion::execution::SendableRecordBatchStream;
use futures::TryStreamExt;

use crate::SqlError;

/// Writes a header and every row.
pub(crate) async fn write(
    mut rows: SendableRecordBatchStream,
    output: &mut (dyn Write + Send),
) -> Result<(u64, u64), SqlError> {
    let mut writer = WriterBuilder::new().with_header(true).build(output);
    let mut written = 0;
    writer.write(&RecordBatch::new_empty(rows.schema()))?;
    while let Some(batch) = rows.try_next().await.map_err(SqlError::execute)? {
        writer.write(&batch)?;
        written += batch.num_rows() as u64;
    }
    Ok((written, written))
}
