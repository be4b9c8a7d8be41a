//! Statistics of a data file, by which queries skip it.

use std::cmp::Ordering;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::{max, max_string, min, min_string};
use arrow::datatypes::{DataType, Int64Type, TimestampMicrosecondType};
use serde_json::{Map, Value, json};
use weir_events::Timestamp;

/// Least and greatest values and nulls of some columns, as they grow.
pub(crate) struct Statistics<'a> {
    columns: &'a [String],
    least: Map<String, Value>,
    greatest: Map<String, Value>,
    nulls: Vec<usize>,
    rows: u64,
}

impl<'a> Statistics<'a> {
    pub(crate) fn new(columns: &'a [String]) -> Self {
        let nulls = vec![0; columns.len()];
        Self { columns, least: Map::new(), greatest: Map::new(), nulls, rows: 0 }
    }

    /// Counts rows in.
    pub(crate) fn take(&mut self, rows: &RecordBatch) {
        self.rows += rows.num_rows() as u64;
        for (column, nulls) in self.columns.iter().zip(&mut self.nulls) {
            let Some(array) = rows.column_by_name(column) else { continue };
            *nulls += array.null_count();
            let Some((least, greatest)) = bounds(array) else { continue };
            keep(&mut self.least, column, least, Ordering::Less);
            keep(&mut self.greatest, column, greatest, Ordering::Greater);
        }
    }

    pub(crate) const fn rows(&self) -> u64 {
        self.rows
    }

    /// As Delta's log holds it.
    pub(crate) fn json(&self) -> String {
        let nulls = self.columns.iter().zip(&self.nulls);
        let nulls = nulls.map(|(column, nulls)| (column.clone(), json!(nulls))).collect::<Map<_, _>>();
        json!({
            "numRecords": self.rows,
            "minValues": self.least,
            "maxValues": self.greatest,
            "nullCount": nulls,
        })
        .to_string()
    }
}

/// Least and greatest value of a column of a type that can be compared.
fn bounds(array: &ArrayRef) -> Option<(Value, Value)> {
    match array.data_type() {
        DataType::Utf8 => {
            let texts = array.as_string::<i32>();
            Some((json!(min_string(texts)?), json!(max_string(texts)?)))
        }
        DataType::Int64 => {
            let numbers = array.as_primitive::<Int64Type>();
            Some((json!(min(numbers)?), json!(max(numbers)?)))
        }
        DataType::Timestamp(..) => {
            let micros = array.as_primitive_opt::<TimestampMicrosecondType>()?;
            let text = |micros| json!(Timestamp::from_micros(micros).to_string());
            Some((text(min(micros)?), text(max(micros)?)))
        }
        _ => None,
    }
}

/// Keeps a value if it lies on that side of the one held.
fn keep(held: &mut Map<String, Value>, column: &str, value: Value, side: Ordering) {
    let is_kept = held.get(column).is_none_or(|before| compare(&value, before) == side);
    if is_kept {
        held.insert(column.to_owned(), value);
    }
}

fn compare(one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::String(one), Value::String(other)) => one.cmp(other),
        _ => one.as_i64().cmp(&other.as_i64()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Int64Array, StringArray, TimestampMicrosecondArray};

    use super::*;

    fn rows(numbers: &[Option<i64>], texts: &[&str]) -> RecordBatch {
        let times = TimestampMicrosecondArray::from_iter_values((0..).take(texts.len())).with_timezone("UTC");
        let columns: [(&str, ArrayRef); 3] = [
            ("number", Arc::new(Int64Array::from(numbers.to_vec()))),
            ("text", Arc::new(StringArray::from(texts.to_vec()))),
            ("time", Arc::new(times)),
        ];
        RecordBatch::try_from_iter(columns).unwrap()
    }

    #[test]
    fn bounds_and_nulls_are_those_of_all_batches() {
        let columns = ["number", "text", "time"].map(str::to_owned);
        let mut statistics = Statistics::new(&columns);
        statistics.take(&rows(&[Some(7), None], &["b", "c"]));
        statistics.take(&rows(&[Some(-1), Some(3)], &["a", "b"]));
        let json: Value = serde_json::from_str(&statistics.json()).unwrap();
        assert_eq!(json["numRecords"], 4);
        assert_eq!((&json["minValues"]["number"], &json["maxValues"]["number"]), (&json!(-1), &json!(7)));
        assert_eq!((&json["minValues"]["text"], &json["maxValues"]["text"]), (&json!("a"), &json!("c")));
        assert_eq!(json["nullCount"]["number"], 1);
        assert_eq!(json["maxValues"]["time"], "1970-01-01T00:00:00.000001Z");
    }
}
