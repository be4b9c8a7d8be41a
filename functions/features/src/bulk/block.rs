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
        let (mut place, mut alike_until) = (0, 0);
        while place < self.len {
            let row = range.start + place;
            while let Some((label, rest)) =
                labels.split_first().filter(|(label, _)| label.row as usize == row)
            {
                engine.label(heads, label);
                labels = rest;
            }
            if place >= alike_until {
                let next_label = labels.first().map_or(range.end, |label| label.row as usize);
                let together = numbers.get(place..next_label.min(range.end) - range.start);
                alike_until = place + alike(together.unwrap_or_default());
            }
            let rows = self.rows.get_mut(place..alike_until.max(place + 1)).unwrap_or_default();
            let number = numbers.get(place).copied().filter(|number| *number != ABSENT);
            let entity = number.and_then(|number| Some((number as usize, heads.get_mut(number as usize)?)));
            place += match entity {
                Some((number, head)) => match engine.fold_run(head, batch, row, rows) {
                    0 => {
                        let incoming = Incoming { batch, row, kind: engine.kind };
                        self.fold_one(engine, (number, head), &incoming, place, marks);
                        1
                    }
                    several => several,
                },
                None => {
                    rows.iter_mut().take(1).for_each(|seen| seen.is_named = false);
                    1
                }
            };
        }
        labels
    }

    /// Folds one row; its place is that in the block.
    fn fold_one<E: Packed>(
        &mut self,
        engine: &mut Engine<E>,
        entity: (usize, &mut Head),
        incoming: &Incoming<'_>,
        place: usize,
        marks: &mut [RowMarks],
    ) {
        let Some(seen) = self.rows.get_mut(place) else { return };
        seen.is_named = true;
        engine.fold(entity, incoming, seen, &mut self.found);
        if !self.found.is_empty()
            && let Some(marks) = marks.get_mut(incoming.row)
        {
            self.found.drain(..).for_each(|mark| marks.add(mark));
        }
    }
}

/// How many of these numbers from the front on are the same.
#[inline]
fn alike(numbers: &[u32]) -> usize {
    numbers.iter().take_while(|number| Some(*number) == numbers.first()).count()
}

/// Makes heads for new entities, and reads what the rows will need: many reads at once, that do not wait for each
/// other, instead of one after the other in the fold.
fn prepare<E: Packed>(engine: &mut Engine<E>, heads: &mut Vec<Head>, numbers: &[u32]) {
    let named = || numbers.iter().copied().filter(|number| *number != ABSENT);
    engine.make_heads(heads, named().max().map_or(0, |most| most as usize + 1));
    // Heads first: where the entries are is known when they are here, and what is guessed about them is guessed right.
    let head = |number: u32| heads.get(number as usize);
    let near = named().filter_map(head).fold(0_u32, |sum, head| sum.wrapping_add(head.touch()));
    let (mut sum, mut last) = (near, ABSENT);
    for number in named() {
        // What comes again at once is near already.
        if number != last {
            let touched = head(number).map_or(0, |head| engine.touch(number as usize, head));
            sum = sum.wrapping_add(touched);
            last = number;
        }
    }
    black_box(sum);
}
