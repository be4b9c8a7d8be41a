//! Removes what the streams need not keep any longer.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use weir_streams::{LogStreams, Retention};

use super::parts::{INPUTS, OUTPUTS};
use super::tasks::Task;
use crate::settings::Settings;

/// Pause between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Who reads the input streams; the output streams have no reader of their own, but one that sets a checkpoint counts.
const CONSUMERS: [&str; 2] = ["score", "archive"];

/// A look now and then until `stop`; one that fails is logged and tried again.
pub(super) fn start(streams: &Arc<LogStreams>, settings: &Settings, stop: &CancellationToken) -> Task {
    let (streams, stop) = (Arc::clone(streams), stop.clone());
    let retention = settings.retention;
    Task::start("retention of the streams", async move {
        let mut held = BTreeSet::new();
        while !stop.is_cancelled() {
            let of_thread = Arc::clone(&streams);
            held = tokio::task::spawn_blocking(move || look(&of_thread, &retention, &held)).await?;
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        Ok(())
    })
}

/// Looks at every stream; answers those that keep more than they should for a consumer.
fn look(
    streams: &LogStreams,
    retention: &Retention,
    held_before: &BTreeSet<&'static str>,
) -> BTreeSet<&'static str> {
    let inputs = INPUTS.map(|stream| (stream, &CONSUMERS[..]));
    let outputs = OUTPUTS.map(|stream| (stream, &[][..]));
    let mut held = BTreeSet::new();
    for (stream, consumers) in inputs.into_iter().chain(outputs) {
        match streams.retain(stream, retention, consumers) {
            Ok(retained) => {
                if retained.segments > 0 {
                    let segments = retained.segments;
                    tracing::info!(stream, segments, "removed {segments} segments of stream `{stream}`");
                }
                if retained.held_bytes > 0 && held.insert(stream) && !held_before.contains(stream) {
                    let bytes = retained.held_bytes;
                    tracing::warn!(
                        stream,
                        bytes,
                        "stream `{stream}` keeps {bytes} bytes for a slow consumer"
                    );
                }
            }
            Err(error) => tracing::error!(stream, "cannot remove old records of stream `{stream}`: {error}"),
        }
    }
    held
}
