//! Reading, each call from one snapshot: never half a batch. Only heads that are in memory may be those before a batch
//! that is being written at that moment; each is guarded by its version.

use std::ops::Bound;
use std::sync::Arc;

use fjall::{Readable, Snapshot};
use serde::de::DeserializeOwned;
use weir_events::{EncodedEntry, EntityKey, EntityKind, Sequence};

use super::group::damaged;
use super::home::Tables;
use super::layout::{
    HEAD_KEY, Head, ItemBytes, Pointer, decision_of, decode_part, decode_state, entity_of, part_key,
    state_key,
};
use crate::outbox::Single;
use crate::{Counts, OutboxRecord, PartKey, StoreError, StoredState, TransactionItem};

impl Tables {
    pub(super) fn states(&self, entities: &[EntityKey]) -> Result<Vec<StoredState>, StoreError> {
        let keys: Vec<_> = entities.iter().map(state_key).collect();
        let known = self.heads.get(&keys);
        let snapshot = self.database.snapshot();
        let read = |((entity, key), known): ((&EntityKey, _), Option<StoredState>)| {
            if let Some(known) = known {
                return Ok(known);
            }
            let stored = snapshot.get(&self.states, key).map_err(|error| self.read_error(error))?;
            stored.map_or_else(|| Ok(StoredState::default()), |value| state(entity, &value))
        };
        entities.iter().zip(keys).zip(known).map(read).collect()
    }

    pub(super) fn parts(&self, parts: &[PartKey]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let snapshot = self.database.snapshot();
        let read = |part: &PartKey| {
            let key = part_key(&state_key(&part.entity), part.number);
            let stored = snapshot.get(&self.parts, key).map_err(|error| self.read_error(error))?;
            let Some(value) = stored else { return Ok(None) };
            let bytes = decode_part(&value)
                .ok_or_else(|| damaged("piece of a state", &part.entity.to_string(), "unknown layout"))?;
            Ok(Some(bytes.to_vec()))
        };
        parts.iter().map(read).collect()
    }

    pub(super) fn items(&self, ids: &[String]) -> Result<Vec<TransactionItem>, StoreError> {
        let snapshot = self.database.snapshot();
        ids.iter().map(|id| transaction_item(id, &self.item(&snapshot, id)?)).collect()
    }

    pub(super) fn item(&self, snapshot: &Snapshot, id: &str) -> Result<ItemBytes, StoreError> {
        let stored = snapshot.get(&self.items, id).map_err(|error| self.read_error(error))?;
        let Some(value) = stored else { return Ok(ItemBytes::default()) };
        ItemBytes::decode(&value).ok_or_else(|| damaged("item", id, "unknown layout"))
    }

    pub(super) fn outbox(
        &self,
        after: Option<&Sequence>,
        number: u64,
        limit: usize,
    ) -> Result<Vec<OutboxRecord>, StoreError> {
        if let Some(found) = self.recent.after(after.is_some(), number, limit) {
            return Ok(found.into_iter().map(|(number, entry)| Single::record(number, entry)).collect());
        }
        let snapshot = self.database.snapshot();
        let trimmed = self.head(&snapshot)?.trimmed;
        Single::check(after, number, trimmed)?;
        // Starting behind what is trimmed spares walking over its tombstones.
        let start = Bound::Excluded(number.max(trimmed).to_be_bytes());
        let later = snapshot.range(&self.outbox, (start, Bound::Unbounded)).take(limit);
        later
            .map(|guard| {
                let (key, value) = guard.into_inner().map_err(|error| self.read_error(error))?;
                let sequence = key.as_ref().try_into().map(u64::from_be_bytes);
                let sequence = sequence.map_err(|_| damaged("outbox key", "", "not 8 bytes"))?;
                Ok(Single::record(sequence, Arc::new(self.entry(&snapshot, sequence, &value)?)))
            })
            .collect()
    }

    fn entry(&self, snapshot: &Snapshot, sequence: u64, value: &[u8]) -> Result<EncodedEntry, StoreError> {
        match Pointer::decode(value) {
            Some(Pointer::Effect { at, id, json }) => Ok(EncodedEntry {
                transaction_id: id.to_owned(),
                at,
                outcome: None,
                json: EncodedEntry::json_of_effect(json),
            }),
            Some(Pointer::Decision { at, outcome, id }) => {
                let stored = snapshot.get(&self.items, id).map_err(|error| self.read_error(error))?;
                let json = stored.as_ref().and_then(|value| decision_of(value));
                let json =
                    json.ok_or_else(|| damaged("item", id, "no decision, but an outbox entry of one"))?;
                Ok(EncodedEntry {
                    transaction_id: id.to_owned(),
                    at,
                    outcome: Some(outcome),
                    json: EncodedEntry::json_of_decision(json),
                })
            }
            None => Err(damaged("outbox entry", &sequence.to_string(), "unknown layout")),
        }
    }

