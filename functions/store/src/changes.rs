//! What one batch changes.

use std::collections::HashSet;
use std::sync::Arc;

use weir_events::{Decision, EntityKey, Label, LabelEffect};

use crate::{StoreError, Version};

/// Longest transaction id in bytes: 128 characters of at most 4 bytes.
const MAX_ID_BYTES: usize = 512;

/// A guarded write of one entity's state: of its head, and of the pieces that changed with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateWrite {
    /// The entity.
    pub entity: EntityKey,
    /// Version that was read: the head's, which guards every piece.
    pub expected: Version,
    /// The new head.
    pub bytes: Vec<u8>,
    /// New pieces, each under a number that this entity has never used.
    pub parts: Vec<PartWrite>,
    /// Numbers of pieces that go.
    pub removed: Vec<u64>,
}

/// A new piece of a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartWrite {
    /// Its number.
    pub number: u64,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// A guarded write of one transaction's item. `None` leaves that part as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemWrite {
    /// The transaction.
    pub transaction_id: String,
    /// Version that was read.
    pub expected: Version,
    /// The decision, if it is made by this write; whoever made it may go on to use it.
    pub decision: Option<Arc<Decision>>,
    /// The label, if it is set by this write.
    pub label: Option<Label>,
}

/// Everything that one batch changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// States, each entity at most once.
    pub states: Vec<StateWrite>,
    /// Items, each transaction at most once.
    pub items: Vec<ItemWrite>,
    /// Label effects that the states above contain, each of a transaction whose item is written.
    pub effects: Vec<LabelEffect>,
}

impl Changes {
    /// Whether there is nothing to write.
    pub const fn is_empty(&self) -> bool {
        self.states.is_empty() && self.items.is_empty() && self.effects.is_empty()
    }

    /// Refuses what no adapter may write, before anything is looked up: a thing written twice in one batch, and a
    /// decision or label that stands under another transaction's id.
    pub fn check(&self) -> Result<(), StoreError> {
        let mut entities = HashSet::new();
        if let Some(write) = self.states.iter().find(|write| !entities.insert(write.entity)) {
            return Err(StoreError::WrittenTwice { what: write.entity.to_string() });
        }
        if let Some(write) = self.states.iter().find(|write| !write.has_numbers_once()) {
            return Err(StoreError::WrittenTwice { what: format!("a piece of {}", write.entity) });
        }
        let mut ids = HashSet::new();
        if let Some(write) = self.items.iter().find(|write| !ids.insert(write.transaction_id.as_str())) {
            return Err(StoreError::WrittenTwice { what: write.transaction_id.clone() });
        }
        if let Some(alone) = self.effects.iter().find(|effect| !ids.contains(effect.transaction_id.as_str()))
        {
            return Err(StoreError::EffectAlone { transaction_id: alone.transaction_id.clone() });
        }
        self.items.iter().try_for_each(ItemWrite::check)
    }
}

impl StateWrite {
    /// Whether each piece is written once or removed once, and not both.
    fn has_numbers_once(&self) -> bool {
        let mut numbers = HashSet::new();
        let written = self.parts.iter().map(|part| part.number);
        written.chain(self.removed.iter().copied()).all(|number| numbers.insert(number))
    }
}

impl ItemWrite {
    fn check(&self) -> Result<(), StoreError> {
        if !(1..=MAX_ID_BYTES).contains(&self.transaction_id.len()) {
            return Err(StoreError::UnusableId { length: self.transaction_id.len(), most: MAX_ID_BYTES });
        }
        let decided = self.decision.iter().map(|decision| &decision.transaction_id);
        let labelled = self.label.iter().map(|label| &label.transaction_id);
        match decided.chain(labelled).find(|id| **id != self.transaction_id) {
            Some(other) => Err(StoreError::OtherTransaction {
                transaction_id: self.transaction_id.clone(),
                other: other.clone(),
            }),
            None => Ok(()),
        }
    }
}
