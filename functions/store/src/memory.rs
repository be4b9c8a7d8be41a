//! The store in memory: for tests, and for runs that keep nothing.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use weir_events::{EncodedEntry, EntityKey, EntityKind, EventError, OutboxEntry, Sequence, Shard};

use crate::outbox::Single;
use crate::{
    Changes, Counts, ItemWrite, Outbox, OutboxRecord, PartKey, SINGLE_SHARD, StateWrite, Store, StoreError,
    StoredState, TransactionItem,
};

/// Keeps everything in memory and forgets it when dropped.
#[derive(Debug)]
pub struct MemoryStore {
    tables: Mutex<Tables>,
    newest: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Tables {
    states: BTreeMap<EntityKey, StoredState>,
    parts: BTreeMap<PartKey, Vec<u8>>,
    items: BTreeMap<String, TransactionItem>,
    outbox: BTreeMap<u64, EncodedEntry>,
    newest: u64,
    trimmed: u64,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self { tables: Mutex::default(), newest: watch::Sender::new(0) }
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        // A panic elsewhere cannot leave half a batch: guards are checked before the first write.
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl Tables {
    fn check(&self, changes: &Changes) -> Result<(), StoreError> {
        let states_match = changes
            .states
            .iter()
            .all(|write| self.states.get(&write.entity).map_or(0, |state| state.version) == write.expected);
        let items_match = changes.items.iter().all(|write| {
            let stored = self.items.get(&write.transaction_id);
            let is_decided = stored.is_some_and(|item| item.decision.is_some());
            stored.map_or(0, |item| item.version) == write.expected
                && !(is_decided && write.decision.is_some())
        });
        if states_match && items_match { Ok(()) } else { Err(StoreError::Conflict) }
    }

    fn apply(&mut self, changes: Changes, entries: Vec<EncodedEntry>) {
        for StateWrite { entity, expected, bytes, parts, removed } in changes.states {
            self.states.insert(entity, StoredState { version: expected + 1, bytes });
            for number in removed {
                self.parts.remove(&PartKey { entity, number });
            }
            for part in parts {
                self.parts.insert(PartKey { entity, number: part.number }, part.bytes);
            }
        }
        for write in changes.items {
            self.apply_item(write);
        }
        for entry in entries {
            self.newest += 1;
            self.outbox.insert(self.newest, entry);
        }
    }

    fn apply_item(&mut self, write: ItemWrite) {
        let item = self.items.entry(write.transaction_id).or_default();
        item.version += 1;
        item.decision = write.decision.map(Arc::unwrap_or_clone).or_else(|| item.decision.take());
        item.label = write.label.or_else(|| item.label.take());
    }
}

/// What a commit puts into the outbox, in its order.
fn entries(changes: &Changes) -> Result<Vec<EncodedEntry>, StoreError> {
    let decisions = changes.items.iter().filter_map(|write| write.decision.as_deref().cloned());
    let decisions = decisions.map(|decision| OutboxEntry::Decision(Box::new(decision)));
    let effects = changes.effects.iter().cloned().map(OutboxEntry::LabelEffect);
    let encode = |entry: OutboxEntry| {
        let damaged = |error: EventError| StoreError::Damaged {
            what: "outbox entry",
            key: String::new(),
            detail: error.to_string(),
        };
        EncodedEntry::of(&entry).map_err(damaged)
    };
    decisions.chain(effects).map(encode).collect()
}

#[async_trait::async_trait]
impl Store for MemoryStore {
    async fn states(&self, entities: &[EntityKey]) -> Result<Vec<StoredState>, StoreError> {
        let tables = self.tables();
        Ok(entities.iter().map(|entity| tables.states.get(entity).cloned().unwrap_or_default()).collect())
    }

    async fn newest_states(&self, entities: &[EntityKey]) -> Result<Vec<StoredState>, StoreError> {
        self.states(entities).await
    }

    async fn parts(&self, parts: &[PartKey]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let tables = self.tables();
        Ok(parts.iter().map(|part| tables.parts.get(part).cloned()).collect())
    }

    async fn items(&self, transaction_ids: &[&str]) -> Result<Vec<TransactionItem>, StoreError> {
        let tables = self.tables();
        Ok(transaction_ids.iter().map(|id| tables.items.get(*id).cloned().unwrap_or_default()).collect())
    }

    async fn commit(&self, changes: Changes) -> Result<(), StoreError> {
        changes.check()?;
        let entries = entries(&changes)?;
        let mut tables = self.tables();
        tables.check(&changes)?;
        tables.apply(changes, entries);
        self.newest.send_replace(tables.newest);
        Ok(())
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        let tables = self.tables();
        let count =
            |has: fn(&TransactionItem) -> bool| tables.items.values().filter(|item| has(item)).count() as u64;
        Ok(Counts {
            decisions: count(|item| item.decision.is_some()),
            labels: count(|item| item.label.is_some()),
            states: tables.states.len() as u64,
            outbox: tables.outbox.len() as u64,
        })
    }

    async fn list_states(
        &self,
        kind: EntityKind,
        after: Option<EntityKey>,
        limit: usize,
    ) -> Result<Vec<(EntityKey, StoredState)>, StoreError> {
        let tables = self.tables();
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let later = tables.states.range((start, Bound::Unbounded)).filter(|(entity, _)| entity.kind == kind);
        Ok(later.take(limit).map(|(entity, state)| (*entity, state.clone())).collect())
    }

    async fn list_items(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, TransactionItem)>, StoreError> {
        let tables = self.tables();
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let later = tables.items.range::<str, _>((start, Bound::Unbounded));
        Ok(later.take(limit).map(|(id, item)| (id.clone(), item.clone())).collect())
    }
}

#[async_trait::async_trait]
impl Outbox for MemoryStore {
    async fn shards(&self) -> Result<Vec<Shard>, StoreError> {
        Ok(vec![Shard::from(SINGLE_SHARD)])
    }

    async fn read(
        &self,
        shard: &str,
        after: Option<&Sequence>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<OutboxRecord>, StoreError> {
        let number = Single::number(shard, after)?;
        let mut newest = self.newest.subscribe();
        // Both ends of the wait are the same: what is there is read next.
        let _ = tokio::time::timeout(wait, newest.wait_for(|sequence| *sequence > number)).await;
        let tables = self.tables();
        Single::check(after, number, tables.trimmed)?;
        let later = tables.outbox.range((Bound::Excluded(number), Bound::Unbounded)).take(limit);
        Ok(later.map(|(&number, entry)| Single::record(number, Arc::new(entry.clone()))).collect())
    }

    async fn trim(&self, shard: &str, through: &Sequence) -> Result<(), StoreError> {
        let number = Single::number(shard, Some(through))?;
        let mut tables = self.tables();
        tables.trimmed = tables.trimmed.max(number.min(tables.newest));
        tables.outbox.retain(|kept, _| *kept > number);
        Ok(())
    }
}
