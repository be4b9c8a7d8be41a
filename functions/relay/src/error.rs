//! What can go wrong, and what the caller does about it.

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
    #[error("shard `{shard}` of the outbox cannot be read")]
    Outbox {
        /// The shard.
        shard: String,
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

    /// The outbox does not tell its shards.
    #[error("the outbox does not tell its shards")]
    Shards {
        /// What the store said.
        #[from]
        source: StoreError,
    },
}

impl RelayError {
    /// What the caller does about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Outbox { source, .. } | Self::Shards { source } => match source.kind() {
                weir_store::Kind::Retryable => Kind::Retryable,
                weir_store::Kind::Settings => Kind::Settings,
                _ => Kind::Internal,
            },
            Self::Publish { source, .. } | Self::Checkpoint { source } => match source.kind() {
                weir_streams::Kind::Retryable => Kind::Retryable,
                weir_streams::Kind::Settings => Kind::Settings,
                _ => Kind::Internal,
            },
        }
    }
}
