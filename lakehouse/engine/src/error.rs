//! What can go wrong before a query starts.

use std::path::PathBuf;

/// What the caller does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Try again later.
    Retryable,
    /// Change a setting.
    Settings,
    /// A bug: report it.
    Internal,
}

/// Errors of the engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The folder of the lake cannot be made or read.
    #[error("the lake's folder `{}` cannot be used; check that it is writable", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The object store could not be opened.
    #[error("the object store at `{root}` cannot be opened")]
    Store {
        /// The lake's root.
        root: String,
        /// What the store said.
        #[source]
        source: object_store::Error,
    },
    /// A path under the root is no URL.
    #[error("`{path}` is not a path under the lake's root")]
    Path {
        /// The path.
        path: String,
    },
    /// Files could not be made durable.
    #[error("`{path}` could not be synced to disk")]
    Sync {
        /// The file or folder.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The query engine refused its settings.
    #[error("the query engine did not start")]
    Engine {
        /// What it said.
        #[source]
        source: datafusion::error::DataFusionError,
    },
}

impl EngineError {
    /// What the caller does about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Folder { .. } | Self::Store { .. } => Kind::Settings,
            Self::Sync { .. } => Kind::Retryable,
            Self::Path { .. } | Self::Engine { .. } => Kind::Internal,
        }
    }
}
