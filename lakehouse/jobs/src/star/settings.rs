//! Settings of the job.

use std::collections::BTreeSet;

use crate::Fault;

/// How a run makes the star.
#[derive(Clone, Debug, Default)]
pub struct StarSettings {
    /// Dates to make again, whatever has changed; `None` for those that have.
    pub dates: Option<BTreeSet<String>>,
    /// Only say what would be done.
    pub dry_run: bool,
    /// Where a test stops the run.
    pub fault: Fault,
}
