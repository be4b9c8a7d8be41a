//! Keys of both tables.

use std::collections::HashMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use weir_events::{EntityKey, EntityKind};

/// Attributes: one letter each, since every name is paid for in every item.
pub(crate) mod attribute {
    /// Partition key: an entity's key, or a transaction's id.
    pub(crate) const KEY: &str = "k";
    /// Sort key in the table of states: 0 for the head, else the piece's number.
    pub(crate) const NUMBER: &str = "n";
    /// Version.
    pub(crate) const VERSION: &str = "v";
    /// Bytes of a head or a piece.
    pub(crate) const BYTES: &str = "b";
    /// Decision.
    pub(crate) const DECISION: &str = "d";
    /// Label.
    pub(crate) const LABEL: &str = "l";
    /// Label effects of the newest write that had any.
    pub(crate) const EFFECTS: &str = "e";
    /// What the newest write brought to the outbox: 1 the decision, 2 effects, 3 both, 0 nothing.
    pub(crate) const BROUGHT: &str = "o";
    /// When the item may go, seconds since 1970.
    pub(crate) const EXPIRES: &str = "t";
}

/// Attributes of one thing.
pub(crate) type Attributes = HashMap<String, AttributeValue>;

const STATE_KEY_LENGTH: usize = 19;

/// Sort key of heads.
pub(crate) const HEAD: u64 = 0;

pub(crate) fn state_key(entity: &EntityKey) -> [u8; STATE_KEY_LENGTH] {
    let mut key = [0; STATE_KEY_LENGTH];
    key[0] = entity.kind as u8;
    key[1..3].copy_from_slice(&entity.key_id.to_be_bytes());
    key[3..].copy_from_slice(&entity.digest);
    key
}

pub(crate) fn entity_of(key: &[u8]) -> Option<EntityKey> {
    let key: &[u8; STATE_KEY_LENGTH] = key.try_into().ok()?;
    let [kind, first, second, digest @ ..] = key;
    let kind = EntityKind::ALL.into_iter().find(|known| *known as u8 == *kind)?;
    Some(EntityKey { kind, key_id: u16::from_be_bytes([*first, *second]), digest: *digest })
}

/// Where something lies.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Place {
    /// A head or a piece of a state.
    State(EntityKey, u64),
    /// A transaction's item.
    Item(String),
}

impl Place {
    pub(crate) const fn head(entity: EntityKey) -> Self {
        Self::State(entity, HEAD)
    }

    /// The key's attributes.
    pub(crate) fn key(&self) -> Vec<(&'static str, AttributeValue)> {
        match self {
            Self::State(entity, number) => vec![
                (attribute::KEY, AttributeValue::B(Blob::new(state_key(entity)))),
                (attribute::NUMBER, number_value(*number)),
            ],
            Self::Item(id) => vec![(attribute::KEY, AttributeValue::S(id.clone()))],
        }
    }

    /// The key as a map.
    pub(crate) fn key_map(&self) -> Attributes {
        self.key().into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// The place of something that was read.
    pub(crate) fn of(attributes: &Attributes) -> Option<Self> {
        match attributes.get(attribute::KEY)? {
            AttributeValue::B(key) => {
                Some(Self::State(entity_of(key.as_ref())?, number(attributes, attribute::NUMBER)?))
            }
            AttributeValue::S(id) => Some(Self::Item(id.clone())),
            _ => None,
        }
    }

    /// For errors: never more than a key.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::State(entity, _) => entity.to_string(),
            Self::Item(id) => id.clone(),
        }
    }
}

pub(crate) fn number_value(number: u64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// A number among attributes.
pub(crate) fn number(attributes: &Attributes, name: &str) -> Option<u64> {
    match attributes.get(name)? {
        AttributeValue::N(text) => text.parse().ok(),
        _ => None,
    }
}

/// Bytes among attributes.
pub(crate) fn bytes<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a [u8]> {
    match attributes.get(name)? {
        AttributeValue::B(blob) => Some(blob.as_ref()),
        _ => None,
    }
}

/// Size of an attribute as the service counts it: name and value; of a number the most it can be.
pub(crate) fn size_of(name: &str, value: &AttributeValue) -> usize {
    let value = match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
        AttributeValue::B(blob) => blob.as_ref().len(),
        _ => 1,
    };
    name.len() + value
}
