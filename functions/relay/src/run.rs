//! The loop: read, publish, remember.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info, warn};
use weir_events::Sequence;
use weir_store::{Ended, Follow, Outbox, StoreError, follow};
use weir_streams::{Checkpoints, Progress};

use crate::{Context, Kind, RelayError, handle};

/// Name of the relay's checkpoint.
pub const CONSUMER: &str = "relay";
/// Stream under which outbox checkpoints are kept.
pub const OUTBOX: &str = "outbox";
/// The wait after a failure is doubled at most this often.
const MOST_DOUBLINGS: u32 = 5;

/// How the outbox is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Entries in one batch at most.
    pub max_entries: usize,
    /// How long one wait for an entry lasts before the outbox is looked at again.
    pub idle_wait: Duration,
    /// Pause after a batch that was not full, so that what is decided meanwhile is published and synced together.
    pub linger: Duration,
    /// Wait after a failure, doubled up to 32 times that.
    pub retry_after: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_entries: 500,
            idle_wait: Duration::from_secs(5),
            linger: Duration::from_millis(50),
            retry_after: Duration::from_millis(200),
        }
    }
}

/// Relays the outbox until `shutdown`, each shard by itself; then relays what is there and returns.
///
/// # Errors
/// While running, what may pass is logged once and tried again until it passes; anything else ends the loop. After
/// `shutdown` every error does: the entries stay in the outbox for the next start.
pub async fn run(
    context: &Context,
    outbox: &dyn Outbox,
    checkpoints: &dyn Checkpoints,
    shutdown: &CancellationToken,
) -> Result<(), RelayError> {
    let read = |shard| {
        let mut reader =
            Reader { context, outbox, checkpoints, shutdown, shard, position: Position::Unknown };
        async move { reader.run().await }
    };
    follow(outbox, Follow::default(), || shutdown.is_cancelled(), read).await
}

/// Relays one shard.
struct Reader<'a> {
    context: &'a Context,
    outbox: &'a dyn Outbox,
    checkpoints: &'a dyn Checkpoints,
    shutdown: &'a CancellationToken,
    shard: String,
    position: Position,
}

/// Where a shard is read next.
enum Position {
    /// After its checkpoint.
    Unknown,
    /// After a sequence, or from the oldest kept.
    After(Option<Sequence>),
}

/// What came of one look at a shard.
enum Step {
    /// As many entries as one batch takes, or a gap that was passed: there is more.
    Full,
    Relayed,
    Idle,
    Closed,
}

impl Reader<'_> {
    async fn run(&mut self) -> Result<Ended, RelayError> {
        let mut failures = 0;
        loop {
            let is_stopping = self.shutdown.is_cancelled();
            match self.step(is_stopping).await {
                Ok(step) => {
                    if failures > 0 {
                        info!(relay.failures = failures, "the relay goes on after {failures} failures");
                        failures = 0;
                    }
                    match step {
                        Step::Closed => return Ok(Ended::Closed),
                        Step::Idle if is_stopping => return Ok(Ended::Stopped),
                        Step::Relayed => pause(self.context.settings.linger, self.shutdown).await,
                        Step::Idle | Step::Full => {}
                    }
                }
                Err(failure) if is_stopping || failure.kind() != Kind::Retryable => return Err(failure),
                Err(failure) => {
                    failures += 1;
                    report(&failure, failures);
                    let wait =
                        self.context.settings.retry_after * 2_u32.pow((failures - 1).min(MOST_DOUBLINGS));
                    pause(wait, self.shutdown).await;
                }
            }
        }
    }

    /// Relays one batch. The checkpoint comes last: a crash on the way relays again.
    async fn step(&mut self, is_stopping: bool) -> Result<Step, RelayError> {
        let after = self.position().await?;
        let batch = match self.read(after.as_ref(), is_stopping).await {
            Ok(batch) => batch,
            Err(StoreError::OutboxShardClosed { .. }) => return Ok(Step::Closed),
            Err(gap @ StoreError::OutboxTrimmed { .. }) => {
                warn!(error = &gap as &dyn std::error::Error, "the relay goes on behind a gap: {gap}");
                self.position = Position::After(None);
                return Ok(Step::Full);
            }
            Err(source) => return Err(RelayError::Outbox { shard: self.shard.clone(), source }),
        };
        let Some(last) = batch.last().map(|record| record.sequence.clone()) else { return Ok(Step::Idle) };
        let relayed = handle(&batch, self.context).await?;
        self.checkpoints
            .set(CONSUMER, OUTBOX, &self.shard, &last)
            .await
            .map_err(|source| RelayError::Checkpoint { source: Box::new(source) })?;
        debug!(
            relay.entries = relayed.entries,
            relay.alerts = relayed.alerts,
            relay.refused = relayed.refused,
            outbox.shard = self.shard,
            "relayed the outbox up to `{last}`"
        );
        self.position = Position::After(Some(last));
        let is_full = batch.len() >= self.context.settings.max_entries;
        Ok(if is_full { Step::Full } else { Step::Relayed })
    }

    /// Waits for entries, but not beyond the shutdown.
    async fn read(
        &self,
        after: Option<&Sequence>,
        is_stopping: bool,
    ) -> Result<Vec<weir_store::OutboxRecord>, StoreError> {
        let Settings { max_entries, idle_wait, .. } = self.context.settings;
        if is_stopping {
            return self.outbox.read(&self.shard, after, max_entries, Duration::ZERO).await;
        }
        tokio::select! {
            read = self.outbox.read(&self.shard, after, max_entries, idle_wait) => read,
            () = self.shutdown.cancelled() => Ok(Vec::new()),
        }
    }

    async fn position(&mut self) -> Result<Option<Sequence>, RelayError> {
        if let Position::After(after) = &self.position {
            return Ok(after.clone());
        }
        let found = self.checkpoints.get(CONSUMER, OUTBOX, &self.shard).await;
        let found = found.map_err(|source| RelayError::Checkpoint { source: Box::new(source) })?;
        let found = found.as_ref().and_then(Progress::sequence).cloned();
        self.position = Position::After(found.clone());
        Ok(found)
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
