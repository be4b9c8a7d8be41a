//! Which shards of a source are worked on: all that can be read, children after their parents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::mapping::Parts;
use crate::shard::{Ended, ShardTask};
use crate::stats::add;
use crate::{BoxError, MappingError, Over, Shard, Source, Start};

/// The tasks of a mapping.
pub(crate) struct Shards<S: Source> {
    parts: Arc<Parts<S>>,
    stop: CancellationToken,
    tasks: JoinSet<Ended>,
    running: BTreeMap<String, Id>,
    finished: BTreeSet<String>,
    /// Where the shards of the first listing begin; later ones begin with their oldest record.
    begin: Start,
}

impl<S: Source> Shards<S> {
    pub(crate) fn new(parts: Arc<Parts<S>>, stop: CancellationToken) -> Self {
        let begin = parts.settings.start;
        Self {
            parts,
            stop,
            tasks: JoinSet::new(),
            running: BTreeMap::new(),
            finished: BTreeSet::new(),
            begin,
        }
    }

    /// Runs a task for each shard until `stop` is cancelled.
    pub(crate) async fn run(mut self) -> Result<(), MappingError> {
        if let Err(source) = self.look().await {
            return Err(MappingError::Shards { mapping: self.parts.settings.name.clone(), source });
        }
        self.begin = Start::Oldest;
        while !self.stop.is_cancelled() {
            tokio::select! {
                Some(ended) = self.tasks.join_next_with_id() => {
                    let is_over = self.take(ended)?;
                    if !is_over {
                        continue;
                    }
                }
                () = tokio::time::sleep(self.parts.settings.shards_every) => {}
                () = self.stop.cancelled() => break,
            }
            if let Err(error) = self.look().await {
                add(&self.parts.stats.shard("").port_errors, 1);
                warn!(mapping.name = %self.parts.settings.name, %error, "could not list the shards, trying again");
            }
        }
        while let Some(ended) = self.tasks.join_next_with_id().await {
            self.take(ended)?;
        }
        Ok(())
    }

    /// Starts what can be started. A shard that was finished before says so at once.
    async fn look(&mut self) -> Result<(), BoxError> {
        let listed = self.parts.source.shards().await?;
        for shard in &listed {
            if self.running.contains_key(&shard.id) || self.finished.contains(&shard.id) {
                continue;
            }
            if self.waits_for_parents(shard, &listed) {
                continue;
            }
            // A child goes on where its parents ended, wherever the mapping was told to begin.
            let begin = if shard.parents.is_empty() { self.begin } else { Start::Oldest };
            let task = ShardTask::new(Arc::clone(&self.parts), shard.id.clone(), begin, self.stop.clone());
            let id = self.tasks.spawn(task.run()).id();
            self.running.insert(shard.id.clone(), id);
        }
        Ok(())
    }

    fn waits_for_parents(&self, shard: &Shard, listed: &[Shard]) -> bool {
        let is_listed = |parent: &String| listed.iter().any(|other| other.id == *parent);
        shard.parents.iter().any(|parent| is_listed(parent) && !self.finished.contains(parent))
    }

    /// Whether the task that ended makes room for others.
    fn take(&mut self, ended: Result<(Id, Ended), JoinError>) -> Result<bool, MappingError> {
        let (id, ended) = ended.map_err(|source| {
            self.stop.cancel();
            MappingError::Stopped { mapping: self.parts.settings.name.clone(), source }
        })?;
        let shard = self.running.iter().find(|(_, running)| **running == id).map(|(shard, _)| shard.clone());
        let Some(shard) = shard else { return Ok(false) };
        self.running.remove(&shard);
        if ended == Ended::Over(Over::Closed) {
            self.finished.insert(shard);
        }
        Ok(ended == Ended::Over(Over::Closed))
    }
}
