//! The change stream of the decision store: decisions and label effects.

use serde::{Deserialize, Serialize};

use crate::decision::ORDINAL;
use crate::fields::event;
use crate::order::TRANSACTION_ID;
use crate::{Decision, EntityKey, EventError, Kind, Outcome, Timestamp, wire};

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

/// How the JSON of a decision's entry begins.
const DECISION_KIND: &[u8] = br#"{"kind":"decision","#;
/// How the JSON of a label effect's entry begins.
const EFFECT_KIND: &[u8] = br#"{"kind":"label_effect","#;

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
        // Written by this program, the kind comes first: then its fields are read where they lie, and `kind` is passed
        // over. In any other order serde keeps every field in memory until it has met the kind.
        let entry = if bytes.starts_with(DECISION_KIND) {
            Self::Decision(wire::read(bytes, "an outbox entry")?)
        } else if bytes.starts_with(EFFECT_KIND) {
            Self::LabelEffect(wire::read(bytes, "an outbox entry")?)
        } else {
            wire::read(bytes, "an outbox entry")?
        };
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

/// An entry of the outbox as it was committed, with what its readers ask for: they hand it on without decoding it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedEntry {
    /// The transaction it is about.
    pub transaction_id: String,
    /// When it was decided, or when the effect was applied.
    pub at: Timestamp,
    /// The outcome of a decision; `None` for a label effect.
    pub outcome: Option<Outcome>,
    /// The JSON of the [`OutboxEntry`].
    pub json: Vec<u8>,
}

impl EncodedEntry {
    /// Encodes an entry; an error only if a value is infinite.
    pub fn of(entry: &OutboxEntry) -> Result<Self, EventError> {
        let json = entry.to_json()?;
        Ok(match entry {
            OutboxEntry::Decision(decision) => Self {
                transaction_id: decision.transaction_id.clone(),
                at: decision.decided_at,
                outcome: Some(decision.outcome),
                json,
            },
            OutboxEntry::LabelEffect(effect) => Self {
                transaction_id: effect.transaction_id.clone(),
                at: effect.applied_at,
                outcome: None,
                json,
            },
        })
    }

    /// The JSON of an entry from that of its decision alone.
    pub fn json_of_decision(decision: &[u8]) -> Vec<u8> {
        Self::tagged(DECISION_KIND, decision)
    }

    /// The JSON of an entry from that of its label effect alone.
    pub fn json_of_effect(effect: &[u8]) -> Vec<u8> {
        Self::tagged(EFFECT_KIND, effect)
    }

    /// Puts the kind in front of an object's fields, where serialising the entry puts it.
    fn tagged(start: &[u8], object: &[u8]) -> Vec<u8> {
        [start, object.strip_prefix(b"{").unwrap_or_default()].concat()
    }

    /// The entry itself.
    pub fn decode(&self) -> Result<OutboxEntry, EventError> {
        OutboxEntry::from_json(&self.json)
    }
}
