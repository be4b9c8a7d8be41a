//! Why the disk refuses.

/// Why the disk refuses an operation; each is one error number of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The power is off, or was since the file was opened (`EIO`).
    #[error("the power is off, or was since the file was opened; open it again with the power on")]
    Power,
    /// No space is left (`ENOSPC`).
    #[error("the disk is full; remove files or free it")]
    Full,
    /// There is nothing of that name or number (`ENOENT`).
    #[error("there is no such file")]
    Missing,
    /// The name is in use (`EEXIST`).
    #[error("the name is in use")]
    Exists,
    /// A directory was needed (`ENOTDIR`).
    #[error("it is not a directory")]
    NotDirectory,
    /// A file was needed (`EISDIR`).
    #[error("it is a directory")]
    IsDirectory,
    /// The directory has entries (`ENOTEMPTY`).
    #[error("the directory is not empty")]
    NotEmpty,
}
