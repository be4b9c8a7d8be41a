//! Dimensions whose members are values of one column: they only grow.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Int32Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use weir_events::Timestamp;

use crate::surrogate::{UNKNOWN, surrogate};

/// Microseconds in an hour.
const HOUR: i64 = 3_600_000_000;

/// Members of one dimension, with their keys.
pub(crate) struct Members {
    dimension: &'static str,
    known: HashMap<String, i64>,
    /// Members that the table lacks.
    new: BTreeMap<i64, Option<String>>,
}

impl Members {
    /// A dimension whose table holds these.
    pub(crate) fn new(
        dimension: &'static str,
        held: impl IntoIterator<Item = String>,
        is_begun: bool,
    ) -> Self {
        let known = held.into_iter().map(|name| (name.clone(), surrogate(dimension, &name))).collect();
        let new = if is_begun { BTreeMap::new() } else { BTreeMap::from([(UNKNOWN, None)]) };
        Self { dimension, known, new }
    }

    /// Keys of a column's values.
    pub(crate) fn keys(&mut self, values: &StringArray) -> Int64Array {
        let key = |value: Option<&str>| {
            let Some(value) = value else { return UNKNOWN };
            match self.known.get(value) {
                Some(key) => *key,
                None => {
                    let key = surrogate(self.dimension, value);
                    self.known.insert(value.to_owned(), key);
                    self.new.insert(key, Some(value.to_owned()));
                    key
                }
            }
        };
        values.iter().map(key).map(Some).collect()
    }

    /// Rows that the table lacks.
    pub(crate) fn new_rows(&self, key: &str, name: &str) -> anyhow::Result<Option<RecordBatch>> {
        if self.new.is_empty() {
            return Ok(None);
        }
        let keys: ArrayRef = Arc::new(Int64Array::from_iter_values(self.new.keys().copied()));
        let names = self.new.values().map(|name| Some(name.as_deref().unwrap_or("unknown")));
        let names: ArrayRef = Arc::new(names.collect::<StringArray>());
        Ok(Some(RecordBatch::try_from_iter([(key, keys), (name, names)])?))
    }
}

/// Key of an hour: `2026013108` is 31 January 2026, 08:00 to 09:00 UTC.
pub(crate) fn time_key(micros: i64) -> i64 {
    let moment = Timestamp::from_micros(micros).to_string();
    let digits = moment.bytes().filter(u8::is_ascii_digit).take(10);
    digits.fold(0, |key, digit| key * 10 + i64::from(digit - b'0'))
}

/// Keys of the hours of times that mostly follow each other.
#[derive(Default)]
pub(crate) struct Hours {
    hour: Option<(i64, i64)>,
}

impl Hours {
    pub(crate) fn key(&mut self, micros: i64) -> i64 {
        let start = micros.div_euclid(HOUR) * HOUR;
        match self.hour {
            Some((held, key)) if held == start => key,
            _ => {
                let key = time_key(start);
                self.hour = Some((start, key));
                key
            }
        }
    }
}

/// Rows of the dimension of time, from the starts of hours.
pub(crate) fn time_rows(starts: &[i64]) -> anyhow::Result<RecordBatch> {
    let starts = starts.iter().map(|micros| micros.div_euclid(HOUR) * HOUR).collect::<Vec<_>>();
    let digits = |from: usize, count: usize| -> ArrayRef {
        let part = move |key: i64| (key / 10_i64.pow((10 - from - count) as u32)) % 10_i64.pow(count as u32);
        Arc::new(Int32Array::from_iter_values(starts.iter().map(|micros| part(time_key(*micros)) as i32)))
    };
    // 1 January 1970 was a Thursday; Monday is 1.
    let weekday = |micros: &i64| ((micros.div_euclid(24 * HOUR) + 3).rem_euclid(7) + 1) as i32;
    let quarter = |micros: &i64| ((time_key(*micros) / 10_000 % 100 + 2) / 3) as i32;
    let columns: [(&str, ArrayRef); 9] = [
        ("time_key", Arc::new(Int64Array::from_iter_values(starts.iter().map(|micros| time_key(*micros))))),
        (
            "hour_start",
            Arc::new(
                TimestampMicrosecondArray::from_iter_values(starts.iter().copied()).with_timezone("UTC"),
            ),
        ),
        ("year", digits(0, 4)),
        ("quarter", Arc::new(Int32Array::from_iter_values(starts.iter().map(quarter)))),
        ("month", digits(4, 2)),
        ("day", digits(6, 2)),
        ("weekday", Arc::new(Int32Array::from_iter_values(starts.iter().map(weekday)))),
        ("hour", digits(8, 2)),
        (
            "is_weekend",
            Arc::new(starts.iter().map(|micros| Some(weekday(micros) > 5)).collect::<BooleanArray>()),
        ),
    ];
    Ok(RecordBatch::try_from_iter(columns)?)
}

#[cfg(test)]
mod tests {
    use arrow::array::AsArray;
    use arrow::datatypes::Int32Type;

    use super::*;

    #[test]
    fn an_hour_has_its_parts() {
        let saturday: Timestamp = "2026-01-31T08:15:00Z".parse().unwrap();
        assert_eq!(time_key(saturday.micros()), 2_026_013_108);
        let rows = time_rows(&[saturday.micros()]).unwrap();
        let part = |name: &str| rows.column_by_name(name).unwrap().as_primitive::<Int32Type>().value(0);
        let parts = ["year", "quarter", "month", "day", "weekday", "hour"].map(part);
        assert_eq!(parts, [2026, 1, 1, 31, 6, 8]);
        assert!(rows.column_by_name("is_weekend").unwrap().as_boolean().value(0));
    }

    #[test]
    fn a_member_has_its_key_for_good_and_is_new_once() {
        let mut members = Members::new("payment_method", ["card".to_owned()], true);
        let keys =
            members.keys(&StringArray::from(vec![Some("card"), None, Some("transfer"), Some("transfer")]));
        assert_eq!(keys.value(1), UNKNOWN);
        assert_eq!(keys.value(2), keys.value(3));
        assert_eq!(members.new_rows("key", "name").unwrap().unwrap().num_rows(), 1);
    }
}
