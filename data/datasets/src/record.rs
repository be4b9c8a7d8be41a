//! Rows split into cells that wait to be decoded, all in one piece of memory.

use csv::ByteRecord;
use weir_events::EventError;

/// The cells of a row.
#[derive(Clone, Copy)]
pub(crate) struct Record<'a> {
    bytes: &'a [u8],
    /// The same as text, if all of it is UTF-8.
    text: Option<&'a str>,
    /// Where each cell ends within the row.
    ends: &'a [u32],
}

impl<'a> Record<'a> {
    pub(crate) const fn len(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of a cell; none behind the last one.
    pub(crate) fn get(&self, index: usize) -> &'a [u8] {
        let (start, end) = self.range(index);
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// The text of a cell; `None` if it is no UTF-8.
    pub(crate) fn text(&self, index: usize) -> Option<&'a str> {
        let (start, end) = self.range(index);
        // A cell that begins or ends within a letter is looked at by itself: it is no text unless it is empty.
        let known = self.text.and_then(|text| text.get(start..end));
        known.or_else(|| std::str::from_utf8(self.get(index)).ok())
    }

    fn range(&self, index: usize) -> (usize, usize) {
        let Some(end) = self.ends.get(index) else { return (0, 0) };
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before));
        (start.map_or(0, |start| *start as usize), *end as usize)
    }
}

/// A row that is read and not yet decoded.
pub(crate) struct CsvRow {
    /// What is wrong with a row that has no cells.
    pub(crate) error: Option<EventError>,
    pub(crate) row: u64,
    pub(crate) line: u64,
    /// Ends of its bytes and of its ends.
    bytes: usize,
    cells: usize,
}

/// Rows that are read and not yet decoded: their cells one after the other, since a piece of memory for each row would
/// cost more than its cells.
#[derive(Default)]
pub(crate) struct CsvRows {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    rows: Vec<CsvRow>,
}

impl CsvRows {
    pub(crate) const fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.rows.clear();
    }

    /// Copies a row in.
    pub(crate) fn push(&mut self, record: Result<&ByteRecord, EventError>, row: u64, line: u64) {
        let error = match record {
            Ok(record) => {
                self.bytes.extend_from_slice(record.as_slice());
                let end = |index| record.range(index).map_or(0, |range| range.end as u32);
                self.ends.extend((0..record.len()).map(end));
                None
            }
            Err(error) => Some(error),
        };
        self.rows.push(CsvRow { error, row, line, bytes: self.bytes.len(), cells: self.ends.len() });
    }

    /// The rows in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&CsvRow, Record<'_>)> {
        let text = std::str::from_utf8(&self.bytes).ok();
        let (mut start, mut first) = (0, 0);
        self.rows.iter().map(move |row| {
            let bytes = self.bytes.get(start..row.bytes).unwrap_or_default();
            let text = text.and_then(|text| text.get(start..row.bytes));
            let ends = self.ends.get(first..row.cells).unwrap_or_default();
            (start, first) = (row.bytes, row.cells);
            (row, Record { bytes, text: text.or_else(|| std::str::from_utf8(bytes).ok()), ends })
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_empty_cell_between_halves_of_a_letter_is_empty() {
        let mut all = CsvRows::default();
        all.push(Ok(&ByteRecord::from(vec![&[0xC3][..], &[], &[0xBC]])), 1, 1);
        let (_, record) = all.iter().next().unwrap();
        assert_eq!([0, 1, 2].map(|index| record.text(index)), [None, Some(""), None]);
    }

    proptest! {
        #[test]
        fn cells_come_back_as_they_went(
            rows in prop::collection::vec(prop::collection::vec(prop::collection::vec(
                prop_oneof![Just(b'a'), Just(0xC3_u8), Just(0xBC_u8)], 0..4), 1..4), 0..4),
        ) {
            let mut all = CsvRows::default();
            for row in &rows {
                all.push(Ok(&ByteRecord::from(row.clone())), 1, 1);
            }
            prop_assert_eq!(all.len(), rows.len());
            for (cells, (_, record)) in rows.iter().zip(all.iter()) {
                prop_assert_eq!(record.len(), cells.len());
                for (index, cell) in cells.iter().enumerate() {
                    prop_assert_eq!(record.get(index), cell.as_slice());
                    prop_assert_eq!(record.text(index), std::str::from_utf8(cell).ok());
                }
                prop_assert_eq!(record.text(cells.len()), Some(""));
            }
        }
    }
}
