//! What later turned out about a transaction.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Who says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelSource {
    /// The card scheme or bank took the money back.
    Chargeback,
    /// An analyst decided.
    Analyst,
    /// The customer reported it.
    Customer,
    /// Anything else, a dataset for example.
    #[default]
    Other,
}

/// One label: fraud or not, with the time at which it became known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Schema version of the event.
    #[serde(default = "current_version")]
    pub schema_version: u16,
    /// The transaction it is about.
    pub transaction_id: String,
    /// Whether it was fraud.
    pub is_fraud: bool,
    /// When this became known.
    pub known_at: Timestamp,
    /// Who says so.
    #[serde(default)]
    pub source: LabelSource,
}

const fn current_version() -> u16 {
    crate::SCHEMA_VERSION
}
