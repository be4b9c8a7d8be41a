//! Types that are texts in tables: categories, codes, pseudonyms, hashes.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, StringArray};
use arrow_schema::DataType;

use super::TableError;
use super::columns::Cell;
use crate::entity::KEY_TEXT_MAX;
use crate::{ContentHash, Currency, DeviceType, EntityKey, LabelSource, Outcome, Sequence};

/// The texts of a column, whichever of Arrow's three text types it has.
pub(super) fn texts<'a>(column: &str, array: &'a dyn Array) -> Result<Vec<Option<&'a str>>, TableError> {
    match array.data_type() {
        DataType::Utf8 => Ok(array.as_string::<i32>().iter().collect()),
        DataType::LargeUtf8 => Ok(array.as_string::<i64>().iter().collect()),
        DataType::Utf8View => Ok(array.as_string_view().iter().collect()),
        other => Err(TableError::column_type(column, other, "text")),
    }
}

/// A type whose texts are made in memory on the stack: every row of a bulk import has half a dozen of them.
macro_rules! made_text_cell {
    ($type:ty, $expected:literal, $size:expr, $write:expr) => {
        impl Cell for $type {
            const EXPECTED: &'static str = $expected;

            fn data_type() -> DataType {
                DataType::Utf8
            }

            fn array<'a>(
                _column: &str,
                values: impl Iterator<Item = Option<&'a Self>>,
            ) -> Result<ArrayRef, TableError> {
                let rows = values.size_hint().0;
                let mut builder = StringBuilder::with_capacity(rows, rows * $size);
                let mut memory = [0; $size];
                let write: fn(&Self, &mut [u8; $size]) -> usize = $write;
                for value in values {
                    match value {
                        None => builder.append_null(),
                        Some(value) => {
                            let size = write(value, &mut memory);
                            builder.append_value(std::str::from_utf8(&memory[..size]).unwrap_or_default());
                        }
                    }
                }
                Ok(Arc::new(builder.finish()))
            }

            fn values(column: &str, array: &dyn Array) -> Result<Vec<Option<Self>>, TableError> {
                let cell = |(row, text): (usize, Option<&str>)| {
                    let value = text.map(|text| text.parse().map_err(|_| ()));
                    value.transpose().map_err(|()| TableError::value(column, row, $expected))
                };
                texts(column, array)?.into_iter().enumerate().map(cell).collect()
            }
        }
    };
}

made_text_cell!(EntityKey, "an entity key", KEY_TEXT_MAX, |key, memory| key.text(memory).len());
made_text_cell!(ContentHash, "a content hash", 32, |hash, memory| {
    // The length is right by construction.
    let _ = hex::encode_to_slice(hash.0, memory);
    32
});

macro_rules! text_cell {
    ($type:ty, $expected:literal, $write:expr, $read:expr) => {
        impl Cell for $type {
            const EXPECTED: &'static str = $expected;

            fn data_type() -> DataType {
                DataType::Utf8
            }

            fn array<'a>(
                _column: &str,
                values: impl Iterator<Item = Option<&'a Self>>,
            ) -> Result<ArrayRef, TableError> {
                Ok(Arc::new(values.map(|value| value.map($write)).collect::<StringArray>()))
            }

            fn values(column: &str, array: &dyn Array) -> Result<Vec<Option<Self>>, TableError> {
                let read: fn(&str) -> Option<Self> = $read;
                let cell = |(row, text): (usize, Option<&str>)| {
                    let value = text.map(|text| read(text).ok_or(()));
                    value.transpose().map_err(|()| TableError::value(column, row, $expected))
                };
                texts(column, array)?.into_iter().enumerate().map(cell).collect()
            }
        }
    };
}

text_cell!(String, "a text", String::as_str, |text| Some(text.to_owned()));
text_cell!(Currency, "a currency code", Currency::code, |text| text.parse().ok());
text_cell!(Sequence, "a sequence", Sequence::as_str, |text| Some(Sequence::new(text)));
text_cell!(DeviceType, "a device type", |word: &DeviceType| word.name(), DeviceType::from_name);
text_cell!(LabelSource, "a label source", |word: &LabelSource| word.name(), LabelSource::from_name);
text_cell!(Outcome, "an outcome", |word: &Outcome| word.name(), Outcome::from_name);
