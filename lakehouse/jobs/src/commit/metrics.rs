//! What a run did.

use std::collections::BTreeMap;
use std::time::Duration;

/// What a run of `commit` did.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct CommitMetrics {
    /// Plans finished.
    pub plans: usize,
    /// Landing files read.
    pub files_read: usize,
    /// Landing files deleted.
    pub files_deleted: usize,
    /// Data files written.
    pub files_written: usize,
    /// Rows committed, by table.
    pub rows: BTreeMap<String, u64>,
    /// Rows that are no event of this schema, and were passed over.
    pub undecodable: u64,
    /// Decisions whose vector has another length than the feature set: committed without feature values.
    pub without_features: u64,
    /// Newest version made, by table.
    pub versions: BTreeMap<String, u64>,
    /// How long it took.
    pub elapsed: Duration,
}

impl CommitMetrics {
    /// Rows committed to all tables.
    pub fn total_rows(&self) -> u64 {
        self.rows.values().sum()
    }
}
