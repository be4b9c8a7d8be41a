//! How much waits behind the door: what ingest is told, so that it slows senders down before anything grows.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use tokio_util::sync::CancellationToken;
use weir_streams::Progress;

use super::parts::Parts;
use super::tasks::Task;
use crate::backing::{Here, Ledger, Reader, Readers};
use crate::metrics::Consumer;
use crate::settings::Settings;

/// How often it is looked at: what comes in between is at most so much more.
const EVERY: Duration = Duration::from_millis(100);
/// The same where asking is a request to a service.
const EVERY_FAR: Duration = Duration::from_secs(1);

/// Who reads the input streams.
const CONSUMERS: [&str; 2] = ["score", "archive"];

/// The input streams.
const INPUTS: [&str; 2] = ["transactions", "labels"];

/// Tells ingest until `stop`.
pub(super) fn start(
    parts: &Parts,
    ingest: &Arc<weir_ingest::Context>,
    settings: &Settings,
    consumers: Vec<Consumer>,
    stop: &CancellationToken,
) -> Task {
    let (most, most_ms) = (settings.max_waiting, settings.max_waiting_seconds.saturating_mul(1_000));
    let is_too_old = move || consumers.iter().any(|consumer| consumer.stats.total().age_ms > most_ms);
    let (readers, here, store) = (Arc::clone(&parts.readers), parts.here.clone(), Arc::clone(&parts.store));
    let every = if here.log.is_some() { EVERY } else { EVERY_FAR };
    let (ingest, stop) = (Arc::clone(ingest), stop.clone());
    Task::start("back-pressure", async move {
        let mut failures = 0_u32;
        while !stop.is_cancelled() {
            match waiting(readers.as_ref(), &here, store.as_ref()).await {
                Ok(waiting) => {
                    ingest.set_waiting(waiting.told(most, is_too_old()));
                    failures = 0;
                }
                // It may pass, as when file descriptors run out; until then the last number stands.
                Err(error) => {
                    failures += 1;
                    if failures == 1 {
                        tracing::warn!("cannot tell how much waits, trying again: {error:#}");
                    }
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(every) => {}
            }
        }
        Ok(())
    })
}

/// What is before the slowest consumer.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    /// Records, of the outbox and of streams that can be counted.
    records: u64,
    /// Whether all streams can be.
    is_counted: bool,
}

impl Waiting {
    /// What ingest is told: what cannot be counted is too much when it is too old.
    fn told(self, most: u64, is_too_old: bool) -> u64 {
        let by_age = if !self.is_counted && is_too_old { most.saturating_add(1) } else { 0 };
        self.records.max(by_age)
    }
}

/// Looks at the input streams and the outbox.
async fn waiting(readers: &dyn Readers, here: &Here, store: &dyn Ledger) -> Result<Waiting> {
    // Counting is cheap only where the store is here.
    let mut most = if here.store.is_some() { store.counts().await?.outbox } else { 0 };
    let mut is_counted = true;
    for stream in INPUTS {
        for consumer in CONSUMERS {
            match lag(&readers.reader(consumer, stream).await?, consumer, stream).await? {
                Some(lag) => most = most.max(lag),
                None => is_counted = false,
            }
        }
    }
    Ok(Waiting { records: most, is_counted })
}

/// Records of a stream that a consumer has not finished; `None` if its sequences do not count records.
pub(crate) async fn lag(reader: &Reader, consumer: &str, stream: &str) -> Result<Option<u64>> {
    let mut lag = 0;
    for shard in reader.streams.shards(stream).await? {
        let number = |sequence: &weir_events::Sequence| sequence.as_str().parse::<u64>().ok();
        let Some(newest) = reader.streams.newest(stream, &shard.id).await? else { continue };
        let Some(newest) = number(&newest) else { return Ok(None) };
        let done = match reader.checkpoints.get(consumer, stream, &shard.id).await? {
            Some(Progress::After(sequence)) => number(&sequence).unwrap_or(0),
            Some(Progress::Finished) => newest,
            None => 0,
        };
        lag += newest.saturating_sub(done);
    }
    Ok(Some(lag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_holds_senders_back_only_where_records_cannot_be_counted() {
        let waiting = |records, is_counted| Waiting { records, is_counted };
        assert_eq!(waiting(7, true).told(1_000, true), 7);
        assert_eq!(waiting(7, false).told(1_000, false), 7);
        assert_eq!(waiting(7, false).told(1_000, true), 1_001);
        assert_eq!(waiting(5_000, false).told(1_000, true), 5_000, "an outbox here counts as well");
    }
}
