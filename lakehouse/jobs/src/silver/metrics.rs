//! What a run did.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What a run of `silver` did.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct SilverMetrics {
    /// By silver table.
    pub tables: BTreeMap<String, SilverTableMetrics>,
    /// How long it took.
    pub elapsed: Duration,
}

/// What a run did to one silver table.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct SilverTableMetrics {
    /// Bronze rows read.
    pub read: u64,
    /// Rows that are no event of this schema; the scorer sets them aside as dead letters.
    pub undecodable: u64,
    /// Rows of an event that was there already.
    pub repeated: u64,
    /// Rows added.
    pub added: u64,
    /// Rows that gave way to one that had arrived before them.
    pub replaced: u64,
    /// Data files written.
    pub files_written: usize,
    /// Data files written again, and removed.
    pub files_rewritten: usize,
    /// Event dates touched.
    pub dates: BTreeSet<String>,
    /// Newest version made; `None` if there was nothing to do.
    pub version: Option<u64>,
}
