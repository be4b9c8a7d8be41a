//! From types to columns: a scalar is one column, a structure as many as its fields.

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field};

use super::TableError;

/// A type that is one or several columns. `name` is the name of the field that holds it.
pub(crate) trait Columns: Sized {
    /// Appends its columns' fields.
    fn schema(name: &str, into: &mut Vec<Field>);

    /// Appends its columns.
    fn write(name: &str, values: &[&Self], into: &mut Vec<ArrayRef>) -> Result<(), TableError>;

    /// Reads one value for each row of a batch.
    fn read(batch: &RecordBatch, name: &str) -> Result<Vec<Self>, TableError>;
}

/// A type that is one column.
pub(super) trait Cell: Sized {
    /// What a cell holds, for errors.
    const EXPECTED: &'static str;

    /// Type of the column.
    fn data_type() -> DataType;

    /// The column of values.
    fn array<'a>(
        column: &str,
        values: impl Iterator<Item = Option<&'a Self>>,
    ) -> Result<ArrayRef, TableError>
    where
        Self: 'a;

    /// The values of a column; `None` where it is null.
    fn values(column: &str, array: &dyn Array) -> Result<Vec<Option<Self>>, TableError>;
}

impl<T: Cell> Columns for T {
    fn schema(name: &str, into: &mut Vec<Field>) {
        into.push(Field::new(name, T::data_type(), false));
    }

    fn write(name: &str, values: &[&Self], into: &mut Vec<ArrayRef>) -> Result<(), TableError> {
        into.push(T::array(name, values.iter().map(|value| Some(*value)))?);
        Ok(())
    }

    fn read(batch: &RecordBatch, name: &str) -> Result<Vec<Self>, TableError> {
        let values = T::values(name, column(batch, name)?)?.into_iter().enumerate();
        values.map(|(row, value)| value.ok_or_else(|| TableError::value(name, row, T::EXPECTED))).collect()
    }
}

impl<T: Cell> Columns for Option<T> {
    fn schema(name: &str, into: &mut Vec<Field>) {
        into.push(Field::new(name, T::data_type(), true));
    }

    fn write(name: &str, values: &[&Self], into: &mut Vec<ArrayRef>) -> Result<(), TableError> {
        into.push(T::array(name, values.iter().map(|value| value.as_ref()))?);
        Ok(())
    }

    fn read(batch: &RecordBatch, name: &str) -> Result<Vec<Self>, TableError> {
        T::values(name, column(batch, name)?)
    }
}

/// A column by name.
pub(super) fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a dyn Array, TableError> {
    let column =
        batch.column_by_name(name).ok_or_else(|| TableError::MissingColumn { column: name.to_owned() })?;
    Ok(column.as_ref())
}
