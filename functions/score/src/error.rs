//! What can go wrong while scoring, and what the caller does about it.

use weir_events::{DeadLetterReason, Decision};
use weir_keyring::KeyringError;
use weir_store::StoreError;
use weir_streams::StreamError;

/// What the caller does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Try again later.
    Retryable,
    /// This record will never be decided: say so to the sender, or set it aside.
    Poison,
    /// The id stands for something else already: the first decision stands.
    Conflict,
    /// Something is broken: stop and look.
    Internal,
}

/// What can go wrong while scoring.
#[derive(Debug, thiserror::Error)]
pub enum ScoreError {
    /// The store failed.
    #[error("the store failed while a batch was being scored")]
    Store {
        /// What it says.
        #[source]
        source: StoreError,
    },
    /// Others wrote the same things in between, every time.
    #[error("`{attempts}` commits in a row were refused, others write the same entities; try again")]
    Contended {
        /// How often it was tried.
        attempts: u32,
    },
    /// A dead letter could not be sealed or opened.
    #[error("a dead letter could not be sealed or opened")]
    Seal {
        /// What the keyring says.
        #[source]
        source: KeyringError,
    },
    /// The streams failed.
    #[error("stream `{stream}` failed")]
    Stream {
        /// Which stream.
        stream: String,
        /// What it says.
        #[source]
        source: Box<StreamError>,
    },
    /// Something that is to be published could not be encoded.
    #[error("`{what}` could not be encoded")]
    Encode {
        /// What it is.
        what: String,
        /// What the encoder says.
        #[source]
        source: serde_json::Error,
    },
    /// The record cannot be decided.
    #[error("the record cannot be decided: {detail}")]
    Rejected {
        /// Why.
        reason: DeadLetterReason,
        /// Path, kind found and what was expected.
        detail: String,
    },
    /// The id was used before with other content.
    #[error("transaction id `{}` was used before with other content; its first decision stands", first.transaction_id)]
    IdReused {
        /// The decision that stands.
        first: Box<Decision>,
    },
    /// No such dead letter.
    #[error("there is no dead letter `{id}`; list them to see their ids")]
    NoDeadLetter {
        /// The id asked for.
        id: String,
    },
}

impl ScoreError {
    /// What the caller does.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Contended { .. } => Kind::Retryable,
            Self::Rejected { .. } | Self::NoDeadLetter { .. } => Kind::Poison,
            Self::IdReused { .. } => Kind::Conflict,
            Self::Store { source } => match source.kind() {
                weir_store::Kind::Retryable | weir_store::Kind::Conflict => Kind::Retryable,
                _ => Kind::Internal,
            },
            Self::Stream { source, .. } => match source.kind() {
                weir_streams::Kind::Retryable => Kind::Retryable,
                _ => Kind::Internal,
            },
            Self::Seal { .. } | Self::Encode { .. } => Kind::Internal,
        }
    }
}

impl From<StoreError> for ScoreError {
    fn from(source: StoreError) -> Self {
        Self::Store { source }
    }
}
