//! A transaction as it stands on anything durable.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Entities, EntityKey, Order, Timestamp};

/// Personal data of one event, encrypted under its subject's own key (AES-256-GCM).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// Whose data it is; `None` for bytes that belong to no known customer (sealed under the deployment's key).
    pub subject: Option<EntityKey>,
    /// Id of the key within the subject's keys.
    pub key_id: u32,
    /// Nonce, 12 bytes, in hex in JSON.
    #[serde(with = "hex::serde")]
    pub nonce: [u8; 12],
    /// Ciphertext and tag, in hex in JSON.
    #[serde(with = "hex::serde")]
    pub ciphertext: Vec<u8>,
}

/// Keyed 128-bit hash of a transaction's whole content: tells a repeat from a reused id.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentHash(pub [u8; 16]);

impl fmt::Display for ContentHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Serialize for ContentHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ContentHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut bytes = [0; 16];
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        hex::decode_to_slice(text.as_bytes(), &mut bytes).map_err(serde::de::Error::custom)?;
        Ok(Self(bytes))
    }
}

/// A transaction with its personal data sealed: what streams, lake and dead letters hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SealedTransaction {
    /// Schema version of the event.
    pub schema_version: u16,
    /// When the deployment received it; for replayed history, when it occurred.
    pub received_at: Timestamp,
    /// The fields that are not personal.
    pub order: Order,
    /// Pseudonyms of its entities.
    pub entities: Entities<EntityKey>,
    /// Keyed hash of the whole content, personal data included.
    pub content_hash: ContentHash,
    /// Personal and unknown fields.
    pub sealed: Sealed,
}
