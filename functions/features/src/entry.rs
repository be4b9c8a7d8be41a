//! What a state keeps of one event.

use weir_events::{Entities, EntityKey, EntityKind, Order};

use crate::counterparty::{MOST, counterparties};
use crate::hash::transaction_hash;

/// Largest amount, in minor units, that sums count in full; a larger one counts as this much, so that no sum and
/// no square can overflow. (10 trillion major units.)
pub const LARGEST_AMOUNT_MINOR: i64 = 1_000_000_000_000_000;

/// One event in an entity's state; ordered by time, then ordinal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// When it occurred, microseconds since 1970.
    pub(crate) occurred_at: i64,
    /// Ordinal at which it was folded.
    pub(crate) ordinal: u64,
    /// Amount in minor units, bounded by [`LARGEST_AMOUNT_MINOR`].
    pub(crate) amount_minor: i64,
    /// Hash of the transaction's id.
    pub(crate) transaction: u32,
    /// Short hashes of the counterparties, in the order of [`counterparties`].
    pub(crate) counterparties: [Option<u32>; MOST],
}

impl Entry {
    /// The entry of an order in the state of one of its entities.
    pub(crate) fn new(order: &Order, entities: &Entities<EntityKey>, kind: EntityKind, ordinal: u64) -> Self {
        let mut hashes = [None; MOST];
        for (slot, other) in hashes.iter_mut().zip(counterparties(kind)) {
            *slot = entities.get(*other).map(EntityKey::short);
        }
        Self {
            occurred_at: order.occurred_at.micros(),
            ordinal,
            amount_minor: bounded(order.amount_minor),
            transaction: transaction_hash(&order.transaction_id),
            counterparties: hashes,
        }
    }

    /// Place in the order of entries.
    pub(crate) const fn place(&self) -> (i64, u64) {
        (self.occurred_at, self.ordinal)
    }
}

/// The amount as sums count it.
pub(crate) fn bounded(amount_minor: i64) -> i64 {
    amount_minor.clamp(-LARGEST_AMOUNT_MINOR, LARGEST_AMOUNT_MINOR)
}

/// A change of an entry's fraud flag by a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FlagChange {
    /// Ordinal that the change took.
    pub(crate) ordinal: u64,
    /// When the labelled event occurred.
    pub(crate) occurred_at: i64,
    /// Ordinal of the labelled event.
    pub(crate) event: u64,
    /// The flag from then on.
    pub(crate) is_fraud: bool,
}
