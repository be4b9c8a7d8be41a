//! The card payments of the Fraud Detection Handbook, in Parquet.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use crate::handbook_batch::Columns;
use crate::{Item, Options, ReadError, Reject};

/// Columns of a Handbook file that are read: id, time, customer, terminal, amount, fraud; others are passed over.
pub const COLUMNS: [&str; 6] =
    ["TRANSACTION_ID", "TX_DATETIME", "CUSTOMER_ID", "TERMINAL_ID", "TX_AMOUNT", "TX_FRAUD"];

const BATCH_ROWS: usize = 8_192;

/// Reads batch by batch; memory for one batch.
pub(crate) struct HandbookParquet {
    path: PathBuf,
    options: Options,
    batches: ParquetRecordBatchReader,
    columns: Option<Columns>,
    index: usize,
    done_rows: u64,
    total_rows: u64,
}

impl HandbookParquet {
    pub(crate) fn open(path: &Path, options: &Options) -> Result<Self, ReadError> {
        let file = File::open(path).map_err(ReadError::file(path))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(ReadError::parquet(path))?;
        let names: Vec<String> =
            builder.schema().fields().iter().map(|field| field.name().to_owned()).collect();
        if !COLUMNS.iter().all(|column| names.iter().any(|name| name == column)) {
            let found = format!("the columns [{}]", names.join(", "));
            return Err(ReadError::Unknown { file: path.to_owned(), found });
        }
        let total_rows = builder.metadata().file_metadata().num_rows().max(0) as u64;
        let mask = ProjectionMask::columns(builder.parquet_schema(), COLUMNS);
        let batches = builder
            .with_projection(mask)
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(ReadError::parquet(path))?;
        let options = options.clone();
        Ok(Self {
            path: path.to_owned(),
            options,
            batches,
            columns: None,
            index: 0,
            done_rows: 0,
            total_rows,
        })
    }

    pub(crate) fn next(&mut self) -> Option<Result<Item, ReadError>> {
        loop {
            if let Some(columns) = self.columns.as_ref().filter(|columns| self.index < columns.rows()) {
                let item = columns.item(self.index, self.options.currency);
                self.index += 1;
                self.done_rows += 1;
                return Some(item.map_err(|error| {
                    ReadError::Rejected(Box::new(Reject::new(&self.path, self.done_rows, &error)))
                }));
            }
            let batch = match self.batches.next()? {
                Ok(batch) => batch,
                Err(error) => return Some(Err(ReadError::parquet(&self.path)(error))),
            };
            if let Err(error) = self.take(&batch) {
                return Some(Err(error));
            }
        }
    }

    pub(crate) const fn progress(&self) -> (u64, u64) {
        (self.done_rows, self.total_rows)
    }

    fn take(&mut self, batch: &RecordBatch) -> Result<(), ReadError> {
        let columns =
            Columns::of(batch).map_err(|found| ReadError::Unknown { file: self.path.clone(), found })?;
        self.columns = Some(columns);
        self.index = 0;
        Ok(())
    }
}
