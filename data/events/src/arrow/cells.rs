//! Numbers, flags, times and bytes as cells.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BinaryArray, BooleanArray, Int32Array, Int64Array, PrimitiveArray,
    TimestampMicrosecondArray,
};
use arrow_schema::{DataType, TimeUnit};

use super::columns::Cell;
use super::{TableError, ZONE};
use crate::Timestamp;

/// The column as an array of a primitive type.
pub(super) fn primitive<'a, T: ArrowPrimitiveType>(
    column: &str,
    array: &'a dyn Array,
    expected: &'static str,
) -> Result<&'a PrimitiveArray<T>, TableError> {
    array.as_primitive_opt::<T>().ok_or_else(|| TableError::column_type(column, array.data_type(), expected))
}

/// The numbers of a feature column; null is NaN.
pub(super) fn numbers(column: &str, array: &dyn Array) -> Result<Vec<f64>, TableError> {
    let numbers = primitive::<Float64Type>(column, array, "float64")?;
    Ok(numbers.iter().map(|number| number.unwrap_or(f64::NAN)).collect())
}

/// An integer type as a signed column that holds all of its values.
macro_rules! integer_cell {
    ($type:ty, $arrow:ty, $array:ty, $data_type:expr) => {
        impl Cell for $type {
            const EXPECTED: &'static str = concat!("a whole number that fits `", stringify!($type), "`");

            fn data_type() -> DataType {
                $data_type
            }

            fn array<'a>(
                column: &str,
                values: impl Iterator<Item = Option<&'a Self>>,
            ) -> Result<ArrayRef, TableError> {
                let signed = |value: &Self| {
                    (*value)
                        .try_into()
                        .map_err(|_| TableError::unwritable(column, "a number that fits 64 signed bits"))
                };
                let cells = values.map(|value| value.map(signed).transpose());
                Ok(Arc::new(cells.collect::<Result<$array, TableError>>()?))
            }

            fn values(column: &str, array: &dyn Array) -> Result<Vec<Option<Self>>, TableError> {
                let cells = primitive::<$arrow>(column, array, Self::EXPECTED)?;
                let read = |(row, cell): (usize, Option<_>)| {
                    let value = cell.map(Self::try_from).transpose();
                    value.map_err(|_| TableError::value(column, row, Self::EXPECTED))
                };
                cells.iter().enumerate().map(read).collect()
            }
        }
    };
}

integer_cell!(i64, Int64Type, Int64Array, DataType::Int64);
integer_cell!(u64, Int64Type, Int64Array, DataType::Int64);
integer_cell!(u32, Int64Type, Int64Array, DataType::Int64);
integer_cell!(u16, Int32Type, Int32Array, DataType::Int32);

impl Cell for bool {
    const EXPECTED: &'static str = "true or false";

    fn data_type() -> DataType {
        DataType::Boolean
    }

    fn array<'a>(
        _column: &str,
        values: impl Iterator<Item = Option<&'a Self>>,
    ) -> Result<ArrayRef, TableError> {
        Ok(Arc::new(values.map(|value| value.copied()).collect::<BooleanArray>()))
    }

    fn values(column: &str, array: &dyn Array) -> Result<Vec<Option<Self>>, TableError> {
        let flags = array.as_boolean_opt();
        let flags = flags.ok_or_else(|| TableError::column_type(column, array.data_type(), "boolean"))?;
        Ok(flags.iter().collect())
    }
}

impl Cell for Timestamp {
    const EXPECTED: &'static str = "a time";

    fn data_type() -> DataType {
        DataType::Timestamp(TimeUnit::Microsecond, Some(ZONE.into()))
    }

    fn array<'a>(
        _column: &str,
        values: impl Iterator<Item = Option<&'a Self>>,
    ) -> Result<ArrayRef, TableError> {
        let micros = values.map(|value| value.map(|moment| moment.micros()));
        Ok(Arc::new(micros.collect::<TimestampMicrosecondArray>().with_timezone(ZONE)))
    }

    fn values(column: &str, array: &dyn Array) -> Result<Vec<Option<Self>>, TableError> {
        let micros = primitive::<TimestampMicrosecondType>(column, array, "timestamp in microseconds")?;
        Ok(micros.iter().map(|value| value.map(Self::from_micros)).collect())
    }
}

impl Cell for Vec<u8> {
    const EXPECTED: &'static str = "bytes";

    fn data_type() -> DataType {
        DataType::Binary
    }

    fn array<'a>(
        _column: &str,
        values: impl Iterator<Item = Option<&'a Self>>,
    ) -> Result<ArrayRef, TableError> {
        Ok(Arc::new(values.collect::<BinaryArray>()))
    }

    fn values(column: &str, array: &dyn Array) -> Result<Vec<Option<Self>>, TableError> {
        let owned = |bytes: Option<&[u8]>| bytes.map(<[u8]>::to_vec);
        match array.data_type() {
            DataType::Binary => Ok(array.as_binary::<i32>().iter().map(owned).collect()),
            DataType::LargeBinary => Ok(array.as_binary::<i64>().iter().map(owned).collect()),
            DataType::BinaryView => Ok(array.as_binary_view().iter().map(owned).collect()),
            other => Err(TableError::column_type(column, other, "binary")),
        }
    }
}
