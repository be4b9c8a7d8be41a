//! The archive's reader of the outbox: land, remember, trim.

use std::sync::Arc;
use std::time::{Duration, Instant};

use object_store::ObjectStore;
use tokio::sync::watch;
use tracing::{debug, warn};
use weir_events::Sequence;
use weir_store::{Ended, Follow, Outbox, OutboxRecord, StoreError, follow};
use weir_streams::{Checkpoints, Progress};

use crate::land::land_outbox;
use crate::{ArchiveError, Kind};

/// Name of this consumer's checkpoint.
pub const ARCHIVE: &str = "archive";
/// Name of the other consumer's: the outbox is kept until both are past an entry.
pub const RELAY: &str = "relay";
/// Stream under which outbox checkpoints are kept.
pub const OUTBOX: &str = "outbox";

/// The wait after a failure is doubled at most this often, less one.
const MOST_DOUBLINGS: u32 = 6;

/// How the outbox is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxSettings {
    /// Entries in one landing file at most.
    pub max_entries: usize,
    /// How long a file waits for more entries after its first.
    pub max_wait: Duration,
    /// How long one wait for the first entry lasts before everything is looked at again.
    pub idle_wait: Duration,
    /// Wait after a failure, doubled up to 32 times that.
    pub retry_after: Duration,
    /// How long entries are kept that both readers are past. Checkpoints are on disk a moment after they are set: a
    /// process that is killed before then begins at older ones, and must find what follows them. Zero: not at all.
    pub keep: Duration,
}

impl Default for OutboxSettings {
    fn default() -> Self {
        Self {
            max_entries: 5_000,
            max_wait: Duration::from_secs(1),
            idle_wait: Duration::from_secs(5),
            retry_after: Duration::from_millis(200),
            keep: Duration::from_secs(2),
        }
    }
}

/// What the archive's outbox reader works with.
pub struct OutboxContext {
    /// What is landed.
    pub outbox: Arc<dyn Outbox>,
    /// Where progress is remembered.
    pub checkpoints: Arc<dyn Checkpoints>,
    /// Where files go.
    pub files: Arc<dyn ObjectStore>,
    /// How it is read.
    pub settings: OutboxSettings,
}

/// Lands the outbox until `shutdown` turns true (or its sender is gone), each shard by itself; then lands what is there
/// and returns.
///
/// # Errors
/// Only of [`Kind::Internal`]; failures that may pass are logged and tried again.
pub async fn run_outbox(
    context: &OutboxContext,
    shutdown: watch::Receiver<bool>,
) -> Result<(), ArchiveError> {
    let read = |shard: String| {
        let mut reader =
            Reader { context, shutdown: shutdown.clone(), shard, position: None, done: None, trimmed: None };
        async move { reader.run().await }
    };
    follow(context.outbox.as_ref(), Follow::default(), || is_stopping(&shutdown), read).await
}

/// Lands one file of entries of one shard after its checkpoint; answers how many entries it held.
///
/// # Errors
/// See [`ArchiveError`]; calling it again is always right.
pub async fn land_outbox_once(context: &OutboxContext, shard: &str) -> Result<usize, ArchiveError> {
    let (_stop, shutdown) = watch::channel(true);
    let mut reader =
        Reader { context, shutdown, shard: shard.to_owned(), position: None, done: None, trimmed: None };
    match reader.step(true).await? {
        Step::Landed(entries) => Ok(entries),
        Step::Idle | Step::Closed | Step::Gap => Ok(0),
    }
}

fn is_stopping(shutdown: &watch::Receiver<bool>) -> bool {
    *shutdown.borrow() || shutdown.has_changed().is_err()
}

/// Lands one shard.
struct Reader<'a> {
    context: &'a OutboxContext,
    shutdown: watch::Receiver<bool>,
    shard: String,
    /// Where it is read next, once that is known: after a sequence, or from the oldest kept.
    position: Option<Option<Sequence>>,
    /// What both readers were past, and when that was seen: trimmed after a while.
    done: Option<(Instant, Sequence)>,
    /// Up to where the outbox was trimmed by this reader.
    trimmed: Option<Sequence>,
}

/// What came of one look at a shard.
enum Step {
    Landed(usize),
    Idle,
    Closed,
    Gap,
}

