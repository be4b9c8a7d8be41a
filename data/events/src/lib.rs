#![doc = include_str!("../README.md")]

#[cfg(feature = "arrow")]
pub mod arrow;
mod canonical;
mod category;
mod decision;
mod decode;
mod dictionary;
mod entity;
mod error;
mod field;
mod fields;
mod hexadecimal;
mod json_field;
mod label;
mod money;
mod normal;
mod order;
mod outbox;
mod plain;
mod record;
mod scalar;
mod sealed;
mod sensitive;
mod text;
mod timestamp;
mod transaction;
mod vector;
mod wire;

pub use decision::{
    Decision, EntityOrdinal, Mark, ModelRole, ModelScore, Outcome, Reason, RuleHit, Versions,
};
pub use dictionary::{Section, dictionary, dictionary_markdown, sections};
pub use entity::{Entities, EntityKey, EntityKeyError, EntityKind};
pub use error::{EventError, FieldError, Found};
pub use field::{
    AMOUNT_MAX, ATTRIBUTE_NAME_MAX, ATTRIBUTES_MAX, EVENT_BYTES_MAX, Field, Kind, Place, Privacy, TEXT_MAX,
    TRANSACTION_ID_MAX, UNKNOWN_BYTES_MAX,
};
pub use label::{Label, LabelSource};
pub use money::{Currency, CurrencyError};
pub use normal::normal_form;
pub use order::{DeviceType, Order, Personal};
pub use outbox::{EncodedEntry, LabelEffect, OutboxEntry};
pub use plain::{PlainPersonal, PlainTransaction};
pub use record::{DeadLetter, DeadLetterReason, Position, RawRecord, Sequence, Shard};
pub use scalar::Scalar;
pub use sealed::{ContentHash, ContentHashError, Sealed, SealedTransaction};
pub use sensitive::Sensitive;
pub use timestamp::{Timestamp, TimestampError};
pub use transaction::Transaction;
pub use vector::Vector;

/// Version of the event schema that this build writes; it stands on every event.
pub const SCHEMA_VERSION: u16 = 1;
