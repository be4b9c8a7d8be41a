//! Columns that say where a row stands, most of which are the same for all rows of a file.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int32Array, StringArray, StringBuilder, TimestampMicrosecondArray};
use weir_events::Timestamp;

use crate::STREAM;
use crate::pipeline::PIECE_ROWS;

/// Columns that are made once for all pieces of a file.
pub(crate) struct Places {
    arrived_at: ArrayRef,
    stream: ArrayRef,
    file_hash: ArrayRef,
    sub: ArrayRef,
}

impl Places {
    pub(crate) fn new(arrived_at: Timestamp, file_hash: &str) -> Self {
        let arrived_at = TimestampMicrosecondArray::from_value(arrived_at.micros(), PIECE_ROWS);
        let same = |text: &str| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, PIECE_ROWS)))
        };
        Self {
            arrived_at: Arc::new(arrived_at.with_timezone("UTC")),
            stream: same(STREAM),
            file_hash: same(file_hash),
            sub: Arc::new(Int32Array::from_value(0, PIECE_ROWS)),
        }
    }

    /// The columns of rows with these numbers, of which there are at most as many as a piece has.
    pub(crate) fn columns(&self, numbers: &[u64]) -> [ArrayRef; 5] {
        let part = |column: &ArrayRef| column.slice(0, numbers.len());
        [
            part(&self.arrived_at),
            part(&self.stream),
            part(&self.file_hash),
            Arc::new(digits(numbers)),
            part(&self.sub),
        ]
    }
}

/// Numbers as texts, without one made for each.
fn digits(numbers: &[u64]) -> StringArray {
    let mut texts = StringBuilder::with_capacity(numbers.len(), 8 * numbers.len());
    let mut memory = [0; 20];
    for number in numbers {
        let mut start = memory.len();
        let mut rest = *number;
        loop {
            start -= 1;
            memory[start] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        texts.append_value(std::str::from_utf8(&memory[start..]).unwrap_or_default());
    }
    texts.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_formatter_does() {
        let numbers = [0, 1, 9, 10, 1_472_952, u64::MAX];
        let expected = numbers.map(|number| number.to_string());
        assert_eq!(digits(&numbers), StringArray::from(expected.to_vec()));
    }
}
