//! What a run of a job did, in the same words for every job.

use std::collections::{BTreeMap, BTreeSet};

/// What a run did, or with `dry_run` would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Versions that were read, by table.
    pub versions_read: BTreeMap<String, u64>,
    /// Versions that were made, by table.
    pub versions_written: BTreeMap<String, u64>,
    /// Event dates that were made anew.
    pub dates: BTreeSet<String>,
    /// Rows read.
    pub rows_read: u64,
    /// Rows written.
    pub rows_written: u64,
    /// Size of the data files written.
    pub bytes_written: u64,
    /// What there is to say beside the numbers, a sentence each.
    pub notes: Vec<String>,
}

/// How far a run is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Steps done.
    pub done: u64,
    /// Of how many.
    pub total: u64,
    /// What is done.
    pub what: String,
}

/// Hears how far a run is.
pub type Listener<'a> = &'a mut (dyn FnMut(Progress) + Send);
