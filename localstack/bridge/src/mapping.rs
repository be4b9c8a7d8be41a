//! One mapping: a source, a handler, and a task for each shard.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::shards::Shards;
use crate::{BoxError, Checkpoints, Handler, OnFailure, Settings, SettingsError, Source, Stats};

/// What can keep a mapping from running.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// The source did not name its shards.
    #[error("mapping `{mapping}` could not list the shards of its source; check the source")]
    Shards {
        /// Name of the mapping.
        mapping: String,
        /// What the source said.
        #[source]
        source: BoxError,
    },
    /// The task of a shard ended by a panic outside the handler.
    #[error(
        "a shard of mapping `{mapping}` stopped; this is a fault of the source, the checkpoints or the bridge"
    )]
    Stopped {
        /// Name of the mapping.
        mapping: String,
        /// How it ended.
        #[source]
        source: tokio::task::JoinError,
    },
}

/// Calls a handler with a source's records. A clone is the same mapping with the same numbers, to be run again where
/// the run before was dropped; never two of them at once.
pub struct Mapping<S: Source> {
    parts: Arc<Parts<S>>,
}

impl<S: Source> Clone for Mapping<S> {
    fn clone(&self) -> Self {
        Self { parts: Arc::clone(&self.parts) }
    }
}

pub(crate) struct Parts<S: Source> {
    pub(crate) settings: Settings,
    pub(crate) source: Arc<S>,
    pub(crate) handler: Arc<dyn Handler<S::Record>>,
    pub(crate) checkpoints: Arc<dyn Checkpoints>,
    pub(crate) on_failure: Option<Arc<dyn OnFailure<S::Record>>>,
    pub(crate) stats: Arc<Stats>,
}

impl<S: Source> Mapping<S> {
    /// Connects a source and a handler; a record that fails is tried again for ever.
    ///
    /// # Errors
    /// A setting that cannot be used, or `retries` or `max_age`, which need [`Mapping::giving_up`].
    pub fn new(
        settings: Settings,
        source: Arc<S>,
        handler: Arc<dyn Handler<S::Record>>,
        checkpoints: Arc<dyn Checkpoints>,
    ) -> Result<Self, SettingsError> {
        settings.validate()?;
        if settings.gives_up() {
            return Err(settings.wrong("retries", &"set", "a mapping that gives records up to have a hook"));
        }
        let (on_failure, stats) = (None, Arc::default());
        Ok(Self { parts: Arc::new(Parts { settings, source, handler, checkpoints, on_failure, stats }) })
    }

    /// The same with a hook for records that are given up after `retries` or `max_age`.
    ///
    /// # Errors
    /// A setting that cannot be used.
    pub fn giving_up(
        settings: Settings,
        source: Arc<S>,
        handler: Arc<dyn Handler<S::Record>>,
        checkpoints: Arc<dyn Checkpoints>,
        on_failure: Arc<dyn OnFailure<S::Record>>,
    ) -> Result<Self, SettingsError> {
        settings.validate()?;
        let (on_failure, stats) = (Some(on_failure), Arc::default());
        Ok(Self { parts: Arc::new(Parts { settings, source, handler, checkpoints, on_failure, stats }) })
    }

    /// The numbers, to be read while it runs.
    pub fn stats(&self) -> Arc<Stats> {
        Arc::clone(&self.parts.stats)
    }

    /// Runs until `stop` is cancelled; then finishes the calls that are begun and returns.
    ///
    /// # Errors
    /// A source that does not name its shards at the start, or a fault in a shard's task; the other shards are stopped then.
    pub async fn run(self, stop: CancellationToken) -> Result<(), MappingError> {
        let parts = self.parts;
        let mapping = parts.settings.name.clone();
        let result = Shards::new(Arc::clone(&parts), stop.child_token()).run().await;
        let total = parts.stats.total();
        info!(mapping.name = %mapping, records.done = total.done, "mapping `{mapping}` stopped");
        result
    }
}
