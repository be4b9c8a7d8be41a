//! A few rows at a time: folded one after the other, then written feature by feature.

use std::ops::Range;

use weir_events::{EntityKind, Mark};

use crate::bulk::batch::{ABSENT, Batch, LabelEvent};
use crate::bulk::engine::Engine;
use crate::bulk::packed::Packed;
use crate::bulk::row::Row;
use crate::bulk::row_marks::RowMarks;
use crate::counterparty::{MOST, counterparties};
use crate::entry::{Entry, bounded};
use crate::meeting::{Event, Used, barred};

/// The rows of a block, and what is found on the way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    rows: Vec<Row>,
    found: Vec<Mark>,
}

impl Block {
    /// Rows of a block: few enough to stay in the first cache.
    pub(crate) const ROWS: usize = 64;

    /// What the rows see.
    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Folds some rows of a batch with the labels before them; answers the labels that are left.
    pub(crate) fn fold<'a, E: Packed>(
        &mut self,
        engine: &mut Engine<E>,
        batch: &Batch<'a>,
        range: Range<usize>,
        mut labels: &'a [LabelEvent],
        marks: &mut [RowMarks],
    ) -> &'a [LabelEvent] {
        self.rows.clear();
        let numbers = batch.entities(engine.kind).numbers.get(range.clone()).unwrap_or_default();
        let named = numbers.iter().copied().filter(|number| *number != ABSENT);
        engine.make_heads(named.max().map_or(0, |most| most as usize + 1));
        for row in range.clone() {
            while let Some((label, rest)) =
                labels.split_first().filter(|(label, _)| label.row as usize == row)
            {
                engine.label(label);
                labels = rest;
            }
            let number = numbers.get(row - range.start).copied().filter(|number| *number != ABSENT);
            let event = number.and_then(|number| Some((number as usize, event(engine, batch, row)?)));
            let seen = event.map(|(number, event)| engine.fold(number, event, &mut self.found));
            self.rows.push(seen.unwrap_or_default());
            if !self.found.is_empty()
                && let Some(marks) = marks.get_mut(row)
            {
                self.found.drain(..).for_each(|mark| marks.add(mark));
            }
        }
        labels
    }
}

/// A row as an event, as far as the wanted features need it.
fn event<E: Packed>(engine: &Engine<E>, batch: &Batch<'_>, row: usize) -> Option<Event> {
    let mut hashes = [None; MOST];
    if engine.plan.parties {
        for (hash, other) in hashes.iter_mut().zip(counterparties(engine.kind)) {
            *hash = batch.short(*other, row);
        }
    }
    let occurred_at = *batch.occurred_at.get(row)?;
    let entry = Entry {
        occurred_at,
        ordinal: 0,
        amount_minor: bounded(*batch.amount_minor.get(row)?),
        transaction: *batch.transactions.get(row)?,
        counterparties: hashes,
    };
    let barred = batch.received(row).and_then(|received_at| barred(occurred_at, received_at));
    let uses = match engine.rules.reads.first_uses {
        true => Used(EntityKind::ALL.map(|used| batch.short(used, row))),
        false => Used::default(),
    };
    Some(Event { entry, barred, uses })
}
