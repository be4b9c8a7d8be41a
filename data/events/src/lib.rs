#![doc = include_str!("../README.md")]

mod decision;
mod entity;
mod label;
mod money;
mod record;
mod sealed;
mod sensitive;
mod timestamp;
mod transaction;

pub use decision::{
    Decision, EntityOrdinal, LabelEffect, Mark, ModelRole, ModelScore, OutboxEntry, Outcome, Reason, RuleHit,
    Vector, Versions,
};
pub use entity::{Entities, EntityKey, EntityKeyError, EntityKind};
pub use label::{Label, LabelSource};
pub use money::{Currency, CurrencyError};
pub use record::{DeadLetter, DeadLetterReason, Position, RawRecord, Sequence};
pub use sealed::{ContentHash, Sealed, SealedTransaction};
pub use sensitive::Sensitive;
pub use timestamp::{Timestamp, TimestampError};
pub use transaction::{DeviceType, Order, Personal, Scalar, Transaction};

/// Version of the event schema that this build writes; it stands on every event.
pub const SCHEMA_VERSION: u16 = 1;
