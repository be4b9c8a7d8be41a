//! How far a run has come.

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The file is read.
    Reading,
    /// Rows are folded and written.
    Writing,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// How much is done: rows, or bytes of a text file that is read.
    pub done: u64,
    /// Of how much.
    pub total: u64,
}
