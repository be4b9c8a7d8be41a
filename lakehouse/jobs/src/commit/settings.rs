//! Settings of the job.

use weir_landing::Limits;

use crate::Fault;

/// How a run commits.
#[derive(Clone, Debug)]
pub struct CommitSettings {
    /// How much one plan takes.
    pub limits: Limits,
    /// Most plans a stream in one run; what is left waits for the next run.
    pub most_plans: usize,
    /// Names of the feature set's features in order of the vector: columns of `silver.decisions`.
    pub feature_names: Vec<String>,
    /// Plans that are kept behind the newest one; older ones are deleted.
    pub kept_plans: u64,
    /// Where a test stops the run.
    pub fault: Fault,
}

impl Default for CommitSettings {
    fn default() -> Self {
        Self {
            limits: Limits { files: 1_000, bytes: 48 << 20 },
            most_plans: 100,
            feature_names: Vec::new(),
            kept_plans: 100,
            fault: Fault::None,
        }
    }
}