impl Reader<'_> {
    async fn run(&mut self) -> Result<Ended, ArchiveError> {
        let mut failures = 0;
        loop {
            let stopping = is_stopping(&self.shutdown);
            match self.step(stopping).await {
                Ok(Step::Closed) => return Ok(Ended::Closed),
                Ok(Step::Idle) if stopping => return Ok(Ended::Stopped),
                Ok(_) => failures = 0,
                Err(error) if stopping || error.kind() == Kind::Internal => return Err(error),
                Err(error) => {
                    warn!(error = &error as &dyn std::error::Error, "outbox was not landed, trying again");
                    failures = (failures + 1).min(MOST_DOUBLINGS);
                    let wait = self.context.settings.retry_after * 2_u32.pow(failures - 1);
                    drop(tokio::time::timeout(wait, self.shutdown.changed()).await);
                }
            }
        }
    }

    /// Read, land, remember, trim: in this order, so that a crash anywhere means landing the same entries again.
    async fn step(&mut self, stopping: bool) -> Result<Step, ArchiveError> {
        let after = self.position().await?;
        let entries = match self.gather(after.as_ref(), stopping).await {
            Ok(entries) => entries,
            Err(StoreError::OutboxShardClosed { .. }) => return Ok(Step::Closed),
            Err(gap @ StoreError::OutboxTrimmed { .. }) => {
                warn!(error = &gap as &dyn std::error::Error, "the archive goes on behind a gap: {gap}");
                self.position = Some(None);
                return Ok(Step::Gap);
            }
            Err(source) => return Err(source.into()),
        };
        let Some(last) = entries.last().map(|record| record.sequence.clone()) else {
            self.trim(after).await?;
            return Ok(Step::Idle);
        };
        let landed = land_outbox(&entries, self.context.files.as_ref()).await?;
        self.context
            .checkpoints
            .set(ARCHIVE, OUTBOX, &self.shard, &last)
            .await
            .map_err(|source| ArchiveError::Checkpoint { consumer: ARCHIVE, source: Box::new(source) })?;
        self.position = Some(Some(last.clone()));
        if let Some(landed) = landed {
            debug!(landing.path = landed.path, landing.rows = landed.rows, "landed outbox up to `{last}`");
        }
        self.trim(Some(last)).await?;
        Ok(Step::Landed(entries.len()))
    }

    /// Waits for a first entry, then for a file of good size, but not longer than the settings say.
    async fn gather(
        &mut self,
        after: Option<&Sequence>,
        stopping: bool,
    ) -> Result<Vec<OutboxRecord>, StoreError> {
        let OutboxSettings { max_entries, max_wait, idle_wait, .. } = self.context.settings;
        let (outbox, shard) = (&self.context.outbox, self.shard.as_str());
        if stopping {
            return outbox.read(shard, after, max_entries, Duration::ZERO).await;
        }
        let mut entries = tokio::select! {
            read = outbox.read(shard, after, max_entries, idle_wait) => read?,
            _ = self.shutdown.changed() => return Ok(Vec::new()),
        };
        let Some(last) = entries.last().map(|record| record.sequence.clone()) else { return Ok(entries) };
        if entries.len() < max_entries {
            drop(tokio::time::timeout(max_wait, self.shutdown.changed()).await);
            match outbox.read(shard, Some(&last), max_entries - entries.len(), Duration::ZERO).await {
                Ok(more) => entries.extend(more),
                // What was read is landed first; the next look says the same again.
                Err(error) => {
                    debug!(error = &error as &dyn std::error::Error, "a file of the outbox ends early")
                }
            }
        }
        Ok(entries)
    }

    /// Forgets what both readers have been past for a while, unless that was done before.
    async fn trim(&mut self, archived: Option<Sequence>) -> Result<(), ArchiveError> {
        let keep = self.context.settings.keep;
        if self.done.as_ref().is_some_and(|(since, _)| since.elapsed() < keep) {
            return Ok(());
        }
        let Some(archived) = archived else { return Ok(()) };
        let Some(relayed) = self.checkpoint(RELAY).await? else { return Ok(()) };
        let done = archived.min(relayed);
        let before = self.done.replace((Instant::now(), done.clone())).map(|(_, done)| done);
        let settled = if keep.is_zero() { Some(done) } else { before };
        if settled > self.trimmed
            && let Some(settled) = settled
        {
            self.context.outbox.trim(&self.shard, &settled).await?;
            self.trimmed = Some(settled);
        }
        Ok(())
    }

    async fn position(&mut self) -> Result<Option<Sequence>, ArchiveError> {
        if let Some(position) = &self.position {
            return Ok(position.clone());
        }
        let found = self.checkpoint(ARCHIVE).await?;
        self.position = Some(found.clone());
        Ok(found)
    }

    async fn checkpoint(&self, consumer: &'static str) -> Result<Option<Sequence>, ArchiveError> {
        let found = self.context.checkpoints.get(consumer, OUTBOX, &self.shard).await;
        let found =
            found.map_err(|source| ArchiveError::Checkpoint { consumer, source: Box::new(source) })?;
        Ok(found.as_ref().and_then(Progress::sequence).cloned())
    }
}
