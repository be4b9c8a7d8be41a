//! Nested parts as JSON texts: exact, and readable by every client of a table.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, StringArray};
use arrow_schema::DataType;

use super::TableError;
use super::columns::Cell;
use super::strings::texts;
use crate::{EntityOrdinal, Mark, ModelScore, Reason, RuleHit, Scalar};

macro_rules! json_cell {
    ($type:ty, $expected:literal) => {
        impl Cell for $type {
            const EXPECTED: &'static str = $expected;

            fn data_type() -> DataType {
                DataType::Utf8
            }

            fn array<'a>(
                column: &str,
                values: impl Iterator<Item = Option<&'a Self>>,
            ) -> Result<ArrayRef, TableError> {
                let write = |value: &Self| {
                    serde_json::to_string(value).map_err(|_| TableError::unwritable(column, $expected))
                };
                let texts = values.map(|value| value.map(write).transpose());
                Ok(Arc::new(texts.collect::<Result<StringArray, TableError>>()?))
            }

            fn values(column: &str, array: &dyn Array) -> Result<Vec<Option<Self>>, TableError> {
                let cell = |(row, text): (usize, Option<&str>)| {
                    let value = text.map(serde_json::from_str).transpose();
                    value.map_err(|_| TableError::value(column, row, $expected))
                };
                texts(column, array)?.into_iter().enumerate().map(cell).collect()
            }
        }
    };
}

json_cell!(BTreeMap<String, Scalar>, "attributes in JSON");
json_cell!(Vec<ModelScore>, "scores in JSON");
json_cell!(Vec<Reason>, "reasons in JSON");
json_cell!(Vec<RuleHit>, "rule hits in JSON");
json_cell!(Vec<EntityOrdinal>, "ordinals in JSON");
json_cell!(Vec<Mark>, "marks in JSON");
