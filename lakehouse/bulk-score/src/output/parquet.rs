//! Scores as Parquet.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::BulkScoreError;
use crate::decide::Verdict;

/// Rows of a group: what is held in memory until it is written.
const GROUP_ROWS: usize = 131_072;

/// Scored rows in columns.
#[derive(Default)]
pub(crate) struct Rows {
    ids: Vec<String>,
    scores: Vec<f64>,
    outcomes: Vec<&'static str>,
    /// `None` without reasons.
    reasons: Vec<Option<String>>,
}

/// A Parquet file that is being written.
pub(crate) struct ParquetFile {
    writer: ArrowWriter<File>,
    schema: Arc<Schema>,
}

impl Rows {
    pub(crate) fn push(&mut self, id: &str, verdict: &Verdict<'_>) {
        self.ids.push(id.to_owned());
        self.scores.push(verdict.score);
        self.outcomes.push(verdict.outcome.name());
        let reasons = (!verdict.reasons.is_empty()).then(|| verdict.reasons.join("; "));
        self.reasons.push(reasons);
    }
}

impl ParquetFile {
    pub(crate) fn create(partial: &Path, path: &Path, with_reasons: bool) -> Result<Self, BulkScoreError> {
        let file = File::create(partial).map_err(BulkScoreError::write(path))?;
        let mut fields = vec![
            Field::new("transaction_id", DataType::Utf8, false),
            Field::new("score", DataType::Float64, false),
            Field::new("outcome", DataType::Utf8, false),
        ];
        if with_reasons {
            fields.push(Field::new("reasons", DataType::Utf8, true));
        }
        let schema = Arc::new(Schema::new(fields));
        let level = ZstdLevel::try_new(1).map_err(BulkScoreError::write(path))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_created_by("weir".to_owned())
            .build();
        let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties))
            .map_err(BulkScoreError::write(path))?;
        Ok(Self { writer, schema })
    }

    pub(crate) fn write(&mut self, rows: &Rows, path: &Path) -> Result<(), BulkScoreError> {
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(&rows.ids)),
            Arc::new(Float64Array::from_iter_values(rows.scores.iter().copied())),
            Arc::new(StringArray::from_iter_values(&rows.outcomes)),
        ];
        if self.schema.fields().len() > columns.len() {
            columns.push(Arc::new(StringArray::from_iter(&rows.reasons)));
        }
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns);
        let batch = batch.map_err(BulkScoreError::write(path))?;
        self.writer.write(&batch).map_err(BulkScoreError::write(path))
    }

    pub(crate) fn finish(self, path: &Path) -> Result<(), BulkScoreError> {
        self.writer.close().map(drop).map_err(BulkScoreError::write(path))
    }
}
