//! A group of commits that becomes one batch of the engine.

use std::collections::{BTreeMap, HashMap};

use fjall::PersistMode;

use super::home::Tables;
use super::layout::{HEAD_KEY, Head, ItemBytes, PartBytes, StateKey, decode_state, encode_state};
use super::prepared::{Prepared, PreparedEntry, PreparedItem};
use super::versions::Versions;
use crate::{StoreError, StoredState, Version};

/// Commits taken so far, not yet written. Each sees those before it.
pub(super) struct Group<'a> {
    tables: &'a Tables,
    versions: &'a mut Versions,
    head: Head,
    states: BTreeMap<StateKey, (Version, Vec<u8>)>,
    parts: BTreeMap<PartBytes, Option<Vec<u8>>>,
    items: HashMap<String, ItemBytes>,
    outbox: Vec<PreparedEntry>,
}

impl<'a> Group<'a> {
    /// A group with nothing in it yet, on top of what is stored.
    pub(super) fn new(tables: &'a Tables, versions: &'a mut Versions, head: Head) -> Self {
        Self {
            tables,
            versions,
            head,
            states: BTreeMap::new(),
            parts: BTreeMap::new(),
            items: HashMap::new(),
            outbox: Vec::new(),
        }
    }

    /// Takes one commit whole, or refuses it whole.
    pub(super) fn take(&mut self, commit: Prepared) -> Result<(), StoreError> {
        for state in &commit.states {
            if self.state_version(&state.key)? != state.expected {
                return Err(StoreError::Conflict);
            }
        }
        let mut stored = Vec::with_capacity(commit.items.len());
        for item in &commit.items {
            stored.push(self.guarded_item(item)?);
        }
        for state in commit.states {
            self.head.states += u64::from(state.expected == 0);
            self.states.insert(state.key, (state.expected + 1, state.bytes));
            self.parts.extend(state.parts);
        }
        for (write, item) in commit.items.into_iter().zip(stored) {
            self.put_item(write, item);
        }
        for effect in commit.effects {
            self.push(effect);
        }
        Ok(())
    }

    /// Writes the group as one batch: in the journal (and synced, if asked for) before anybody can read it.
    pub(super) fn write(self, mode: PersistMode) -> Result<Head, StoreError> {
        let mut batch = self.tables.database.batch().durability(Some(mode));
        for (key, (version, bytes)) in &self.states {
            batch.insert(&self.tables.states, *key, encode_state(*version, bytes));
        }
        for (key, bytes) in self.parts {
            match bytes {
                Some(bytes) => batch.insert(&self.tables.parts, key, bytes),
                None => batch.remove(&self.tables.parts, key),
            }
        }
        for (id, item) in self.items {
            let value = item.encode().ok_or_else(|| damaged("item", &id, "a decision over 4 GiB"))?;
            batch.insert(&self.tables.items, id, value);
        }
        let first = self.head.newest + 1 - self.outbox.len() as u64;
        let mut entries = Vec::with_capacity(self.outbox.len());
        for (sequence, entry) in (first..).zip(self.outbox) {
            batch.insert(&self.tables.outbox, sequence.to_be_bytes(), entry.stored);
            entries.push(entry.read);
        }
        batch.insert(&self.tables.meta, HEAD_KEY, self.head.encode());
        self.tables.heads.forget(self.states.keys());
        batch.commit().map_err(|error| self.tables.write_error(error))?;
        self.tables.recent.push(entries);
        for (key, (version, _)) in &self.states {
            self.versions.note(*key, *version);
        }
        let heads = self.states.into_iter();
        self.tables.heads.put(heads.map(|(key, (version, bytes))| (key, StoredState { version, bytes })));
        Ok(self.head)
    }

    fn state_version(&mut self, key: &StateKey) -> Result<Version, StoreError> {
        if let Some((version, _)) = self.states.get(key) {
            return Ok(*version);
        }
        if let Some(version) = self.versions.get(key) {
            return Ok(version);
        }
        let stored = self.tables.states.get(key).map_err(|error| self.tables.read_error(error))?;
        let Some(value) = stored else { return Ok(0) };
        let (version, _) = decode_state(&value).ok_or_else(|| damaged("state", "", "unknown layout"))?;
        Ok(version)
    }

    fn guarded_item(&self, write: &PreparedItem) -> Result<ItemBytes, StoreError> {
        let item = match self.items.get(&write.id) {
            Some(item) => item.clone(),
            None => self.tables.item(&self.tables.database.snapshot(), &write.id)?,
        };
        let is_decided_again = write.decision.is_some() && !item.decision.is_empty();
        if item.version == write.expected && !is_decided_again { Ok(item) } else { Err(StoreError::Conflict) }
    }

    fn put_item(&mut self, write: PreparedItem, mut item: ItemBytes) {
        item.version += 1;
        if let Some(decision) = write.decision {
            self.head.decisions += 1;
            self.push(decision.entry);
            item.decision = decision.json;
        }
        if let Some(label) = write.label {
            self.head.labels += u64::from(item.label.is_empty());
            item.label = label;
        }
        self.items.insert(write.id, item);
    }

    fn push(&mut self, entry: PreparedEntry) {
        self.head.newest += 1;
        self.outbox.push(entry);
    }
}

/// A stored value that cannot be decoded.
pub(super) fn damaged(what: &'static str, key: &str, detail: impl Into<String>) -> StoreError {
    StoreError::Damaged { what, key: key.to_owned(), detail: detail.into() }
}
