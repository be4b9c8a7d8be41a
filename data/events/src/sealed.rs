//! A transaction as it stands on anything durable.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::fields::event;
use crate::order::VERSION;
use crate::{Entities, EntityKey, EventError, Kind, Order, Timestamp, hexadecimal, wire};

event! {
    /// Personal data of one event, encrypted under its subject's own key (AES-256-GCM).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Sealed is [stored] {
        required {
            /// Id of the key within the subject's keys.
            key_id: u32 = (Kind::Integer(0, u32::MAX as i64), "", Clear, None, Lake);
            /// Nonce of 12 bytes.
            #[serde(with = "crate::hexadecimal")]
            nonce: [u8; 12] = (Kind::Bytes, "", Clear, None, Lake);
            /// Ciphertext and tag.
            #[serde(with = "crate::hexadecimal")]
            ciphertext: Vec<u8> = (Kind::Bytes, "", Personal, None, Sealed);
        }
        optional {
            /// Whose data it is; absent for bytes of no known customer, sealed under the deployment's key.
            subject: Option<EntityKey> = (Kind::Key, "", Indirect, None, Lake);
        }
    }
}

/// Keyed 128-bit hash of a transaction's whole content: tells a repeat from a reused id.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentHash(pub [u8; 16]);

impl fmt::Display for ContentHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hexadecimal::encode(&self.0))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Serialize for ContentHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        hexadecimal::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for ContentHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::parse(deserializer)
    }
}

/// The text is not a content hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a content hash of 32 hex digits")]
pub struct ContentHashError;

impl FromStr for ContentHash {
    type Err = ContentHashError;

    fn from_str(text: &str) -> Result<Self, ContentHashError> {
        let mut bytes = [0; 16];
        if hexadecimal::decode_into(text.as_bytes(), &mut bytes) {
            Ok(Self(bytes))
        } else {
            Err(ContentHashError)
        }
    }
}

event! {
    /// A transaction with its personal data sealed: what streams, lake and dead letters hold.
    #[derive(Clone, Debug, PartialEq)]
    pub struct SealedTransaction is [stored columns] {
        required {
            /// Version of the schema that the event was written in.
            schema_version: u16 = (VERSION, "", Clear, None, Lake);
            /// When the deployment received it; for replayed history, when it occurred.
            received_at: Timestamp = (Kind::Moment, "UTC", Clear, None, Lake);
            /// The fields that are not personal.
            order: Order = (Kind::One("Transaction"), "", Clear, None, Lake);
            /// Pseudonyms of its entities.
            entities: Entities<EntityKey> = (Kind::One("Entities"), "", Indirect, None, Lake);
            /// Keyed hash of the whole content, personal data included.
            content_hash: ContentHash = (Kind::Hash, "", Clear, None, Decisions);
            /// Personal and unknown fields.
            sealed: Sealed = (Kind::One("Sealed"), "", Personal, None, Sealed);
        }
        optional {}
    }
}

const WHAT: &str = "a sealed transaction";

impl SealedTransaction {
    /// Reads what [`SealedTransaction::to_json`] wrote.
    pub fn from_json(bytes: &[u8]) -> Result<Self, EventError> {
        let event: Self = wire::read(bytes, WHAT)?;
        wire::check_version(event.schema_version)?;
        Ok(event)
    }

    /// The bytes for a stream; an error only if an attribute is not a finite number.
    pub fn to_json(&self) -> Result<Vec<u8>, EventError> {
        wire::write(self, WHAT)
    }
}
