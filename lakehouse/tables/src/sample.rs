//! Which columns of a file hold values that mostly differ, so that a dictionary of them would be all of them again.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int64Type, SchemaRef, TimeUnit, TimestampMicrosecondType};

/// Values that are looked at, spread over all rows.
const SAMPLE: usize = 512;

/// Rows above which so few values say too little; then the writer finds out by itself.
const ROWS_MAX: usize = 60_000;

/// Columns more than half of whose values differ, as far as a sample tells.
pub(crate) fn different<'a>(schema: &'a SchemaRef, batches: &[RecordBatch]) -> Vec<&'a str> {
    let rows = batches.iter().map(RecordBatch::num_rows).sum::<usize>();
    if !(SAMPLE..=ROWS_MAX).contains(&rows) {
        return Vec::new();
    }
    let hasher = RandomState::new();
    let names = schema.fields().iter().map(|field| field.name().as_str());
    names.filter(|name| is_different(name, batches, rows, &hasher)).collect()
}

fn is_different(name: &str, batches: &[RecordBatch], rows: usize, hasher: &RandomState) -> bool {
    // So many of the sampled pairs are equal if each value is there twice.
    let mut left = (SAMPLE * SAMPLE / rows).max(1);
    let mut seen = HashSet::with_capacity(SAMPLE);
    let mut steps = Steps { mean: rows / SAMPLE, state: 1 };
    let mut at = 0;
    for batch in batches {
        let Some(column) = batch.column_by_name(name) else { return false };
        let Some(hash) = hash_of(column, hasher) else { return false };
        while at < column.len() {
            if column.is_null(at) || !seen.insert(hash(at)) {
                left -= 1;
                if left == 0 {
                    return false;
                }
            }
            at += steps.next();
        }
        at -= column.len();
    }
    true
}

/// Uneven steps, since values may come round in even ones. They are the same for every file.
struct Steps {
    mean: usize,
    state: u64,
}

impl Steps {
    /// From 1 to twice the mean. The numbers are D. Knuth's, of MMIX.
    const fn next(&mut self) -> usize {
        self.state =
            self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        1 + (self.state >> 33) as usize % (2 * self.mean - 1)
    }
}

/// How the values of a column are hashed; `None` for types of which no dictionary is made, or only a small one.
fn hash_of<'a>(column: &'a dyn Array, hasher: &'a RandomState) -> Option<Box<dyn Fn(usize) -> u64 + 'a>> {
    match column.data_type() {
        DataType::Utf8 => {
            let texts = column.as_string::<i32>();
            Some(Box::new(|row| hasher.hash_one(texts.value(row))))
        }
        DataType::Int64 => {
            let numbers = column.as_primitive::<Int64Type>();
            Some(Box::new(|row| hasher.hash_one(numbers.value(row))))
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            let times = column.as_primitive::<TimestampMicrosecondType>();
            Some(Box::new(|row| hasher.hash_one(times.value(row))))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, StringArray};

    use super::*;

    #[test]
    fn values_that_repeat_are_told_from_those_that_differ() {
        let numbers = || 0..10_000_i64;
        let text = |number: i64| format!("c-{number}");
        let columns: [(&str, ArrayRef); 5] = [
            ("one", Arc::new(Int64Array::from_iter_values(numbers().map(|_| 7)))),
            ("all", Arc::new(Int64Array::from_iter_values(numbers()))),
            ("few", Arc::new(StringArray::from_iter_values(numbers().map(|number| text(number * 7 % 900))))),
            ("many", Arc::new(StringArray::from_iter_values(numbers().map(text)))),
            ("none", Arc::new(numbers().map(|_| None::<i64>).collect::<Int64Array>())),
        ];
        let rows = RecordBatch::try_from_iter(columns).unwrap();
        let parts = [rows.slice(0, 3_001), rows.slice(3_001, 6_999)];
        assert_eq!(different(&rows.schema(), &parts), ["all", "many"]);
        assert!(different(&rows.schema(), &[rows.slice(0, 100)]).is_empty());
    }
}
