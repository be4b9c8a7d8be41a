//! Samples, and feature files read back.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;
use weir_bulk::{BulkError, Request, Summary, features};

/// A committed sample.
pub(crate) fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/samples").join(name)
}

/// A copy of a sample in a folder of its own, so that rejects of two tests do not meet.
pub(crate) fn copy(folder: &TempDir, name: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::copy(sample(name), &path).unwrap();
    path
}

pub(crate) fn write(request: &Request) -> Result<Summary, BulkError> {
    features(request, &mut |_progress| ())
}

/// A feature file read back: names, and columns of numbers, NaN where missing.
pub(crate) struct Table {
    pub(crate) ids: Vec<String>,
    pub(crate) names: Vec<String>,
    pub(crate) columns: Vec<Vec<f64>>,
}

impl Table {
    pub(crate) fn column(&self, name: &str) -> &[f64] {
        let place = self.names.iter().position(|known| known == name);
        &self.columns[place.unwrap_or_else(|| panic!("no column {name}"))]
    }
}

pub(crate) fn batches(path: &Path) -> Vec<RecordBatch> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    builder.build().unwrap().map(Result::unwrap).collect()
}

pub(crate) fn read(path: &Path) -> Table {
    let batches = batches(path);
    let schema = batches[0].schema();
    let names: Vec<String> = schema.fields().iter().skip(1).map(|field| field.name().clone()).collect();
    let mut table = Table { ids: Vec::new(), columns: vec![Vec::new(); names.len()], names };
    for batch in &batches {
        table.ids.extend(texts(batch.column(0)));
        for (column, array) in table.columns.iter_mut().zip(&batch.columns()[1..]) {
            column.extend(numbers(array));
        }
    }
    table
}

fn texts(array: &ArrayRef) -> Vec<String> {
    let text = |row| match array.data_type() {
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
        _ => array.as_string::<i32>().value(row).to_owned(),
    };
    (0..array.len()).map(text).collect()
}

fn numbers(array: &ArrayRef) -> Vec<f64> {
    let number = |row| match array.data_type() {
        _ if array.is_null(row) => f64::NAN,
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row) as f64,
        DataType::Boolean => f64::from(u8::from(array.as_boolean().value(row))),
        _ => array.as_primitive::<Float64Type>().value(row),
    };
    (0..array.len()).map(number).collect()
}
