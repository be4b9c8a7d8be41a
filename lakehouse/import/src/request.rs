//! What is imported, and how.

use std::path::PathBuf;

use weir_datasets::Options;
use weir_jobs::Fault;

/// What is imported, and how.
#[derive(Clone, Debug)]
pub struct Request {
    /// The file.
    pub input: PathBuf,
    /// How it is read; rows in another currency than this one are rejected.
    pub options: Options,
    /// A file's labels become known so many days after their transactions, unless it says when.
    pub label_delay_days: u32,
    /// Rows that become visible together: half of the memory that is taken, and of what is done again after a crash.
    pub block_rows: usize,
    /// Threads.
    pub threads: usize,
    /// Where a test stops the import.
    pub fault: Fault,
}

impl Request {
    /// A file with the usual settings.
    pub fn new(input: PathBuf, options: Options) -> Self {
        let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self { input, options, label_delay_days: 7, block_rows: 160_000, threads, fault: Fault::None }
    }
}

/// How far an import is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Done, in the file's own measure.
    pub done: u64,
    /// Of how much.
    pub total: u64,
    /// Rows read.
    pub rows: u64,
}
