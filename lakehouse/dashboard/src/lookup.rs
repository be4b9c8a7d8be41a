//! How the detail page finds a decision.

use serde::Serialize;
use weir_events::{Decision, Label};

/// A decision with what is known about it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Found {
    /// The decision.
    pub decision: Decision,
    /// What later turned out, if it is known.
    pub label: Option<Label>,
    /// Names of the vector's features in its order; empty if the feature set of this decision is no longer known.
    #[serde(skip)]
    pub feature_names: Vec<String>,
}

/// The store could not be asked; logged, never shown to the reader.
pub type LookupError = Box<dyn std::error::Error + Send + Sync>;

/// Finds decisions by transaction id.
#[async_trait::async_trait]
pub trait Lookup: Send + Sync {
    /// The decision about a transaction, if it was made.
    async fn decision(&self, transaction_id: &str) -> Result<Option<Found>, LookupError>;
}
