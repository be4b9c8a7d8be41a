//! What one batch has read and changed, before it is committed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use weir_events::{Decision, EntityKey, Label, LabelEffect, Timestamp};
use weir_features::{
    EntityState, LABELLED_KINDS, StateError, StatePart, States, Written, applied_label, apply_label,
};
use weir_store::{
    Changes, ItemWrite, PartKey, PartWrite, StateWrite, Store, StoreError, StoredState, TransactionItem,
    Version,
};

/// A transaction's item as read, with what the batch changes in it.
pub(crate) struct WorkingItem {
    pub(crate) item: TransactionItem,
    /// The decision, if it was made here.
    made: Option<Arc<Decision>>,
    is_labelled_here: bool,
}

impl WorkingItem {
    /// The decision, read or made here.
    fn decision(&self) -> Option<&Decision> {
        self.made.as_deref().or(self.item.decision.as_ref())
    }
}

/// Version and ordinal of a state as it was read.
struct Read {
    version: Version,
    ordinal: u64,
}

/// Items and states that one batch works on, each read once.
#[derive(Default)]
pub(crate) struct Working {
    pub(crate) items: BTreeMap<String, WorkingItem>,
    pub(crate) states: States,
    read: BTreeMap<EntityKey, Read>,
    pub(crate) effects: Vec<LabelEffect>,
}

impl Working {
    /// Reads the items of these transactions.
    pub(crate) async fn load_items(store: &dyn Store, ids: &BTreeSet<&str>) -> Result<Self, StoreError> {
        let asked: Vec<&str> = ids.iter().copied().collect();
        let found = if asked.is_empty() { Vec::new() } else { store.items(&asked).await? };
        let items = asked
            .into_iter()
            .zip(found)
            .map(|(id, item)| (id.to_owned(), WorkingItem { item, made: None, is_labelled_here: false }));
        Ok(Self { items: items.collect(), ..Self::default() })
    }

    /// Reads the heads of the states of these entities.
    pub(crate) async fn load_states(
        &mut self,
        store: &dyn Store,
        entities: BTreeSet<EntityKey>,
    ) -> Result<(), StoreError> {
        let asked: Vec<EntityKey> = entities.into_iter().collect();
        let found = if asked.is_empty() { Vec::new() } else { store.states(&asked).await? };
        self.take_states(asked, found)
    }

    /// The same, as they are stored at this moment.
    pub(crate) async fn load_newest_states(
        &mut self,
        store: &dyn Store,
        entities: BTreeSet<EntityKey>,
    ) -> Result<(), StoreError> {
        let asked: Vec<EntityKey> = entities.into_iter().collect();
        let found = if asked.is_empty() { Vec::new() } else { store.newest_states(&asked).await? };
        self.take_states(asked, found)
    }

    fn take_states(&mut self, asked: Vec<EntityKey>, found: Vec<StoredState>) -> Result<(), StoreError> {
        for (entity, stored) in asked.into_iter().zip(found) {
            let mut read = Read { version: stored.version, ordinal: 0 };
            if stored.version > 0 {
                let state = EntityState::read(&stored.bytes).map_err(|error| damaged(entity, &error))?;
                read.ordinal = state.ordinal();
                self.states.insert(entity, state);
            }
            self.read.insert(entity, read);
        }
        Ok(())
    }

    /// Reads pieces of states whose heads were read.
    pub(crate) async fn load_parts(
        &mut self,
        store: &dyn Store,
        parts: BTreeSet<StatePart>,
    ) -> Result<(), StoreError> {
        if parts.is_empty() {
            return Ok(());
        }
        let asked: Vec<PartKey> =
            parts.into_iter().map(|StatePart { entity, number }| PartKey { entity, number }).collect();
        let found = store.parts(&asked).await?;
        for (PartKey { entity, number }, bytes) in asked.into_iter().zip(found) {
            let Some(bytes) = bytes else { return Err(self.why_gone(store, entity).await) };
            if let Some(state) = self.states.get_mut(&entity) {
                state.load(number, &bytes).map_err(|error| damaged(entity, &error))?;
            }
        }
        Ok(())
    }

    /// A piece is gone because its head was replaced since it was read, unless the store lost it.
    async fn why_gone(&self, store: &dyn Store, entity: EntityKey) -> StoreError {
        let read = self.read.get(&entity).map_or(0, |read| read.version);
        match store.states(&[entity]).await.as_deref() {
            Ok([stored]) if stored.version == read => {
                let detail = "a piece that its head names is not there".to_owned();
                StoreError::Damaged { what: "state", key: entity.to_string(), detail }
            }
            _ => StoreError::Conflict,
        }
    }

