//! The change stream of the decision store: decisions and label effects.

use serde::{Deserialize, Serialize};

use crate::decision::ORDINAL;
use crate::fields::event;
use crate::order::TRANSACTION_ID;
use crate::{Decision, EntityKey, EventError, Kind, Timestamp, wire};

event! {
    /// A label's effect on an entity's state.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct LabelEffect is [stored columns] {
        required {
            /// The transaction that was labelled.
            transaction_id: String = (TRANSACTION_ID, "", Clear, None, Decisions);
            /// The entity whose state changed.
            entity: EntityKey = (Kind::Key, "", Indirect, None, Decisions);
            /// Ordinal that the effect took in it.
            ordinal: u64 = (ORDINAL, "", Clear, None, Decisions);
            /// The flag from then on.
            is_fraud: bool = (Kind::Flag, "", Clear, None, Decisions);
            /// When the label became known.
            known_at: Timestamp = (Kind::Moment, "UTC", Clear, None, Decisions);
            /// When the effect was applied.
            applied_at: Timestamp = (Kind::Moment, "UTC", Clear, None, Decisions);
        }
        optional {}
    }
}

/// One entry of the outbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OutboxEntry {
    /// A committed decision.
    Decision(Box<Decision>),
    /// A committed label effect.
    LabelEffect(LabelEffect),
}

impl OutboxEntry {
    /// Reads what [`OutboxEntry::to_json`] wrote.
    pub fn from_json(bytes: &[u8]) -> Result<Self, EventError> {
        let entry: Self = wire::read(bytes, "an outbox entry")?;
        if let Self::Decision(decision) = &entry {
            wire::check_version(decision.schema_version)?;
        }
        Ok(entry)
    }

    /// The entry as JSON; an error only if a value is infinite.
    pub fn to_json(&self) -> Result<Vec<u8>, EventError> {
        wire::write(self, "an outbox entry")
    }
}
