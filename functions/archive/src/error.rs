//! What can go wrong while landing, and what the caller does about it.

use weir_store::StoreError;
use weir_streams::StreamError;

/// What the caller does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Deliver the same batch again, later.
    Retryable,
    /// The batch breaks a rule of its sender, or something is broken: stop and look.
    Internal,
}

/// What can go wrong while landing a batch. Nothing was landed, or it may be landed again without harm.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Records of several shards in one batch.
    #[error("a batch holds `{found}` among records of `{expected}`; group records by stream and shard")]
    Mixed {
        /// Stream and shard of the first record.
        expected: String,
        /// Stream and shard of another.
        found: String,
    },
    /// Records out of order.
    #[error("`{position}` does not follow the record before it; deliver records in order")]
    Disordered {
        /// Position of the first record out of order.
        position: String,
    },
    /// A stream, shard or sequence that no landing file can be named after.
    #[error("cannot name the landing file of this batch")]
    Path {
        /// What is wrong with the name.
        #[source]
        source: weir_landing::LandingError,
    },
    /// The rows could not be encoded.
    #[error("cannot encode the landing file `{path}`")]
    Encode {
        /// Path of the file.
        path: String,
        /// What Parquet says.
        #[source]
        source: parquet::errors::ParquetError,
    },

    /// The object store did not take the file.
    #[error("cannot write the landing file `{path}`; check that the lake can be written to")]
    Put {
        /// Path of the file.
        path: String,
        /// What the object store says.
        #[source]
        source: object_store::Error,
    },
    /// The outbox could not be read or trimmed.
    #[error("cannot read or trim the outbox")]
    Outbox {
        /// What the store says.
        #[from]
        source: StoreError,
    },
    /// A checkpoint could not be read or written.
    #[error("cannot read or write the checkpoint of consumer `{consumer}`")]
    Checkpoint {
        /// Whose checkpoint.
        consumer: &'static str,
        /// What the adapter says.
        #[source]
        source: Box<StreamError>,
    },
}

impl ArchiveError {
    /// What the caller does.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Put { .. } => Kind::Retryable,
            Self::Outbox { source } => match source.kind() {
                weir_store::Kind::Retryable | weir_store::Kind::Conflict => Kind::Retryable,
                _ => Kind::Internal,
            },
            Self::Checkpoint { source, .. } => match source.kind() {
                weir_streams::Kind::Retryable => Kind::Retryable,
                _ => Kind::Internal,
            },
            Self::Mixed { .. } | Self::Disordered { .. } | Self::Path { .. } | Self::Encode { .. } => {
                Kind::Internal
            }
        }
    }
}