    pub(super) fn counts(&self) -> Result<Counts, StoreError> {
        let head = self.head(&self.database.snapshot())?;
        Ok(Counts {
            decisions: head.decisions,
            labels: head.labels,
            states: head.states,
            outbox: head.newest - head.trimmed,
        })
    }

    pub(super) fn head(&self, snapshot: &Snapshot) -> Result<Head, StoreError> {
        let stored = snapshot.get(&self.meta, HEAD_KEY).map_err(|error| self.read_error(error))?;
        let Some(value) = stored else { return Ok(Head::default()) };
        Head::decode(&value).ok_or_else(|| damaged("meta value", HEAD_KEY, "unknown layout"))
    }

    pub(super) fn list_states(
        &self,
        kind: EntityKind,
        after: Option<EntityKey>,
        limit: usize,
    ) -> Result<Vec<(EntityKey, StoredState)>, StoreError> {
        let first = EntityKey { kind, key_id: 0, digest: [0; 16] };
        let start = match after.filter(|entity| *entity >= first) {
            Some(entity) => Bound::Excluded(state_key(&entity)),
            None => Bound::Included(state_key(&first)),
        };
        let last = EntityKey { kind, key_id: u16::MAX, digest: [u8::MAX; 16] };
        if after.is_some_and(|entity| entity >= last) {
            return Ok(Vec::new());
        }
        let range = self.database.snapshot().range(&self.states, (start, Bound::Included(state_key(&last))));
        let decode = |guard: fjall::Guard| {
            let (key, value) = guard.into_inner().map_err(|error| self.read_error(error))?;
            let entity = entity_of(&key).ok_or_else(|| damaged("state key", "", "unknown layout"))?;
            Ok((entity, state(&entity, &value)?))
        };
        range.take(limit).map(decode).collect()
    }

    pub(super) fn list_items(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, TransactionItem)>, StoreError> {
        let start = after.map_or(Bound::Unbounded, |id| Bound::Excluded(id.as_bytes()));
        let range = self.database.snapshot().range::<&[u8], _>(&self.items, (start, Bound::Unbounded));
        let decode = |guard: fjall::Guard| {
            let (key, value) = guard.into_inner().map_err(|error| self.read_error(error))?;
            let id = String::from_utf8(key.to_vec()).map_err(|_| damaged("item key", "", "not UTF-8"))?;
            let item = ItemBytes::decode(&value).ok_or_else(|| damaged("item", &id, "unknown layout"))?;
            let item = transaction_item(&id, &item)?;
            Ok((id, item))
        };
        range.take(limit).map(decode).collect()
    }

    pub(super) fn read_error(&self, error: fjall::Error) -> StoreError {
        StoreError::Read { location: self.path.display().to_string(), source: Box::new(error) }
    }

    pub(super) fn write_error(&self, error: fjall::Error) -> StoreError {
        StoreError::Write { location: self.path.display().to_string(), source: Box::new(error) }
    }
}

fn state(entity: &EntityKey, value: &[u8]) -> Result<StoredState, StoreError> {
    let decoded =
        decode_state(value).ok_or_else(|| damaged("state", &entity.to_string(), "unknown layout"))?;
    Ok(StoredState { version: decoded.0, bytes: decoded.1.to_vec() })
}

fn transaction_item(id: &str, item: &ItemBytes) -> Result<TransactionItem, StoreError> {
    Ok(TransactionItem {
        version: item.version,
        decision: part("decision", id, &item.decision)?,
        label: part("label", id, &item.label)?,
    })
}

fn part<T: DeserializeOwned>(what: &'static str, id: &str, bytes: &[u8]) -> Result<Option<T>, StoreError> {
    if bytes.is_empty() { Ok(None) } else { json(what, id, bytes).map(Some) }
}

fn json<T: DeserializeOwned>(what: &'static str, key: &str, bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes).map_err(|error| {
        damaged(what, key, format!("not its JSON at line {} column {}", error.line(), error.column()))
    })
}
