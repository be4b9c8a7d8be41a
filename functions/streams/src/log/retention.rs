//! How long records are kept, and removing those that are kept no longer.

use std::fs;
use std::time::Duration;

use weir_events::Timestamp;

use super::LogStreams;
use super::segment::{Chunks, MAGIC_BYTES, Segment};
use super::shard::Shard;
use crate::StreamError;

/// How long a stream keeps its records. Whatever it says, what a consumer has not finished is kept, and so is the
/// segment being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Records older than this go.
    pub max_age: Duration,
    /// Bytes of the whole stream above which the oldest records go; each shard has an equal part.
    pub max_bytes: u64,
}

/// What a look at a stream's retention has removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retained {
    /// Segments removed.
    pub segments: usize,
    /// Bytes that are over the limit or too old and stay because a consumer has not finished them.
    pub held_bytes: u64,
}

impl LogStreams {
    /// Removes segments of a stream that are too old or too many, never past its slowest consumer: each of
    /// `consumers`, whether it ever set a checkpoint or not, and every other one that has one for the stream.
    ///
    /// # Errors
    /// An unknown stream, checkpoints that cannot be written, or a file that cannot be removed.
    pub fn retain(
        &self,
        stream: &str,
        retention: &Retention,
        consumers: &[&str],
    ) -> Result<Retained, StreamError> {
        let shards = &self.stream(stream)?.shards;
        let finished: Vec<u64> =
            shards.iter().map(|shard| self.checkpoints.slowest(stream, &shard.name, consumers)).collect();
        // A power cut must not bring back a checkpoint from before what is removed now.
        self.checkpoints.flush()?;
        let oldest_micros = (self.clock)().micros().saturating_sub(micros(retention.max_age));
        let max_bytes = retention.max_bytes / shards.len().max(1) as u64;
        let mut total = Retained::default();
        for (shard, finished) in shards.iter().zip(finished) {
            let of_shard = shard.retain(Timestamp::from_micros(oldest_micros), max_bytes, finished)?;
            total.segments += of_shard.segments;
            total.held_bytes += of_shard.held_bytes;
        }
        Ok(total)
    }
}

fn micros(age: Duration) -> i64 {
    i64::try_from(age.as_micros()).unwrap_or(i64::MAX)
}

impl Shard {
    /// Removes segments from the oldest on, as long as they are too old or too many and finished.
    fn retain(&self, oldest: Timestamp, max_bytes: u64, finished: u64) -> Result<Retained, StreamError> {
        let mut bytes: u64 = self.segments().iter().map(|segment| segment.length()).sum();
        let mut retained = Retained::default();
        for pair in self.segments().windows(2) {
            let [segment, next] = pair else { break };
            let length = segment.length();
            if bytes <= max_bytes && arrived_at(next)?.is_none_or(|arrived_at| arrived_at >= oldest) {
                break;
            }
            bytes -= length;
            if retained.held_bytes > 0 || next.first > finished.saturating_add(1) {
                retained.held_bytes += length;
            } else {
                retained.segments += self.trim(next.first)?;
            }
        }
        Ok(retained)
    }
}

/// When the first record of a segment arrived; everything before it came earlier, but for a clock that was set back.
fn arrived_at(segment: &Segment) -> Result<Option<Timestamp>, StreamError> {
    let length =
        fs::metadata(&segment.path).map_err(StreamError::io("read the size of", &segment.path))?.len();
    let mut chunks = Chunks::open(&segment.path, length.min(segment.length()))?;
    Ok(chunks.record(MAGIC_BYTES)?.map(|record| Timestamp::from_micros(record.arrived_micros)))
}
