//! What can go wrong between events and tables.

use arrow_schema::{ArrowError, DataType};

/// Why events do not fit a table or a table does not hold events; never a value.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// A column is not in the batch.
    #[error("the batch has no column `{column}`; select it")]
    MissingColumn {
        /// Its name.
        column: String,
    },
    /// A column has another type.
    #[error("column `{column}` is of type `{found}`, expected {expected}; cast it")]
    ColumnType {
        /// Its name.
        column: String,
        /// Its type.
        found: DataType,
        /// The type that was expected, in words.
        expected: &'static str,
    },
    /// A value cannot be read.
    #[error("column `{column}`, row {row}: expected {expected}")]
    Value {
        /// The column.
        column: String,
        /// The row, from 0.
        row: usize,
        /// What was expected.
        expected: &'static str,
    },
    /// A value cannot be written.
    #[error("field `{column}`: expected {expected}")]
    Unwritable {
        /// The column.
        column: String,
        /// What was expected.
        expected: &'static str,
    },
    /// A decision's vector belongs to another feature set.
    #[error(
        "decision {row} has {found} feature values, expected {expected}; write each feature set by itself"
    )]
    VectorLength {
        /// Its place among the decisions, from 0.
        row: usize,
        /// Values that it has.
        found: usize,
        /// Names that were given.
        expected: usize,
    },
    /// Arrow refused the columns.
    #[error("arrow refused the columns")]
    Arrow(#[from] ArrowError),
}

impl TableError {
    pub(super) fn value(column: &str, row: usize, expected: &'static str) -> Self {
        Self::Value { column: column.to_owned(), row, expected }
    }

    pub(super) fn unwritable(column: &str, expected: &'static str) -> Self {
        Self::Unwritable { column: column.to_owned(), expected }
    }

    pub(super) fn column_type(column: &str, found: &DataType, expected: &'static str) -> Self {
        Self::ColumnType { column: column.to_owned(), found: found.clone(), expected }
    }
}
