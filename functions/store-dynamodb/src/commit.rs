//! One commit: states first, then the items that depend on them.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use weir_events::LabelEffect;
use weir_store::{Changes, ItemWrite, StateWrite, StoreError, StoredState};

use crate::codec::Encoder;
use crate::item::{BROUGHT_DECISION, BROUGHT_EFFECTS, encode};
use crate::keys::{Place, attribute, number_value};
use crate::settings::DynamoSettings;
use crate::store::Inner;
use crate::write::{WithParts, Write};

/// Changes as writes, all encoded and of a size that the service takes.
pub(crate) struct Prepared {
    pub(crate) heads: Vec<Write>,
    pub(crate) with_parts: Vec<WithParts>,
    pub(crate) items: Vec<Write>,
}

impl Prepared {
    pub(crate) fn new(changes: Changes, settings: &DynamoSettings) -> Result<Self, StoreError> {
        changes.check()?;
        let states_expire = expires(settings.states_kept);
        let items_expire = expires(settings.items_kept);
        let (mut heads, mut with_parts, mut items) = (Vec::new(), Vec::new(), Vec::new());
        for state in changes.states {
            let write = with_head(state, states_expire.as_ref());
            write.check()?;
            if write.parts.is_empty() && write.removed.is_empty() {
                heads.push(write.head);
            } else {
                with_parts.push(write);
            }
        }
        let mut encoder = Encoder::new();
        for item in changes.items {
            let write = item_write(&item, &changes.effects, items_expire.as_ref(), &mut encoder)?;
            write.check("item")?;
            items.push(write);
        }
        // All writers in one order, so that those who meet meet early, and whoever locks does not wait in a circle.
        heads.sort_unstable_by(|one, other| one.place.cmp(&other.place));
        with_parts.sort_unstable_by(|one, other| one.head.place.cmp(&other.head.place));
        items.sort_unstable_by(|one, other| one.place.cmp(&other.place));
        Ok(Self { heads, with_parts, items })
    }
}

fn with_head(state: StateWrite, expires: Option<&AttributeValue>) -> WithParts {
    let StateWrite { entity, expected, bytes, parts, removed } = state;
    let mut head = Write::new(Place::head(entity), expected);
    head.set(attribute::BYTES, AttributeValue::B(Blob::new(bytes)));
    if let Some(expires) = expires {
        head.set(attribute::EXPIRES, expires.clone());
    }
    WithParts { head, entity, parts, removed, expires: expires.cloned() }
}

fn item_write(
    item: &ItemWrite,
    effects: &[LabelEffect],
    expires: Option<&AttributeValue>,
    encoder: &mut Encoder,
) -> Result<Write, StoreError> {
    let id = item.transaction_id.as_str();
    let mut write = Write::new(Place::Item(id.to_owned()), item.expected);
    let mut brought = 0;
    if let Some(decision) = item.decision.as_deref() {
        write.set(attribute::DECISION, blob(encode("decision", id, decision, encoder)?));
        write.is_undecided = true;
        brought |= BROUGHT_DECISION;
    }
    if let Some(label) = &item.label {
        write.set(attribute::LABEL, blob(encode("label", id, label, encoder)?));
    }
    let own: Vec<&LabelEffect> = effects.iter().filter(|effect| effect.transaction_id == id).collect();
    if !own.is_empty() {
        write.set(attribute::EFFECTS, blob(encode("label effects", id, &own, encoder)?));
        brought |= BROUGHT_EFFECTS;
    }
    write.set(attribute::BROUGHT, number_value(brought));
    if let Some(expires) = expires {
        write.set(attribute::EXPIRES, expires.clone());
    }
    Ok(write)
}

fn blob(bytes: Vec<u8>) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes))
}

fn expires(kept: Option<std::time::Duration>) -> Option<AttributeValue> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    kept.map(|kept| number_value(now.saturating_add(kept).as_secs()))
}

impl Inner {
    pub(crate) async fn commit(&self, changes: Changes) -> Result<(), StoreError> {
        let prepared = Prepared::new(changes, &self.settings)?;
        let Prepared { heads, with_parts, items } = &prepared;
        let states_table = self.settings.states_table.as_str();
        let written = heads.iter().chain(with_parts.iter().map(|write| &write.head));
        // Until it is known what became of them they are not remembered; a commit that is dropped never tells.
        for write in written.clone() {
            self.forget(write);
        }
        let states =
            futures::future::join(self.write(states_table, heads), self.write_with_parts(with_parts));
        let (refused_heads, refused_parts) = states.await;
        // What one of them met counts even if the other failed: whoever folds again must not read the same again.
        let refused_heads =
            refused_heads.map(|refused| self.suspect(refused.iter().filter_map(|index| heads.get(*index))));
        let refused_parts = refused_parts.map(|refused| {
            self.suspect(refused.iter().filter_map(|index| with_parts.get(*index)).map(|write| &write.head))
        });
        if refused_heads? + refused_parts? > 0 {
            return Err(StoreError::Conflict);
        }
        for write in written {
            self.remember(write);
        }
        let refused = self.write(&self.settings.items_table, items).await?;
        match self.suspect(refused.iter().filter_map(|index| items.get(*index))) {
            0 => Ok(()),
            _ => Err(StoreError::Conflict),
        }
    }

    fn forget(&self, write: &Write) {
        if let Place::State(entity, _) = &write.place {
            self.heads.forget(entity);
        }
    }

    fn remember(&self, write: &Write) {
        let bytes = write.set.iter().find(|(name, _)| *name == attribute::BYTES).map(|(_, value)| value);
        if let (Place::State(entity, _), Some(AttributeValue::B(bytes))) = (&write.place, bytes) {
            let state = StoredState { version: write.expected + 1, bytes: bytes.as_ref().to_vec() };
            self.heads.put(*entity, state);
        }
    }

    /// Remembers that these were read stale; answers how many.
    fn suspect<'a>(&self, writes: impl Iterator<Item = &'a Write>) -> usize {
        let places: Vec<Place> = writes.map(|write| write.place.clone()).collect();
        let count = places.len();
        self.suspects.add(places);
        count
    }
}
