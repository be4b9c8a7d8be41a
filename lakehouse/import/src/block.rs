//! Rows that become visible together.

use std::collections::BTreeMap;

use anyhow::Context;
use arrow::array::{AsArray, BooleanArray, RecordBatch, UInt32Array};
use arrow::compute::{filter_record_batch, take_record_batch};
use arrow::datatypes::Date32Type;
use weir_tables::EVENT_DATE;

use crate::decode::{Decoded, Sealed};
use crate::keys::Keys;

/// Rows that become visible together, by event date.
#[derive(Default)]
pub(crate) struct Block {
    pub(crate) transactions: BTreeMap<i32, Vec<RecordBatch>>,
    pub(crate) labels: BTreeMap<i32, Vec<RecordBatch>>,
    pub(crate) counts: Counts,
    /// Numbers of its first and last row.
    pub(crate) first_row: u64,
    pub(crate) last_row: u64,
}

/// What became of the rows of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) rows: u64,
    pub(crate) transactions: u64,
    pub(crate) labels: u64,
    pub(crate) repeated: u64,
    pub(crate) rejected: u64,
}

/// Keys that the lake or an earlier row has.
pub(crate) struct Seen {
    pub(crate) transactions: Keys,
    pub(crate) labels: Keys,
}

/// Bytes that a row of a file takes, about.
const ROW_BYTES: u64 = 240;

/// Rows for which memory is taken before they are there.
const EXPECTED_MAX: u64 = 2_000_000;

impl Seen {
    /// Takes memory for the rows of a file of this size: growing means to move all keys.
    pub(crate) fn expect(&mut self, file_bytes: u64) {
        let rows = (file_bytes / ROW_BYTES).min(EXPECTED_MAX) as usize;
        self.transactions.reserve(rows);
        self.labels.reserve(rows);
    }
}

impl Block {
    /// Takes a piece in, the pieces in the file's order. Of each key the first row counts.
    pub(crate) fn take(&mut self, decoded: Decoded, seen: &mut Seen) -> anyhow::Result<()> {
        if self.counts.rows == 0 {
            self.first_row = decoded.first_row;
        }
        self.last_row = decoded.first_row + decoded.rows - 1;
        self.counts.rows += decoded.rows;
        self.counts.rejected += decoded.rejects.len() as u64;
        let (added, repeated) = sort(decoded.transactions, &mut seen.transactions, &mut self.transactions)?;
        self.counts.transactions += added;
        self.counts.repeated += repeated;
        let (added, _) = sort(decoded.labels, &mut seen.labels, &mut self.labels)?;
        self.counts.labels += added;
        Ok(())
    }
}

/// Sorts new rows by date; answers how many were new and how many not.
fn sort(
    sealed: Sealed,
    seen: &mut Keys,
    into: &mut BTreeMap<i32, Vec<RecordBatch>>,
) -> anyhow::Result<(u64, u64)> {
    let Some(rows) = sealed.rows else { return Ok((0, 0)) };
    let is_new = sealed.keys.iter().map(|key| seen.insert(*key)).collect::<Vec<_>>();
    let repeated = is_new.iter().filter(|is_new| !**is_new).count();
    let rows = if repeated == 0 { rows } else { filter_record_batch(&rows, &BooleanArray::from(is_new))? };
    let added = rows.num_rows();
    by_date(&rows, into)?;
    Ok((added as u64, repeated as u64))
}

fn by_date(rows: &RecordBatch, into: &mut BTreeMap<i32, Vec<RecordBatch>>) -> anyhow::Result<()> {
    let dates = rows.column_by_name(EVENT_DATE).context("rows without a date")?;
    let dates = dates.as_primitive_opt::<Date32Type>().context("a date that is none")?;
    let mut places = BTreeMap::<i32, Vec<u32>>::new();
    for (date, row) in dates.values().iter().zip(0_u32..) {
        places.entry(*date).or_default().push(row);
    }
    for (date, places) in places {
        let (first, last) = (places[0] as usize, places[places.len() - 1] as usize);
        let is_run = last - first + 1 == places.len();
        let part = match is_run {
            true => rows.slice(first, places.len()),
            false => take_record_batch(rows, &UInt32Array::from(places))?,
        };
        into.entry(date).or_default().push(part);
    }
    Ok(())
}
