//! Decisions as rows: their own fields, the champion's score, and a column for each feature.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

use super::cells::numbers;
use super::columns::column;
use super::{Columns, FEATURE_PREFIX, TableError, fields_of, read};
use crate::{Decision, ModelScore};

/// Columns of [`decisions`] for a feature set; `feature_names` without the hash, in order of the vector.
pub fn decisions_schema(feature_names: &[&str]) -> SchemaRef {
    let mut fields = fields_of::<Decision>();
    fields.push(Field::new("score", DataType::Float64, true));
    fields.push(Field::new("model", DataType::Utf8, true));
    fields.push(Field::new("model_digest", DataType::Utf8, true));
    let features = feature_names.iter().map(|name| Field::new(feature_column(name), DataType::Float64, true));
    fields.extend(features);
    Arc::new(Schema::new(fields))
}

/// Decisions of one feature set as rows.
pub fn decisions(events: &[Decision], feature_names: &[&str]) -> Result<RecordBatch, TableError> {
    check_vectors(events, feature_names.len())?;
    let mut columns = Vec::new();
    Decision::write("", &events.iter().collect::<Vec<_>>(), &mut columns)?;
    let champions: Vec<Option<&ModelScore>> = events.iter().map(Decision::champion).collect();
    columns.push(Arc::new(
        champions.iter().map(|score| score.map(|score| score.calibrated)).collect::<Float64Array>(),
    ));
    columns.push(champion_texts(&champions, |score| &score.model));
    columns.push(champion_texts(&champions, |score| &score.digest));
    columns.extend((0..feature_names.len()).map(|index| feature_values(events, index)));
    Ok(RecordBatch::try_new(decisions_schema(feature_names), columns)?)
}

/// The decisions of a batch, their vectors from the columns of these features; other columns are passed over.
pub fn decisions_from(batch: &RecordBatch, feature_names: &[&str]) -> Result<Vec<Decision>, TableError> {
    let mut events: Vec<Decision> = read(batch)?;
    for event in &mut events {
        event.vector.0.reserve_exact(feature_names.len());
    }
    for name in feature_names {
        let name = feature_column(name);
        let values = numbers(&name, column(batch, &name)?)?;
        for (event, value) in events.iter_mut().zip(values) {
            event.vector.0.push(value);
        }
    }
    Ok(events)
}

fn feature_column(name: &str) -> String {
    format!("{FEATURE_PREFIX}{name}")
}

fn check_vectors(events: &[Decision], expected: usize) -> Result<(), TableError> {
    let wrong =
        events.iter().map(|event| event.vector.0.len()).enumerate().find(|(_, found)| *found != expected);
    wrong.map_or(Ok(()), |(row, found)| Err(TableError::VectorLength { row, found, expected }))
}

fn champion_texts(champions: &[Option<&ModelScore>], text: fn(&ModelScore) -> &String) -> ArrayRef {
    Arc::new(champions.iter().map(|score| score.map(text)).collect::<StringArray>())
}

/// The column of one feature; a missing value is null.
fn feature_values(events: &[Decision], index: usize) -> ArrayRef {
    let values =
        events.iter().map(|event| event.vector.0.get(index).copied().filter(|value| !value.is_nan()));
    Arc::new(values.collect::<Float64Array>())
}
