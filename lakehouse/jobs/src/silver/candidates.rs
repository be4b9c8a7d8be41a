//! Rows that may be added: of each key the first that arrived.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::Date32Type;
use weir_tables::EVENT_DATE;

use super::kind::{Keys, Kind};
use super::place::Places;

/// Decoded rows, and for each key which of them counts.
pub(crate) struct Candidates {
    kind: Kind,
    batches: Vec<RecordBatch>,
    first: HashMap<String, (usize, usize)>,
    repeated: u64,
}

impl Candidates {
    pub(crate) fn new(kind: Kind) -> Self {
        Self { kind, batches: Vec::new(), first: HashMap::new(), repeated: 0 }
    }

    /// Takes decoded rows in.
    pub(crate) fn push(&mut self, rows: RecordBatch) -> anyhow::Result<()> {
        let number = self.batches.len();
        self.batches.push(rows);
        let batch = &self.batches[number];
        let (keys, places) = (Keys::of(self.kind, batch)?, Places::of(batch)?);
        for row in 0..keys.len() {
            let key = keys.at(row);
            match self.first.get_mut(key.as_ref()) {
                None => {
                    self.first.insert(key.into_owned(), (number, row));
                }
                Some(held) => {
                    self.repeated += 1;
                    let other = Places::of(&self.batches[held.0])?;
                    if places.compare(row, &other, held.1) == Ordering::Less {
                        *held = (number, row);
                    }
                }
            }
        }
        Ok(())
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// Rows passed over because the same key arrived before them.
    pub(crate) const fn repeated(&self) -> u64 {
        self.repeated
    }

    /// How the row that counts for a key stands to a row that the table holds; `None` if the key is not asked for.
    pub(crate) fn compare(
        &self,
        key: &str,
        held: &Places<'_>,
        row: usize,
    ) -> anyhow::Result<Option<Ordering>> {
        let Some((batch, own_row)) = self.first.get(key) else { return Ok(None) };
        Ok(Some(Places::of(&self.batches[*batch])?.compare(*own_row, held, row)))
    }

    /// Passes over a key that the table holds.
    pub(crate) fn remove(&mut self, key: &str) {
        if self.first.remove(key).is_some() {
            self.repeated += 1;
        }
    }

    /// Event dates of the rows that are left, as days since 1970.
    pub(crate) fn dates(&self) -> BTreeSet<i32> {
        let date = |(batch, row): &(usize, usize)| {
            let column = self.batches[*batch].column_by_name(EVENT_DATE)?;
            Some(column.as_primitive_opt::<Date32Type>()?.value(*row))
        };
        self.first.values().filter_map(date).collect()
    }

    /// The rows that are left.
    pub(crate) fn into_rows(self) -> anyhow::Result<Vec<RecordBatch>> {
        let mut kept = self.batches.iter().map(|batch| vec![false; batch.num_rows()]).collect::<Vec<_>>();
        for (batch, row) in self.first.into_values() {
            kept[batch][row] = true;
        }
        let filtered = self
            .batches
            .iter()
            .zip(kept)
            .map(|(batch, rows)| Ok(filter_record_batch(batch, &BooleanArray::from(rows))?));
        filtered.collect()
    }
}
