//! The archive's reader of the outbox: land, remember, trim.

use std::sync::Arc;
use std::time::Duration;

use object_store::ObjectStore;
use tokio::sync::watch;
use tracing::{debug, warn};
use weir_events::Sequence;
use weir_store::Store;
use weir_streams::{Checkpoints, Progress};

use crate::land::{OUTBOX_SHARD, land_outbox};
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
}

impl Default for OutboxSettings {
    fn default() -> Self {
        Self {
            max_entries: 5_000,
            max_wait: Duration::from_secs(1),
            idle_wait: Duration::from_secs(5),
            retry_after: Duration::from_millis(200),
        }
    }
}

/// What the archive's outbox reader works with.
pub struct OutboxContext {
    /// Where the outbox is.
    pub store: Arc<dyn Store>,
    /// Where progress is remembered.
    pub checkpoints: Arc<dyn Checkpoints>,
    /// Where files go.
    pub files: Arc<dyn ObjectStore>,
    /// How it is read.
    pub settings: OutboxSettings,
}

/// Lands the outbox until `shutdown` turns true (or its sender is gone); then lands what is there and returns.
///
/// # Errors
/// Only of [`Kind::Internal`]; failures that may pass are logged and tried again.
pub async fn run_outbox(
    context: &OutboxContext,
    mut shutdown: watch::Receiver<bool>,
) -> Result<(), ArchiveError> {
    let mut trimmed = 0;
    let mut failures = 0;
    loop {
        let stopping = *shutdown.borrow() || shutdown.has_changed().is_err();
        match step(context, &mut trimmed).await {
            Ok(0) if stopping => return Ok(()),
            Ok(_) => failures = 0,
            Err(error) if stopping || error.kind() == Kind::Internal => return Err(error),
            Err(error) => {
                warn!(error = &error as &dyn std::error::Error, "outbox was not landed, trying again");
                failures = (failures + 1).min(MOST_DOUBLINGS);
                let wait = context.settings.retry_after * 2_u32.pow(failures - 1);
                drop(tokio::time::timeout(wait, shutdown.changed()).await);
            }
        }
        if !stopping && failures == 0 {
            tokio::select! {
                () = gather(context) => {}
                _ = shutdown.changed() => {}
            }
        }
    }
}

/// Lands one file of outbox entries after the checkpoint; answers how many entries it held.
///
/// # Errors
/// See [`ArchiveError`]; calling it again is always right.
pub async fn land_outbox_once(context: &OutboxContext) -> Result<usize, ArchiveError> {
    step(context, &mut 0).await
}

/// Read, land, remember, trim: in this order, so that a crash anywhere means landing the same entries again.
async fn step(context: &OutboxContext, trimmed: &mut u64) -> Result<usize, ArchiveError> {
    let after = checkpoint(context, ARCHIVE).await?.unwrap_or(0);
    let limit = context.settings.max_entries;
    let entries =
        context.store.outbox(after, limit).await.map_err(|source| ArchiveError::Outbox { source })?;
    let Some(last) = entries.last() else {
        trim(context, after, trimmed).await?;
        return Ok(0);
    };
    let landed = land_outbox(&entries, context.files.as_ref()).await?;
    let sequence = Sequence::from(last.sequence);
    context
        .checkpoints
        .set(ARCHIVE, OUTBOX, OUTBOX_SHARD, &sequence)
        .await
        .map_err(|source| ArchiveError::Checkpoint { consumer: ARCHIVE, source: Box::new(source) })?;
    trim(context, last.sequence, trimmed).await?;
    if let Some(landed) = landed {
        debug!(landing.path = landed.path, landing.rows = landed.rows, "landed outbox up to `{sequence}`");
    }
    Ok(entries.len())
}

/// Waits for a first entry, then for a file of good size, but not longer than the settings say. A failure here
/// shows itself in the step that follows.
async fn gather(context: &OutboxContext) {
    let OutboxSettings { max_entries, max_wait, idle_wait, .. } = context.settings;
    let Ok(after) = checkpoint(context, ARCHIVE).await.map(Option::unwrap_or_default) else { return };
    if context.store.wait_for_outbox(after, idle_wait).await.is_err() {
        return;
    }
    let enough = after.saturating_add(max_entries as u64 - 1);
    drop(context.store.wait_for_outbox(enough, max_wait).await);
}

/// Forgets what both readers are past, unless that was done before.
async fn trim(context: &OutboxContext, archived: u64, trimmed: &mut u64) -> Result<(), ArchiveError> {
    let relayed = checkpoint(context, RELAY).await?.unwrap_or(0);
    let done = archived.min(relayed);
    if done > *trimmed {
        context.store.trim_outbox(done).await.map_err(|source| ArchiveError::Outbox { source })?;
        *trimmed = done;
    }
    Ok(())
}

/// A consumer's checkpoint as an outbox sequence.
async fn checkpoint(context: &OutboxContext, consumer: &'static str) -> Result<Option<u64>, ArchiveError> {
    let found = context
        .checkpoints
        .get(consumer, OUTBOX, OUTBOX_SHARD)
        .await
        .map_err(|source| ArchiveError::Checkpoint { consumer, source: Box::new(source) })?;
    // The outbox has one shard, which is never closed.
    found
        .as_ref()
        .and_then(Progress::sequence)
        .map(|sequence| {
            let wrong = |_| ArchiveError::Sequence { consumer, found: sequence.to_string() };
            sequence.as_str().parse().map_err(wrong)
        })
        .transpose()
}
