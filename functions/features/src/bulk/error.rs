//! What can be wrong with a batch.

/// The batch does not fit together; nothing of it was folded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// A column has more or fewer rows than `occurred_at`.
    #[error("column `{column}` has {found} rows, expected {rows}: give every column one value a row")]
    Rows {
        /// Which column.
        column: &'static str,
        /// Rows of `occurred_at`.
        rows: usize,
        /// Rows of this column.
        found: usize,
    },
    /// There is not one output column for each feature.
    #[error("{found} output columns, expected {wanted}: give one for each of `positions()`")]
    Columns {
        /// Features written.
        wanted: usize,
        /// Columns given.
        found: usize,
    },
    /// A label stands before the one before it, or past the end.
    #[error("label {place} applies before row {row}: order labels by row, at most the number of rows")]
    Label {
        /// Its place among the labels.
        place: usize,
        /// The row before which it applies.
        row: usize,
    },
}
