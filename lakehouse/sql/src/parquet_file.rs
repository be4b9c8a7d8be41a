//! Results as a Parquet file.

use std::io::Write;

use datafusion::execution::SendableRecordBatchStream;
use futures::TryStreamExt;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::SqlError;

/// Writes every row.
pub(crate) async fn write(
    mut rows: SendableRecordBatchStream,
    output: &mut (dyn Write + Send),
) -> Result<(u64, u64), SqlError> {
    let compression = Compression::ZSTD(ZstdLevel::try_new(1)?);
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer = ArrowWriter::try_new(output, rows.schema(), Some(properties))?;
    let mut written = 0;
    while let Some(batch) = rows.try_next().await.map_err(SqlError::execute)? {
        writer.write(&batch)?;
        written += batch.num_rows() as u64;
    }
    writer.close()?;
    Ok((written, written))
}
