//! The loop: read, publish, remember.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info};
use weir_events::Sequence;
use weir_store::Store;
use weir_streams::{Checkpoints, Progress};

use crate::{Context, Kind, RelayError, handle};

/// Name of the relay's checkpoint.
pub const CONSUMER: &str = "relay";
/// Stream under which outbox checkpoints are kept.
pub const OUTBOX: &str = "outbox";
/// The outbox has one shard.
pub const SHARD: &str = "0";

/// The wait after a failure is doubled at most this often.
const MOST_DOUBLINGS: u32 = 5;

/// How the outbox is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Entries in one batch at most.
    pub max_entries: usize,
    /// How long one wait for an entry lasts before the outbox is looked at again.
    pub idle_wait: Duration,
    /// Wait after a failure, doubled up to 32 times that.
    pub retry_after: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { max_entries: 500, idle_wait: Duration::from_secs(5), retry_after: Duration::from_millis(200) }
    }
}

/// Relays the outbox until `shutdown`; then relays what is there and returns.
///
/// # Errors
/// While running, what may pass is logged once and tried again until it passes; anything else ends the loop. After
/// `shutdown` every error does: the entries stay in the outbox for the next start.
pub async fn run(
    context: &Context,
    store: &dyn Store,
    checkpoints: &dyn Checkpoints,
    shutdown: &CancellationToken,
) -> Result<(), RelayError> {
    let mut after = None;
    let mut failures = 0;
    loop {
        let is_stopping = shutdown.is_cancelled();
        match step(context, store, checkpoints, &mut after).await {
            Ok(is_idle) => {
                if failures > 0 {
                    info!(relay.failures = failures, "the relay goes on after {failures} failures");
                    failures = 0;
                }
                match (is_idle, is_stopping) {
                    (true, true) => return Ok(()),
                    (true, false) => idle(context, store, after, shutdown).await,
                    (false, _) => {}
                }
            }
            Err(failure) if is_stopping || failure.kind() != Kind::Retryable => return Err(failure),
            Err(failure) => {
                failures += 1;
                report(&failure, failures);
                let wait = context.settings.retry_after * 2_u32.pow((failures - 1).min(MOST_DOUBLINGS));
                pause(wait, shutdown).await;
            }
        }
    }
}

/// Relays one batch and answers whether there was none. The checkpoint comes last: a crash on the way relays again.
async fn step(
    context: &Context,
    store: &dyn Store,
    checkpoints: &dyn Checkpoints,
    after: &mut Option<u64>,
) -> Result<bool, RelayError> {
    let start = match *after {
        Some(sequence) => sequence,
        None => checkpoint(checkpoints).await?,
    };
    *after = Some(start);
    let batch = store
        .outbox(start, context.settings.max_entries)
        .await
        .map_err(|source| RelayError::Outbox { after: start, source })?;
    let Some(last) = batch.last().map(|record| record.sequence) else { return Ok(true) };
    let relayed = handle(&batch, context).await?;
    checkpoints
        .set(CONSUMER, OUTBOX, SHARD, &Sequence::from(last))
        .await
        .map_err(|source| RelayError::Checkpoint { source: Box::new(source) })?;
    *after = Some(last);
    debug!(
        relay.entries = relayed.entries,
        relay.alerts = relayed.alerts,
        relay.refused = relayed.refused,
        "relayed the outbox up to `{last}`"
    );
    Ok(false)
}

async fn checkpoint(checkpoints: &dyn Checkpoints) -> Result<u64, RelayError> {
    let found = checkpoints.get(CONSUMER, OUTBOX, SHARD).await;
    let found = found.map_err(|source| RelayError::Checkpoint { source: Box::new(source) })?;
    // The outbox has one shard, which is never closed.
    let Some(found) = found.as_ref().and_then(Progress::sequence).cloned() else { return Ok(0) };
    found.as_str().parse().map_err(|_| RelayError::Position { found })
}

/// Waits for the next entry. A failure of the store shows itself in the step that follows; the pause keeps that from
/// coming round without rest.
async fn idle(context: &Context, store: &dyn Store, after: Option<u64>, shutdown: &CancellationToken) {
    let Settings { idle_wait, retry_after, .. } = context.settings;
    tokio::select! {
        waited = store.wait_for_outbox(after.unwrap_or(0), idle_wait) => {
            if waited.is_err() {
                pause(retry_after, shutdown).await;
            }
        }
        () = shutdown.cancelled() => {}
    }
}

async fn pause(wait: Duration, shutdown: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(wait) => {}
        () = shutdown.cancelled() => {}
    }
}

/// The first of a row of failures is an error; the rest say nothing new.
fn report(failure: &RelayError, failures: u32) {
    let cause = failure as &dyn std::error::Error;
    if failures == 1 {
        error!(error = cause, "the relay waits and tries again: {failure}");
    } else {
        debug!(error = cause, relay.failures = failures, "the relay still waits: {failure}");
    }
}
