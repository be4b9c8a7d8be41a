//! Changes, encoded: made on the caller's side, so that the writer only looks up and writes.

use std::sync::Arc;

use serde::Serialize;

use weir_events::{Decision, EncodedEntry, LabelEffect};

use super::group::damaged;
use super::layout::{PartBytes, Pointer, StateKey, encode_part, part_key, state_key};
use crate::{Changes, ItemWrite, StateWrite, StoreError, Version};

/// One commit, ready for the writer.
pub(super) struct Prepared {
    pub(super) states: Vec<PreparedState>,
    pub(super) items: Vec<PreparedItem>,
    /// Outbox entries of the label effects.
    pub(super) effects: Vec<PreparedEntry>,
}

pub(super) struct PreparedState {
    pub(super) key: StateKey,
    pub(super) expected: Version,
    pub(super) bytes: Vec<u8>,
    /// Pieces to write, and those to remove (`None`).
    pub(super) parts: Vec<(PartBytes, Option<Vec<u8>>)>,
}

pub(super) struct PreparedItem {
    pub(super) id: String,
    pub(super) expected: Version,
    pub(super) decision: Option<PreparedDecision>,
    pub(super) label: Option<Vec<u8>>,
}

/// A decision as JSON, and its outbox entry.
pub(super) struct PreparedDecision {
    pub(super) json: Vec<u8>,
    pub(super) entry: PreparedEntry,
}

/// An outbox entry as it is stored, and as it is read.
pub(super) struct PreparedEntry {
    pub(super) stored: Vec<u8>,
    pub(super) read: Arc<EncodedEntry>,
}

impl TryFrom<Changes> for Prepared {
    type Error = StoreError;

    fn try_from(changes: Changes) -> Result<Self, StoreError> {
        changes.check()?;
        Ok(Self {
            states: changes.states.into_iter().map(PreparedState::from).collect(),
            items: changes.items.into_iter().map(PreparedItem::try_from).collect::<Result<_, _>>()?,
            effects: changes.effects.iter().map(effect).collect::<Result<_, _>>()?,
        })
    }
}

impl From<StateWrite> for PreparedState {
    fn from(write: StateWrite) -> Self {
        let key = state_key(&write.entity);
        let removed = write.removed.iter().map(|number| (part_key(&key, *number), None));
        let written =
            write.parts.iter().map(|part| (part_key(&key, part.number), Some(encode_part(&part.bytes))));
        let parts = removed.chain(written).collect();
        Self { key, expected: write.expected, bytes: write.bytes, parts }
    }
}

impl TryFrom<ItemWrite> for PreparedItem {
    type Error = StoreError;

    fn try_from(write: ItemWrite) -> Result<Self, StoreError> {
        let id = write.transaction_id;
        Ok(Self {
            expected: write.expected,
            decision: write.decision.as_deref().map(decision).transpose()?,
            label: write.label.map(|label| json("label", &id, &label)).transpose()?,
            id,
        })
    }
}

fn decision(decision: &Decision) -> Result<PreparedDecision, StoreError> {
    let id = &decision.transaction_id;
    let (at, outcome) = (decision.decided_at, decision.outcome);
    let json = json("decision", id, decision)?;
    let read = EncodedEntry {
        transaction_id: id.clone(),
        at,
        outcome: Some(outcome),
        json: EncodedEntry::json_of_decision(&json),
    };
    let stored = entry(Pointer::Decision { at, outcome, id }, id)?;
    Ok(PreparedDecision { json, entry: PreparedEntry { stored, read: Arc::new(read) } })
}

fn effect(effect: &LabelEffect) -> Result<PreparedEntry, StoreError> {
    let (id, at) = (&effect.transaction_id, effect.applied_at);
    let json = json("label effect", id, effect)?;
    let stored = entry(Pointer::Effect { at, id, json: &json }, id)?;
    let json = EncodedEntry::json_of_effect(&json);
    let read = EncodedEntry { transaction_id: id.clone(), at, outcome: None, json };
    Ok(PreparedEntry { stored, read: Arc::new(read) })
}

fn entry(pointer: Pointer<'_>, id: &str) -> Result<Vec<u8>, StoreError> {
    pointer.encode().ok_or_else(|| damaged("outbox entry", id, "its transaction id is over 64 KiB"))
}

fn json(what: &'static str, key: &str, value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(|source| StoreError::Encode { what, key: key.to_owned(), source })
}
