//! What an import did.

use std::path::PathBuf;
use std::time::Duration;

/// What an import did. `rows = transactions + repeated + rejected` for what was read now, except that labels that stand
/// on their own are rows too.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Hash of the file's content and of how it is read.
    pub file_hash: String,
    /// Whether the whole file was in the lake already, so that nothing was read.
    pub is_repeated: bool,
    /// Rows that an earlier run, which was stopped, had brought in.
    pub resumed_after: u64,
    /// Rows read now.
    pub rows: u64,
    /// Transactions added.
    pub transactions: u64,
    /// Labels added.
    pub labels: u64,
    /// Transactions that the lake, or an earlier row, had already.
    pub repeated: u64,
    /// Rows set aside.
    pub rejected: u64,
    /// Where they were written, with what is wrong with them.
    pub rejects_file: Option<PathBuf>,
    /// Size of the data files written.
    pub bytes_written: u64,
    /// How long it took.
    pub elapsed: Duration,
}
