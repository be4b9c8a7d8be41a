//! How much waits behind the door: what ingest is told, so that it slows senders down before anything grows.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use tokio_util::sync::CancellationToken;
use weir_store::{EmbeddedStore, Store};
use weir_streams::{Checkpoints, LogStreams, Progress, Streams};

use super::parts::Parts;
use super::tasks::Task;

/// How often it is looked at: what comes in between is at most so much more.
const EVERY: Duration = Duration::from_millis(100);

/// Who reads the input streams.
const CONSUMERS: [&str; 2] = ["score", "archive"];

/// The input streams.
const INPUTS: [&str; 2] = ["transactions", "labels"];

/// Tells ingest until `stop`.
pub(super) fn start(parts: &Parts, ingest: &Arc<weir_ingest::Context>, stop: &CancellationToken) -> Task {
    let (streams, store) = (Arc::clone(&parts.streams), Arc::clone(&parts.store));
    let (ingest, stop) = (Arc::clone(ingest), stop.clone());
    Task::start("back-pressure", async move {
        let mut failures = 0_u32;
        while !stop.is_cancelled() {
            match waiting(&streams, &store).await {
                Ok(records) => {
                    ingest.set_waiting(records);
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
                () = tokio::time::sleep(EVERY) => {}
            }
        }
        Ok(())
    })
}

/// Records before the slowest consumer: of an input stream, or of the outbox.
async fn waiting(streams: &LogStreams, store: &EmbeddedStore) -> Result<u64> {
    let mut most = store.counts().await?.outbox;
    for stream in INPUTS {
        for consumer in CONSUMERS {
            most = most.max(lag(streams, consumer, stream).await?);
        }
    }
    Ok(most)
}

/// Records of a stream that a consumer has not finished.
pub(super) async fn lag(streams: &LogStreams, consumer: &str, stream: &str) -> Result<u64> {
    let mut lag = 0;
    for shard in streams.shards(stream).await? {
        let number = |sequence: weir_events::Sequence| sequence.as_str().parse::<u64>().unwrap_or(0);
        let newest = streams.newest(stream, &shard.id).await?.map_or(0, number);
        let done = Checkpoints::get(streams, consumer, stream, &shard.id).await?;
        let done = match done {
            Some(Progress::After(sequence)) => number(sequence),
            Some(Progress::Finished) => newest,
            None => 0,
        };
        lag += newest.saturating_sub(done);
    }
    Ok(lag)
}
