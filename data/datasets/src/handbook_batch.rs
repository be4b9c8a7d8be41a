//! One batch of the Handbook's payments, row by row.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float64Type, Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use serde_json::{Map, Value};
use weir_events::{Currency, EventError, Found, Timestamp, Transaction};

use crate::amount::nearest_minor_units;
use crate::handbook::COLUMNS;
use crate::{Item, Row};

/// The columns of one batch, in the order of [`COLUMNS`].
pub(crate) struct Columns {
    arrays: [ArrayRef; 6],
    rows: usize,
}

const ID: usize = 0;
const TIME: usize = 1;
const CUSTOMER: usize = 2;
const TERMINAL: usize = 3;
const AMOUNT: usize = 4;
const FRAUD: usize = 5;

impl Columns {
    /// Finds the columns by name; the error says which type is not understood.
    pub(crate) fn of(batch: &RecordBatch) -> Result<Self, String> {
        let mut arrays = Vec::with_capacity(COLUMNS.len());
        for (index, name) in COLUMNS.iter().enumerate() {
            let array = batch.column_by_name(name).ok_or_else(|| format!("no column `{name}`"))?;
            if !is_understood(index, array.data_type()) {
                return Err(format!("column `{name}` of type {}", array.data_type()));
            }
            arrays.push(ArrayRef::clone(array));
        }
        let arrays = arrays.try_into().map_err(|_| "too few columns".to_owned())?;
        Ok(Self { arrays, rows: batch.num_rows() })
    }

    pub(crate) const fn rows(&self) -> usize {
        self.rows
    }

    /// The transaction and label of one row.
    pub(crate) fn item(&self, row: usize, currency: Currency) -> Result<Item, EventError> {
        let mut object = Map::new();
        object.insert("currency".to_owned(), currency.code().into());
        for (name, column) in [("transaction_id", ID), ("customer_id", CUSTOMER), ("merchant_id", TERMINAL)] {
            if let Some(text) = self.text(column, row) {
                object.insert(name.to_owned(), text.into());
            }
        }
        if let Some(micros) = self.micros(row) {
            object.insert("occurred_at".to_owned(), Timestamp::from_micros(micros).to_string().into());
        }
        object.insert("amount_minor".to_owned(), self.amount(row, currency)?.into());
        let transaction = Transaction::from_value(Value::Object(object))?;
        Ok(Item::Row(Box::new(Row { transaction, label: self.label(row)?, known_at: None })))
    }

    fn text(&self, column: usize, row: usize) -> Option<String> {
        let array = &self.arrays[column];
        if array.data_type() == &DataType::Utf8 {
            return array.is_valid(row).then(|| array.as_string::<i32>().value(row).to_owned());
        }
        self.integer(column, row).map(|number| number.to_string())
    }

    fn integer(&self, column: usize, row: usize) -> Option<i64> {
        let array = &self.arrays[column];
        array.is_valid(row).then(|| match array.data_type() {
            DataType::Int32 => i64::from(array.as_primitive::<Int32Type>().value(row)),
            _ => array.as_primitive::<Int64Type>().value(row),
        })
    }

    fn micros(&self, row: usize) -> Option<i64> {
        let array = &self.arrays[TIME];
        array.is_valid(row).then(|| match array.data_type() {
            DataType::Timestamp(TimeUnit::Nanosecond, _) => {
                array.as_primitive::<TimestampNanosecondType>().value(row).div_euclid(1_000)
            }
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                array.as_primitive::<TimestampMillisecondType>().value(row).saturating_mul(1_000)
            }
            _ => array.as_primitive::<TimestampMicrosecondType>().value(row),
        })
    }

    fn amount(&self, row: usize, currency: Currency) -> Result<i64, EventError> {
        let array = &self.arrays[AMOUNT];
        let wrong = |found| {
            let expected = "an amount of 0 or more in whole minor units of its currency";
            EventError::new("amount_minor", found, expected)
        };
        if array.is_null(row) {
            return Err(wrong(Found::Missing));
        }
        let major = array.as_primitive::<Float64Type>().value(row);
        nearest_minor_units(major, currency.minor_per_major()).ok_or_else(|| wrong(Found::Number))
    }

    fn label(&self, row: usize) -> Result<Option<bool>, EventError> {
        match self.integer(FRAUD, row) {
            None => Ok(None),
            Some(0) => Ok(Some(false)),
            Some(1) => Ok(Some(true)),
            Some(_) => Err(EventError::new("is_fraud", Found::Number, "0 or 1")),
        }
    }
}

const fn is_understood(column: usize, kind: &DataType) -> bool {
    match column {
        TIME => matches!(
            kind,
            DataType::Timestamp(TimeUnit::Nanosecond | TimeUnit::Microsecond | TimeUnit::Millisecond, _)
        ),
        AMOUNT => matches!(kind, DataType::Float64),
        FRAUD => matches!(kind, DataType::Int64 | DataType::Int32),
        _ => matches!(kind, DataType::Int64 | DataType::Int32 | DataType::Utf8),
    }
}
