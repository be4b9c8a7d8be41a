//! What came of a date.

use std::path::PathBuf;

/// What came of a date.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Fetched {
    /// Files to import, in this order; none if there was nothing.
    pub files: Vec<PathBuf>,
    /// Pages or objects that have something in them.
    pub pages: u64,
    /// Records, or lines of CSV; unknown for objects.
    pub records: Option<u64>,
    /// Bytes of what is staged.
    pub bytes: u64,
    /// Requests that were made again.
    pub retries: u64,
    /// Pages or objects that an earlier run had fetched.
    pub resumed_pages: u64,
    /// Whether an earlier run had fetched all of it, so that nothing was asked for.
    pub is_staged: bool,
}

/// How far a date is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Pages or objects fetched.
    pub done: u64,
    /// Of how many, where that is known.
    pub total: Option<u64>,
    /// Bytes staged.
    pub bytes: u64,
}

/// What would be fetched.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Planned {
    /// The first request, or the objects that are there.
    pub requests: Vec<String>,
    /// How others follow, and which headers go with them.
    pub notes: Vec<String>,
    /// Pages or objects that an earlier run left in the home.
    pub staged_pages: u64,
}
