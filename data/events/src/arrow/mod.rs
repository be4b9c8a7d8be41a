//! The events as Arrow record batches, and back, without loss.
//!
//! No unsigned types, times in microseconds with zone `UTC`, nested parts as JSON texts, pseudonyms and hashes as
//! texts, sealed bytes as binary. A decision has one nullable column `f_<feature>` for each feature, and `score`,
//! `model` and `model_digest` of its champion; these three are made for queries and not read back.

mod cells;
mod columns;
mod decisions;
mod error;
mod json;
mod nested;
mod plain;
mod strings;

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{Field, Schema, SchemaRef};

use crate::{Label, LabelEffect, SealedTransaction};

pub(crate) use columns::Columns;
pub use decisions::{decisions, decisions_from, decisions_schema};
pub use error::TableError;
pub use plain::{PlainRows, dataset_labels};

/// Zone of every time column.
pub const ZONE: &str = "UTC";

/// Prefix of the columns that hold feature values.
pub const FEATURE_PREFIX: &str = "f_";

/// Columns of [`transactions`].
pub fn transactions_schema() -> SchemaRef {
    schema_of::<SealedTransaction>()
}

/// Sealed transactions as rows.
pub fn transactions(events: &[SealedTransaction]) -> Result<RecordBatch, TableError> {
    write(events)
}

/// The sealed transactions of a batch; other columns are passed over.
pub fn transactions_from(batch: &RecordBatch) -> Result<Vec<SealedTransaction>, TableError> {
    read(batch)
}

/// Columns of [`labels`].
pub fn labels_schema() -> SchemaRef {
    schema_of::<Label>()
}

/// Labels as rows.
pub fn labels(events: &[Label]) -> Result<RecordBatch, TableError> {
    write(events)
}

/// The labels of a batch; other columns are passed over.
pub fn labels_from(batch: &RecordBatch) -> Result<Vec<Label>, TableError> {
    read(batch)
}

/// Columns of [`label_effects`].
pub fn label_effects_schema() -> SchemaRef {
    schema_of::<LabelEffect>()
}

/// Label effects as rows.
pub fn label_effects(events: &[LabelEffect]) -> Result<RecordBatch, TableError> {
    write(events)
}

/// The label effects of a batch; other columns are passed over.
pub fn label_effects_from(batch: &RecordBatch) -> Result<Vec<LabelEffect>, TableError> {
    read(batch)
}

fn fields_of<T: Columns>() -> Vec<Field> {
    let mut fields = Vec::new();
    T::schema("", &mut fields);
    fields
}

fn schema_of<T: Columns>() -> SchemaRef {
    Arc::new(Schema::new(fields_of::<T>()))
}

fn write<T: Columns>(events: &[T]) -> Result<RecordBatch, TableError> {
    let mut columns = Vec::new();
    T::write("", &events.iter().collect::<Vec<_>>(), &mut columns)?;
    Ok(RecordBatch::try_new(schema_of::<T>(), columns)?)
}

fn read<T: Columns>(batch: &RecordBatch) -> Result<Vec<T>, TableError> {
    if batch.num_rows() == 0 { Ok(Vec::new()) } else { T::read(batch, "") }
}
