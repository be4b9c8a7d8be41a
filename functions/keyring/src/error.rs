//! What can go wrong with keys, and what the caller does about it.

use std::io;
use std::path::{Path, PathBuf};

/// What the caller does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Try again later: it may pass.
    Retryable,
    /// This blob will never open: set it aside, or show it as erased.
    Poison,
    /// A file, a permission or a setting is wrong: a person corrects it.
    Settings,
    /// Something is broken: stop, and look at it.
    Internal,
}

/// What can go wrong with keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The subject's key was destroyed: the data is erased.
    #[error("the key of this subject was destroyed, its personal data is erased")]
    Destroyed,
    /// This keyring never had the key.
    #[error(
        "this keyring has no such key; the data was sealed by another deployment, or `subjects.keys` is an old copy"
    )]
    UnknownKey,
    /// The bytes are not what was sealed.
    #[error("sealed data does not open under its key; it was changed, or sealed under another key file")]
    Tampered,
    /// A key file is not what it should be.
    #[error("the key file `{path}` cannot be used: {found}; {advice}")]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        found: String,
        /// What to do.
        advice: &'static str,
    },
    /// Another process has the keyring open.
    #[error("the keyring `{path}` is in use by another process; stop it, or choose another directory")]
    InUse {
        /// Directory of the keyring.
        path: PathBuf,
    },
    /// The disk refused.
    #[error("could not {action} `{path}`; check that it is there, writable and that the disk has room")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file or directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The system has no random numbers, or its cipher failed.
    #[error("the system could not make a key or encrypt; nothing was sealed")]
    Cipher,
}

impl KeyringError {
    /// What the caller does about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Destroyed | Self::UnknownKey | Self::Tampered => Kind::Poison,
            Self::KeyFile { .. } | Self::InUse { .. } => Kind::Settings,
            Self::Cipher => Kind::Internal,
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::PermissionDenied
                | io::ErrorKind::ReadOnlyFilesystem
                | io::ErrorKind::NotADirectory => Kind::Settings,
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Kind::Retryable,
                // No file descriptor left, in the process or on the machine.
                _ if matches!(source.raw_os_error(), Some(23 | 24)) => Kind::Retryable,
                _ => Kind::Internal,
            },
        }
    }

    /// Names what was tried and where, for `map_err`.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}

impl From<ring::error::Unspecified> for KeyringError {
    fn from(_: ring::error::Unspecified) -> Self {
        Self::Cipher
    }
}
