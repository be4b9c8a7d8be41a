//! Pieces that come and go with a head.
//!
//! A piece's number is free as long as no head names it, so two writers may seal different bytes under one number. Only
//! a transaction keeps the loser's bytes out. It costs twice the units, and is needed only when a piece comes or goes.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, TransactWriteItem};
use weir_store::{PartWrite, StoreError};

use super::transaction::{ACTIONS, incomplete};
use super::{MOST_BYTES, Write};
use crate::fault::Fault;
use crate::keys::{Attributes, Place, attribute};

/// Names, key and numbers of a piece.
const AROUND: usize = 100;

/// Pieces that come and go.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pieces {
    parts: Vec<PartWrite>,
    removed: Vec<u64>,
}

impl Pieces {
    pub(crate) const fn new(parts: Vec<PartWrite>, removed: Vec<u64>) -> Self {
        Self { parts, removed }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.removed.is_empty()
    }

    /// Actions of a transaction that the head and its pieces are.
    pub(super) fn actions(&self) -> usize {
        (1 + self.parts.len() + self.removed.len()).min(ACTIONS)
    }

    pub(super) fn size(&self) -> usize {
        self.parts.iter().map(|part| part.bytes.len() + AROUND).sum()
    }

    /// Refuses what no transaction takes.
    pub(super) fn check(&self, place: &Place) -> Result<(), StoreError> {
        let too_large = |size_bytes, most_bytes| StoreError::TooLarge {
            what: "pieces of state",
            key: place.told(),
            size_bytes,
            most_bytes,
        };
        if let Some(part) = self.parts.iter().find(|part| part.bytes.len() + AROUND > MOST_BYTES) {
            return Err(too_large(part.bytes.len(), MOST_BYTES));
        }
        if self.parts.len() >= ACTIONS {
            return Err(too_large(self.size(), ACTIONS * MOST_BYTES));
        }
        Ok(())
    }

    /// Actions beside the head's.
    pub(super) fn of(&self, table: &str, head: &Write) -> Result<Vec<TransactWriteItem>, Fault> {
        let mut actions = Vec::with_capacity(self.actions());
        for part in &self.parts {
            let mut item = piece(&head.place, part.number);
            item.insert(attribute::BYTES.to_owned(), AttributeValue::B(Blob::new(part.bytes.clone())));
            let expires = head.value(attribute::EXPIRES).cloned();
            item.extend(expires.map(|expires| (attribute::EXPIRES.to_owned(), expires)));
            let put = Put::builder().table_name(table).set_item(Some(item)).build();
            let put = put.map_err(|error| incomplete(&error))?;
            actions.push(TransactWriteItem::builder().put(put).build());
        }
        for number in self.removed.iter().take(self.place_for_removed()) {
            let key = piece(&head.place, *number);
            let delete = Delete::builder().table_name(table).set_key(Some(key)).build();
            let delete = delete.map_err(|error| incomplete(&error))?;
            actions.push(TransactWriteItem::builder().delete(delete).build());
        }
        Ok(actions)
    }

    /// Keys of the pieces for which the transaction has no place.
    pub(super) fn left(&self, head: &Place) -> Vec<Attributes> {
        self.removed.iter().skip(self.place_for_removed()).map(|number| piece(head, *number)).collect()
    }

    fn place_for_removed(&self) -> usize {
        (ACTIONS - 1).saturating_sub(self.parts.len())
    }
}

/// Key of a piece of this head.
fn piece(head: &Place, number: u64) -> Attributes {
    match head {
        Place::State(entity, _) => Place::State(*entity, number).key_map(),
        Place::Item(_) => head.key_map(),
    }
}
