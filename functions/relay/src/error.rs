//! What can go wrong, and what the caller does about it.

use weir_events::Sequence;
use weir_store::StoreError;
use weir_streams::StreamError;

/// What the caller does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The same call again after a pause.
    Retryable,
    /// The operator changes a setting; stop and say so.
    Settings,
    /// The program or a disk is broken; stop.
    Internal,
}

/// What can go wrong while relaying.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The outbox cannot be read.
    #[error("the outbox cannot be read after `{after}`")]
    Outbox {
        /// Where reading was to begin.
        after: u64,
        /// What the store said.
        #[source]
        source: StoreError,
    },

    /// A stream does not take records.
    #[error("stream `{stream}` does not take records")]
    Publish {
        /// The stream.
        stream: &'static str,
        /// What it said.
        #[source]
        source: Box<StreamError>,
    },

    /// The checkpoint cannot be read or written.
    #[error("the relay's checkpoint cannot be read or written")]
    Checkpoint {
        /// What its keeper said.
        #[source]
        source: Box<StreamError>,
    },

    /// The checkpoint is no place in an outbox.
    #[error("the relay's checkpoint is `{found}`, expected a whole number below 2^64; remove the checkpoint")]
    Position {
        /// What was found.
        found: Sequence,
    },
}

impl RelayError {
    /// What the caller does about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Outbox { source, .. } => match source.kind() {
                weir_store::Kind::Retryable => Kind::Retryable,
                weir_store::Kind::Settings => Kind::Settings,
                _ => Kind::Internal,
            },
            Self::Publish { source, .. } | Self::Checkpoint { source } => match source.kind() {
                weir_streams::Kind::Retryable => Kind::Retryable,
                weir_streams::Kind::Settings => Kind::Settings,
                _ => Kind::Internal,
            },
            Self::Position { .. } => Kind::Internal,
        }
    }
}
