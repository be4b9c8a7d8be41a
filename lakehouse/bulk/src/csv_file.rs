//! Output in CSV.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;

use crate::BulkError;
use crate::chunk::Chunk;
use crate::columns::Column;
use crate::output::Output;
use crate::unfinished::Unfinished;

/// A CSV file with a header; missing values are empty, flags `true` and `false`, numbers in their shortest form.
pub(crate) struct CsvFile {
    path: PathBuf,
    file: BufWriter<File>,
    unfinished: Unfinished,
}

/// Formats a chunk; it needs to know the file for its errors only.
pub(crate) struct Formatter(PathBuf);

impl CsvFile {
    pub(crate) fn create(path: &Path, columns: &[Column]) -> Result<Self, BulkError> {
        let (unfinished, file) = Unfinished::create(path)?;
        let mut header = csv::Writer::from_writer(Vec::new());
        header.write_record(columns.iter().map(|column| &column.name)).map_err(BulkError::output(path))?;
        let header = header.into_inner().map_err(|error| BulkError::output(path)(error.into_error()))?;
        let mut file = BufWriter::with_capacity(1 << 20, file);
        file.write_all(&header).map_err(BulkError::output(path))?;
        Ok(Self { path: path.to_owned(), file, unfinished })
    }
}

impl Output for CsvFile {
    type Encoder = Formatter;
    type Part = Vec<u8>;

    fn encoders(&self, _chunk: usize) -> Result<Vec<Formatter>, BulkError> {
        Ok(vec![Formatter(self.path.clone())])
    }

    fn encode(
        encoder: Formatter,
        _part: usize,
        columns: &[Column],
        chunk: &Chunk<'_>,
    ) -> Result<Vec<u8>, BulkError> {
        let arrays: Vec<ArrayRef> = columns.iter().map(|column| chunk.array(column)).collect();
        let mut writer = csv::Writer::from_writer(Vec::new());
        let (mut record, mut text) = (csv::ByteRecord::new(), Vec::new());
        for row in 0..chunk.rows.len() {
            record.clear();
            for array in &arrays {
                text.clear();
                cell(array, row, &mut text).map_err(BulkError::output(&encoder.0))?;
                record.push_field(&text);
            }
            writer.write_byte_record(&record).map_err(BulkError::output(&encoder.0))?;
        }
        writer.into_inner().map_err(|error| BulkError::output(&encoder.0)(error.into_error()))
    }

    fn append(&mut self, parts: Vec<Vec<u8>>) -> Result<(), BulkError> {
        parts.iter().try_for_each(|part| self.file.write_all(part)).map_err(BulkError::output(&self.path))
    }

    fn finish(mut self) -> Result<(), BulkError> {
        self.file.flush().map_err(BulkError::output(&self.path))?;
        self.unfinished.finish()
    }
}

fn cell(array: &ArrayRef, row: usize, text: &mut Vec<u8>) -> std::io::Result<()> {
    if array.is_null(row) {
        return Ok(());
    }
    match array.data_type() {
        DataType::Int64 => write!(text, "{}", array.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => write!(text, "{}", array.as_primitive::<Float64Type>().value(row)),
        DataType::Boolean => write!(text, "{}", array.as_boolean().value(row)),
        _ => write!(text, "{}", array.as_string::<i32>().value(row)),
    }
}
