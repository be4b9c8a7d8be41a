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
use crate::write::{Pieces, Write};

/// Changes as writes, all encoded and of a size that the service takes.
pub(crate) struct Prepared {
    pub(crate) heads: Vec<Write>,
    pub(crate) items: Vec<Write>,
}

impl Prepared {
    pub(crate) fn new(changes: Changes, settings: &DynamoSettings) -> Result<Self, StoreError> {
        changes.check()?;
        let states_expire = expires(settings.states_kept);
        let items_expire = expires(settings.items_kept);
        let (mut heads, mut items) = (Vec::new(), Vec::new());
        for state in changes.states {
            let write = head_write(state, states_expire.as_ref());
            write.check("state")?;
            heads.push(write);
        }
        let mut encoder = Encoder::new();
        for item in changes.items {
            let write = item_write(&item, &changes.effects, items_expire.as_ref(), &mut encoder)?;
            write.check("item")?;
            items.push(write);
        }
        // All writers in one order, so that those who meet meet early, and whoever locks does not wait in a circle.
        heads.sort_unstable_by(|one, other| one.place.cmp(&other.place));
        items.sort_unstable_by(|one, other| one.place.cmp(&other.place));
        Ok(Self { heads, items })
    }
}

fn head_write(state: StateWrite, expires: Option<&AttributeValue>) -> Write {
    let StateWrite { entity, expected, bytes, parts, removed } = state;
    let mut head = Write::new(Place::head(entity), expected);
    head.set(attribute::BYTES, blob(bytes));
    if let Some(expires) = expires {
        head.set(attribute::EXPIRES, expires.clone());
    }
    Write { is_whole: true, pieces: Pieces::new(parts, removed), ..head }
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
        let Prepared { heads, items } = &prepared;
        // Until it is known what became of them they are not remembered; a commit that is dropped never tells.
        for write in heads {
            self.forget(write);
        }
        let refused = self.write(&self.settings.states_table, heads).await?;
        if self.suspect(refused.iter().filter_map(|index| heads.get(*index))) > 0 {
            return Err(StoreError::Conflict);
        }
        for write in heads {
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
        let bytes = write.value(attribute::BYTES);
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
