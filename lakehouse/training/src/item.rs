//! What training reads: transactions and labels in time order.

use std::convert::Infallible;

use weir_events::{Label, Timestamp, Transaction};
use weir_generator::{EventKind, Generator};

/// One event of history.
#[derive(Clone, PartialEq)]
pub enum Item {
    /// An order, at the time at which it occurred.
    Transaction(Box<Transaction>),
    /// What turned out, at the time at which it became known.
    Label(Label),
}

impl Item {
    /// When it counts.
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Transaction(transaction) => transaction.order.occurred_at,
            Self::Label(label) => label.known_at,
        }
    }
}

/// Sorts items by time; those of equal time stay in their order, transactions ahead of labels.
pub fn in_time_order(mut items: Vec<Item>) -> Vec<Item> {
    items.sort_by_key(|item| (item.at(), matches!(item, Item::Label(_))));
    items
}

/// What a made-up shop reports, as training reads it.
pub fn generated(generator: Generator) -> impl Iterator<Item = Result<Item, Infallible>> {
    generator.map(|event| {
        Ok(match event.kind {
            EventKind::Transaction { transaction, .. } => Item::Transaction(transaction),
            EventKind::Label(label) => Item::Label(label),
        })
    })
}
