//! Labels on their way to the rows from which on they count.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use weir_datasets::Block;
use weir_events::Label;
use weir_features::bulk::LabelEvent;

use crate::twofold::{Hash, Hasher};

const DAY: i64 = 86_400_000_000;

/// What is remembered of a transaction for its label.
#[derive(Clone, Copy)]
struct Labelled {
    merchant: u32,
    transaction: u32,
    occurred_at: i64,
}

/// A label of a row, by the time at which it becomes known and its place in the file.
type Waiting = Reverse<(i64, u64, LabelKey)>;
type LabelKey = (u32, u32, i64, bool);

/// Labels of a file, as they become known.
pub(crate) struct Labels {
    delay: i64,
    hasher: Hasher,
    waiting: BinaryHeap<Waiting>,
    place: u64,
    /// Transactions of files whose labels stand on their own.
    transactions: HashMap<Hash, Labelled>,
    /// The label that stands, and when it became known.
    known: HashMap<Hash, (i64, bool)>,
    pub(crate) applied: u64,
}

/// One row, as labels see it.
pub(crate) struct LabelRow {
    pub(crate) id: Hash,
    pub(crate) transaction: u32,
    pub(crate) occurred_at: i64,
    pub(crate) merchant: u32,
}

impl Labels {
    pub(crate) fn new(delay_days: u32, hasher: Hasher) -> Self {
        Self {
            delay: i64::from(delay_days) * DAY,
            hasher,
            waiting: BinaryHeap::new(),
            place: 0,
            transactions: HashMap::new(),
            known: HashMap::new(),
            applied: 0,
        }
    }

    /// The labels that take effect within a block, in order; `row_of` answers the rows.
    pub(crate) fn of_block(
        &mut self,
        block: &Block,
        row_of: impl Fn(usize) -> LabelRow,
        into: &mut Vec<LabelEvent>,
    ) {
        into.clear();
        let mut alone = block.labels.iter().peekable();
        for (index, row) in block.rows.iter().enumerate() {
            while let Some((_, label)) = alone.next_if(|(before, _)| *before <= index) {
                self.alone(label, index as u32, into);
            }
            let seen = row_of(index);
            self.become_known(seen.occurred_at, index as u32, into);
            self.remember(&seen, index as u32 + 1, into);
            if let Some(is_fraud) = row.label {
                self.place += 1;
                let key = (seen.merchant, seen.transaction, seen.occurred_at, is_fraud);
                let known_at = row.known_at.unwrap_or_else(|| seen.occurred_at.saturating_add(self.delay));
                self.waiting.push(Reverse((known_at, self.place, key)));
            }
        }
        for (_, label) in alone {
            self.alone(label, block.rows.len() as u32, into);
        }
        self.applied += into.len() as u64;
    }

    fn become_known(&mut self, now: i64, row: u32, into: &mut Vec<LabelEvent>) {
        while let Some(Reverse((at, _, key))) = self.waiting.peek().copied() {
            if at > now {
                return;
            }
            self.waiting.pop();
            let (entity, transaction, occurred_at, is_fraud) = key;
            into.push(LabelEvent { row, entity, transaction, occurred_at, is_fraud });
        }
    }

    /// A label on its own: the newest of a transaction stands, whichever of the two comes first.
    fn alone(&mut self, label: &Label, row: u32, into: &mut Vec<LabelEvent>) {
        let id = self.hasher.hash(&label.transaction_id.as_bytes());
        let at = label.known_at.micros();
        if self.known.get(&id).is_some_and(|(known_at, _)| *known_at >= at) {
            return;
        }
        self.known.insert(id, (at, label.is_fraud));
        if let Some(found) = self.transactions.get(&id) {
            into.push(found.event(row, label.is_fraud));
        }
    }

    /// Labels before their transactions are few, and files without labels of their own have none.
    fn remember(&mut self, seen: &LabelRow, row: u32, into: &mut Vec<LabelEvent>) {
        let labelled = Labelled {
            merchant: seen.merchant,
            transaction: seen.transaction,
            occurred_at: seen.occurred_at,
        };
        if let Some((_, is_fraud)) = self.known.get(&seen.id) {
            into.push(labelled.event(row, *is_fraud));
        }
        self.transactions.insert(seen.id, labelled);
    }
}

impl Labelled {
    const fn event(self, row: u32, is_fraud: bool) -> LabelEvent {
        LabelEvent {
            row,
            entity: self.merchant,
            transaction: self.transaction,
            occurred_at: self.occurred_at,
            is_fraud,
        }
    }
}
