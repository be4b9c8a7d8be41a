//! One column of a Parquet file.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::{DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::serialized_reader::SerializedPageReader;

/// Values read at a time.
const BATCH: usize = 65_536;

/// Where a column is, and how far to read it.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) path: &'a Path,
    pub(crate) metadata: &'a ParquetMetaData,
    /// Place among the file's columns.
    pub(crate) column: usize,
    /// Whether integers have 32 bits.
    pub(crate) is_narrow: bool,
    /// Rows to read.
    pub(crate) rows: usize,
}

/// Gives `take` each value of a column of integers or times; `false` if one is missing or `take` says so.
pub(crate) fn integers(place: Place<'_>, mut take: impl FnMut(i64) -> bool) -> Result<bool, ParquetError> {
    if place.is_narrow {
        return batches::<Int32Type>(place, |batch| batch.iter().all(|value| take(i64::from(*value))));
    }
    batches::<Int64Type>(place, |batch| batch.iter().all(|value| take(*value)))
}

/// The same for a column of floating-point numbers.
pub(crate) fn reals(place: Place<'_>, mut take: impl FnMut(f64) -> bool) -> Result<bool, ParquetError> {
    batches::<DoubleType>(place, |batch| batch.iter().all(|value| take(*value)))
}

fn batches<T: DataType>(
    place: Place<'_>,
    mut take: impl FnMut(&[T::T]) -> bool,
) -> Result<bool, ParquetError> {
    // A handle of its own: handles made from another share its position in the file.
    let file = Arc::new(File::open(place.path)?);
    let (mut left, mut batch, mut levels) = (place.rows, Vec::with_capacity(BATCH), Vec::new());
    for group in place.metadata.row_groups() {
        let chunk = group.column(place.column);
        let pages = SerializedPageReader::new(Arc::clone(&file), chunk, group.num_rows() as usize, None)?;
        let mut column = ColumnReaderImpl::<T>::new(chunk.column_descr_ptr(), Box::new(pages));
        while left > 0 {
            batch.clear();
            levels.clear();
            let (rows, found, _) =
                column.read_records(left.min(BATCH), Some(&mut levels), None, &mut batch)?;
            if rows == 0 {
                break;
            }
            if found < rows || !take(&batch) {
                return Ok(false);
            }
            left -= rows;
        }
    }
    Ok(left == 0)
}
