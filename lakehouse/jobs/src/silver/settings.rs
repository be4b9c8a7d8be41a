//! Settings of the job.

use crate::Fault;

/// How a run makes silver tables.
#[derive(Clone, Copy, Debug)]
pub struct SilverSettings {
    /// Rows of bronze taken at a time; a single version is never split.
    pub group_rows: u64,
    /// Small files of one date from which on they are written as one.
    pub most_small_files: usize,
    /// Size below which a file is small.
    pub small_file_bytes: i64,
    /// Where a test stops the run.
    pub fault: Fault,
}

impl Default for SilverSettings {
    fn default() -> Self {
        Self { group_rows: 200_000, most_small_files: 12, small_file_bytes: 16 << 20, fault: Fault::None }
    }
}
