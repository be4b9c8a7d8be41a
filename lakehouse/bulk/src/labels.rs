//! What transactions turned out to be, and before which row it becomes known.

use weir_events::EntityKind;
use weir_features::LABELLED_KINDS;
use weir_features::bulk::{ABSENT, LabelEvent};

use crate::transactions::Transactions;

/// One label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    /// Row of its transaction.
    pub(crate) row: u32,
    /// When it becomes known, microseconds since 1970.
    pub(crate) known_at: i64,
    /// What it says.
    pub(crate) is_fraud: bool,
}

/// Labels for the fold of a kind, each before the first row that occurs when it is known or later, and after the
/// row of its own transaction. Labels that change nothing are left out: those that say "not fraud" of a transaction
/// that no other label calls fraud.
pub(crate) fn events(transactions: &Transactions, kind: EntityKind) -> Vec<LabelEvent> {
    if !LABELLED_KINDS.contains(&kind) || !transactions.names(kind) {
        return Vec::new();
    }
    let mut labels = effective(&transactions.labels);
    labels.sort_by_key(|label| (label.known_at, label.row));
    let entities = transactions.of_kind(kind);
    let mut first = 0;
    let mut events: Vec<LabelEvent> = labels
        .iter()
        .filter_map(|label| {
            let row = label.row as usize;
            let entity = entities.numbers.get(row).copied().filter(|number| *number != ABSENT)?;
            first = next_from(first, &transactions.occurred_at, label.known_at);
            Some(LabelEvent {
                row: first.max(row + 1) as u32,
                entity,
                transaction: transactions.hashes[row],
                occurred_at: transactions.occurred_at[row],
                is_fraud: label.is_fraud,
            })
        })
        .collect();
    events.sort_by_key(|event| event.row);
    events
}

/// Place of the first time that is not before a moment, at a place or after it: looked for near it, then farther on.
fn next_from(place: usize, times: &[i64], moment: i64) -> usize {
    let is_before = |time: &i64| *time < moment;
    let mut reach = 1;
    while times.get(place + reach).is_some_and(is_before) {
        reach *= 2;
    }
    let near = times.get(place..times.len().min(place + reach)).unwrap_or_default();
    place + near.partition_point(is_before)
}

fn effective(labels: &[Label]) -> Vec<Label> {
    let mut frauds: Vec<u32> = labels.iter().filter(|label| label.is_fraud).map(|label| label.row).collect();
    frauds.sort_unstable();
    labels
        .iter()
        .filter(|label| label.is_fraud || frauds.binary_search(&label.row).is_ok())
        .copied()
        .collect()
}
