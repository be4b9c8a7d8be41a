//! Bounds of the engine.

/// How much of the machine queries may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EngineSettings {
    /// Memory for sorts, joins and aggregates; past it they spill to disk.
    pub memory_limit_bytes: usize,
    /// Partitions that a query is split into; the result does not depend on it.
    pub target_partitions: usize,
    /// Rows of a batch.
    pub batch_rows: usize,
}

impl Default for EngineSettings {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self { memory_limit_bytes: 1 << 30, target_partitions: cores.min(8), batch_rows: 8_192 }
    }
}
