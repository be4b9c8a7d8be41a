//! Sessions of the query engine.

use std::sync::Arc;

use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::{EngineError, EngineSettings};

/// Consumers named when the memory runs out.
const NAMED_CONSUMERS: std::num::NonZeroUsize = match std::num::NonZeroUsize::new(5) {
    Some(number) => number,
    None => std::num::NonZeroUsize::MIN,
};

pub(crate) fn runtime(settings: EngineSettings) -> Result<Arc<RuntimeEnv>, EngineError> {
    let pool = TrackConsumersPool::new(FairSpillPool::new(settings.memory_limit_bytes), NAMED_CONSUMERS);
    RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(pool))
        .build_arc()
        .map_err(|source| EngineError::Engine { source })
}

pub(crate) fn session(settings: EngineSettings, runtime: &Arc<RuntimeEnv>) -> SessionContext {
    let mut config = SessionConfig::new()
        .with_default_catalog_and_schema("lake", "public")
        .with_information_schema(true)
        .with_target_partitions(settings.target_partitions)
        .with_batch_size(settings.batch_rows);
    config.options_mut().execution.time_zone = Some("+00:00".to_owned());
    // A join's filter is made anew for every file of the table that it is pushed into. The lake's dimensions let nearly
    // every fact pass, and its facts lie in a file a date: there it costs several times what it saves.
    config.options_mut().optimizer.enable_join_dynamic_filter_pushdown = false;
    SessionContext::new_with_config_rt(config, Arc::clone(runtime))
}
