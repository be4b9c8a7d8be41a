//! A chunk of rows, column by column, ready to be written.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray};
use weir_events::Timestamp;
use weir_features::{Field, OrderFields};

use crate::columns::{Column, Form, Source};
use crate::folds::Folded;
use crate::ids::Ids;
use crate::transactions::{KEPT_FIELDS, MISSING, Transactions};

/// Rows of a chunk; a row group of Parquet each.
pub(crate) const CHUNK_ROWS: usize = 262_144;

/// Microseconds.
const HOUR: i64 = 3_600_000_000;

/// Rows with what the folds made of them.
pub(crate) struct Chunk<'a> {
    pub(crate) transactions: &'a Transactions,
    pub(crate) rows: Range<usize>,
    pub(crate) folded: &'a [Folded],
}

impl Chunk<'_> {
    /// The values of a column.
    pub(crate) fn array(&self, column: &Column) -> ArrayRef {
        match column.source {
            Source::Id => self.ids(),
            Source::Field(field) => typed(column, &self.field(field)),
            Source::Folded { fold, column: place } => {
                typed(column, &self.folded[fold].columns[place].to_reals())
            }
        }
    }

    fn ids(&self) -> ArrayRef {
        match &self.transactions.ids {
            Ids::Numbers(numbers) => {
                Arc::new(Int64Array::from_iter_values(numbers[self.rows.clone()].iter().copied()))
            }
            Ids::Texts(texts) => {
                Arc::new(StringArray::from_iter_values(self.rows.clone().map(|row| texts.get(row))))
            }
        }
    }

    /// The values of a field of the order; NaN where it is missing.
    pub(crate) fn field(&self, field: Field) -> Vec<f64> {
        if let Some(place) = KEPT_FIELDS.iter().position(|kept| *kept == field) {
            let value = |value: &i32| if *value == MISSING { f64::NAN } else { f64::from(*value) };
            return self.transactions.fields[place][self.rows.clone()].iter().map(value).collect();
        }
        let (times, amounts) = (&self.transactions.occurred_at, &self.transactions.amount_minor);
        let minor_per_major = self.transactions.minor_per_major;
        let of = |row| {
            let (occurred_at, amount_minor) = (Timestamp::from_micros(times[row]), amounts[row]);
            OrderFields { occurred_at, amount_minor, minor_per_major, ..OrderFields::default() }.value(field)
        };
        if !matches!(field, Field::Hour | Field::IsWeekend | Field::IsNight) {
            return self.rows.clone().map(of).collect();
        }
        // Most rows are of the same hour as the one before.
        let (mut hour, mut value) = (0..0, f64::NAN);
        let of_hour = |row: usize| {
            if !hour.contains(&times[row]) {
                let start = times[row].div_euclid(HOUR) * HOUR;
                (hour, value) = (start..start + HOUR, of(row));
            }
            value
        };
        self.rows.clone().map(of_hour).collect()
    }
}

/// Values in the type of their column; NaN is missing.
fn typed(column: &Column, values: &[f64]) -> ArrayRef {
    let present = |value: &f64| (!value.is_nan()).then_some(*value);
    match (column.form, column.is_optional) {
        (Form::Flag, false) => {
            Arc::new(BooleanArray::from_iter(values.iter().map(|value| Some(*value != 0.0))))
        }
        (Form::Flag, true) => {
            Arc::new(BooleanArray::from_iter(values.iter().map(|value| Some(present(value)? != 0.0))))
        }
        (Form::Whole, false) => {
            Arc::new(Int64Array::from_iter_values(values.iter().map(|value| *value as i64)))
        }
        (Form::Whole, true) => {
            Arc::new(Int64Array::from_iter(values.iter().map(|value| Some(present(value)? as i64))))
        }
        (_, false) => Arc::new(Float64Array::from_iter_values(values.iter().copied())),
        (_, true) => Arc::new(Float64Array::from_iter(values.iter().map(present))),
    }
}
