//! The exact form of an entity that is out of the ordinary: its state, through the code of `observe`.

use weir_events::{EntityKind, Mark};

use crate::bulk::batch::{Batch, LabelEvent};
use crate::counterparty::{MOST, counterparties};
use crate::entry::{Entry, bounded};
use crate::label::set_flag;
use crate::meeting::{Event, Met, Rules, barred};
use crate::state::EntityState;

/// Row `row` as an event of a kind.
pub(crate) fn event(batch: &Batch<'_>, row: usize, kind: EntityKind) -> Option<Event> {
    let mut hashes = [None; MOST];
    for (hash, other) in hashes.iter_mut().zip(counterparties(kind)) {
        *hash = batch.short(*other, row);
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
    Some(Event { entry, barred, uses: EntityKind::ALL.map(|used| batch.short(used, row)) })
}

/// Folds an event into a state.
pub(crate) fn fold(rules: &Rules, state: &mut EntityState, event: Event, marks: &mut Vec<Mark>) -> Met {
    event.meet(rules, state, marks)
}

/// Applies a label to a state.
pub(crate) fn label(state: &mut EntityState, label: &LabelEvent) {
    set_flag(state, label.transaction, label.occurred_at, label.is_fraud);
}
