//! Reading Parquet files of the lake directly, a few columns at a time.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, new_null_array};
use arrow::compute::cast;
use arrow::datatypes::{Field, SchemaRef};
use arrow::error::ArrowError;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use parquet::arrow::arrow_reader::ArrowReaderOptions;
use parquet::arrow::async_reader::{AsyncFileReader, ParquetRecordBatchStream};
use parquet::arrow::{ParquetRecordBatchStreamBuilder, ProjectionMask};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use weir_engine::Lake;

use crate::TablesError;

/// Batches of one Parquet file.
pub type BatchStream = ParquetRecordBatchStream<StoredFile>;

/// A Parquet file in the lake's object store.
#[derive(Debug)]
pub struct StoredFile {
    store: Arc<dyn ObjectStore>,
    path: Path,
    size_bytes: u64,
}

impl AsyncFileReader for StoredFile {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, ParquetResult<Bytes>> {
        async move { Ok(self.store.get_range(&self.path, range).await?) }.boxed()
    }

    fn get_byte_ranges(&mut self, ranges: Vec<Range<u64>>) -> BoxFuture<'_, ParquetResult<Vec<Bytes>>> {
        async move { Ok(self.store.get_ranges(&self.path, &ranges).await?) }.boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        _options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, ParquetResult<Arc<ParquetMetaData>>> {
        async move {
            let size_bytes = self.size_bytes;
            let reader = ParquetMetaDataReader::new().with_prefetch_hint(Some(FOOTER_BYTES));
            Ok(Arc::new(reader.load_and_finish(self, size_bytes).await?))
        }
        .boxed()
    }
}

/// Bytes at the end of a file that are read at once in the hope that they hold its whole footer.
const FOOTER_BYTES: usize = 16 << 10;

/// Batches of a Parquet file at a path under the lake's root, with these of its columns (all of them if `None`).
///
/// # Errors
/// `Missing` if there is no such file; `Read` if it cannot be read.
pub async fn read(lake: &Lake, path: &str, columns: Option<&[&str]>) -> Result<BatchStream, TablesError> {
    let failed = |source: ParquetError| TablesError::Read { path: path.to_owned(), source };
    let store = lake.store();
    let place = Path::from(path);
    let size_bytes = match store.head(&place).await {
        Ok(found) => found.size,
        Err(object_store::Error::NotFound { .. }) => {
            return Err(TablesError::Missing { path: path.to_owned() });
        }
        Err(error) => return Err(failed(error.into())),
    };
    let file = StoredFile { store, path: place, size_bytes };
    let builder = Box::pin(ParquetRecordBatchStreamBuilder::new(file)).await.map_err(failed)?;
    let mask = match columns {
        Some(names) => ProjectionMask::columns(builder.parquet_schema(), names.iter().copied()),
        None => ProjectionMask::all(),
    };
    builder.with_projection(mask).build().map_err(failed)
}

/// The rows with the columns of another schema: matched by name, null where they lack one.
///
/// # Errors
/// If a column has a type that cannot become the one asked for.
pub fn conform(rows: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let column = |field: &Arc<Field>| -> Result<ArrayRef, ArrowError> {
        match rows.column_by_name(field.name()) {
            Some(column) if column.data_type() == field.data_type() => Ok(Arc::clone(column)),
            Some(column) => cast(column, field.data_type()),
            None => Ok(new_null_array(field.data_type(), rows.num_rows())),
        }
    };
    let columns = schema.fields().iter().map(column).collect::<Result<Vec<_>, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(rows.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)
}