    /// The decision of a transaction, read or made here.
    pub(crate) fn decision(&self, transaction_id: &str) -> Option<&Decision> {
        self.items.get(transaction_id)?.decision()
    }

    /// Whether a transaction still waits for its decision.
    pub(crate) fn is_undecided(&self, transaction_id: &str) -> bool {
        self.decision(transaction_id).is_none()
    }

    /// Takes a decision in, and the effect of a label that came before it.
    pub(crate) fn decide(&mut self, decision: Arc<Decision>) {
        let Some(entry) = self.items.get_mut(&decision.transaction_id) else { return };
        let effects = match &entry.item.label {
            Some(label) => effects(&mut self.states, &decision, label, None, decision.decided_at),
            None => Vec::new(),
        };
        entry.made = Some(decision);
        self.effects.extend(effects);
    }

    /// Takes a label in, and its effect if the transaction was decided. Answers whether it changed anything: a
    /// label that became known earlier than, or when, the one at hand did not.
    pub(crate) fn label(&mut self, label: &Label, now: Timestamp) -> bool {
        let Some(entry) = self.items.get_mut(&label.transaction_id) else { return false };
        if entry.item.label.as_ref().is_some_and(|known| known.known_at >= label.known_at) {
            return false;
        }
        entry.is_labelled_here = true;
        if let Some(decision) = entry.decision() {
            let before = entry.item.label.as_ref();
            self.effects.extend(effects(&mut self.states, decision, label, before, now));
        }
        entry.item.label = Some(label.clone());
        true
    }

    /// Everything that changed.
    pub(crate) fn into_changes(mut self) -> Changes {
        let states = self.states.iter_mut().filter_map(|(entity, state)| {
            let (expected, ordinal) =
                self.read.get(entity).map_or((0, 0), |read| (read.version, read.ordinal));
            // Nothing enters a state without taking an ordinal.
            (state.ordinal() > ordinal).then(|| write(*entity, expected, state))
        });
        let states = states.collect();
        let items = self.items.into_iter().filter_map(|(transaction_id, entry)| {
            let decision = entry.made;
            let label = entry.item.label.filter(|_| entry.is_labelled_here);
            (decision.is_some() || label.is_some()).then_some(ItemWrite {
                transaction_id,
                expected: entry.item.version,
                decision,
                label,
            })
        });
        Changes { states, items: items.collect(), effects: self.effects }
    }
}

/// Everything of a state that changed.
fn write(entity: EntityKey, expected: Version, state: &mut EntityState) -> StateWrite {
    let Written { head, parts, removed } = state.write();
    let parts = parts.into_iter().map(|(number, bytes)| PartWrite { number, bytes }).collect();
    StateWrite { entity, expected, bytes: head, parts, removed }
}

fn damaged(entity: EntityKey, error: &StateError) -> StoreError {
    StoreError::Damaged { what: "state", key: entity.to_string(), detail: error.to_string() }
}

/// Entities of a decision whose states its label changes.
pub(crate) fn labelled_entities(decision: &Decision) -> impl Iterator<Item = EntityKey> + '_ {
    let folded = decision.ordinals.iter().filter(|read| read.folded).map(|read| read.entity);
    folded.filter(|entity| LABELLED_KINDS.contains(&entity.kind))
}

/// Applies a label to the states of a decided transaction, of which `before` is the label that was known.
///
/// A label that changes the one before finds its effect in a state if an earlier attempt got as far as that.
fn effects(
    states: &mut States,
    decision: &Decision,
    label: &Label,
    before: Option<&Label>,
    now: Timestamp,
) -> Vec<LabelEffect> {
    let (id, occurred_at) = (&decision.transaction_id, decision.occurred_at);
    let is_change = label.is_fraud != before.is_some_and(|before| before.is_fraud);
    let apply = |entity: EntityKey| {
        let state = states.get_mut(&entity)?;
        let ordinal = apply_label(state, id, occurred_at, label.is_fraud)
            .or_else(|| is_change.then(|| applied_label(state, id, occurred_at, label.is_fraud)).flatten())?;
        Some(LabelEffect {
            transaction_id: id.clone(),
            entity,
            ordinal,
            is_fraud: label.is_fraud,
            known_at: label.known_at,
            applied_at: now,
        })
    };
    labelled_entities(decision).filter_map(apply).collect()
}
