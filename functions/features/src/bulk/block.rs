//! A few rows at a time: their entities brought near, folded one after the other, then written feature by feature.

use std::hint::black_box;
use std::ops::Range;

use weir_events::Mark;

use crate::bulk::batch::{ABSENT, Batch, LabelEvent};
use crate::bulk::columns::Rows;
use crate::bulk::engine::Engine;
use crate::bulk::head::Head;
use crate::bulk::incoming::Incoming;
use crate::bulk::packed::Packed;
use crate::bulk::row::Row;
use crate::bulk::row_marks::RowMarks;

/// The rows of a block, and what is found on the way.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    rows: Vec<Row>,
    len: usize,
    found: Vec<Mark>,
}

impl Block {
    /// Rows of a block: few enough to stay in the first cache.
    pub(crate) const ROWS: usize = 64;

    pub(crate) fn new() -> Self {
        Self { rows: vec![Row::default(); Self::ROWS], len: 0, found: Vec::new() }
    }

    /// What the rows see.
    pub(crate) fn rows(&self) -> Rows<'_> {
        let rows = self.rows.get(..self.len).unwrap_or_default();
        Rows { rows, are_named: rows.iter().all(|row| row.is_named) }
    }

    /// Folds some rows of a batch with the labels before them; answers the labels that are left.
    pub(crate) fn fold<'a, E: Packed>(
        &mut self,
        (engine, heads): (&mut Engine<E>, &mut Vec<Head>),
        batch: &Batch<'a>,
        range: Range<usize>,
        mut labels: &'a [LabelEvent],
        marks: &mut [RowMarks],
    ) -> &'a [LabelEvent] {
        let numbers = batch.entities(engine.kind).numbers.get(range.clone()).unwrap_or_default();
        prepare(engine, heads, numbers);
        self.len = range.len();
        for (seen, row) in self.rows.iter_mut().zip(range.clone()) {
            while let Some((label, rest)) =
                labels.split_first().filter(|(label, _)| label.row as usize == row)
            {
                engine.label(heads, label);
                labels = rest;
            }
            let number = numbers.get(row - range.start).copied().filter(|number| *number != ABSENT);
            let entity = number.and_then(|number| Some((number as usize, heads.get_mut(number as usize)?)));
            seen.is_named = entity.is_some();
            let Some(entity) = entity else { continue };
            engine.fold(entity, &Incoming { batch, row, kind: engine.kind }, seen, &mut self.found);
            if !self.found.is_empty()
                && let Some(marks) = marks.get_mut(row)
            {
                self.found.drain(..).for_each(|mark| marks.add(mark));
            }
        }
        labels
    }
}

/// Makes heads for new entities, and reads what the rows will need: many reads at once, that do not wait for each
/// other, instead of one after the other in the fold.
fn prepare<E: Packed>(engine: &mut Engine<E>, heads: &mut Vec<Head>, numbers: &[u32]) {
    let named = || numbers.iter().copied().filter(|number| *number != ABSENT);
    engine.make_heads(heads, named().max().map_or(0, |most| most as usize + 1));
    let (mut sum, mut last) = (0_u32, ABSENT);
    for number in named() {
        // What comes again at once is near already.
        if number != last {
            let touched = heads.get(number as usize).map_or(0, |head| engine.touch(number as usize, head));
            sum = sum.wrapping_add(touched);
            last = number;
        }
    }
    black_box(sum);
}
