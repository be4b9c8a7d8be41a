//! The in-process durable log.

mod checkpoint_text;
mod checkpoints;
mod codec;
mod files;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod layout;
mod recovery;
mod retention;
mod segment;
mod settings;
mod shard;
mod shard_writer;
mod stats;
mod verify;
mod writer;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use weir_events::{Position, RawRecord, Sequence};

use self::checkpoints::CheckpointFiles;
use self::shard::Shard;
use self::writer::{Request, Writer};
use crate::memory::number;
use crate::{Checkpoints, Clock, NewRecord, Progress, StreamError, Streams};

pub use self::retention::{Retained, Retention};
pub use self::settings::{Durability, LogSettings};
pub use self::stats::StreamStats;
pub use self::verify::verify;

/// So many records from the end on are read where they are asked for.
const JUST_WRITTEN: u64 = 256;

/// Streams in files of one directory, written by this process alone: what [`Streams::publish`] has acknowledged
/// survives a kill, and with [`Durability::Power`] a power cut.
pub struct LogStreams {
    streams: BTreeMap<String, Stream>,
    queue: Option<mpsc::Sender<Request>>,
    thread: Option<JoinHandle<()>>,
    checkpoints: CheckpointFiles,
    clock: Clock,
    /// Held as long as the log is open; last, so that it is let go after everything is written.
    _lock: File,
}

struct Stream {
    index: usize,
    shards: Vec<Arc<Shard>>,
}

impl LogStreams {
    /// Opens the log in a directory, made now if there is none. Cuts records off that were torn by a kill and never
    /// acknowledged.
    ///
    /// # Errors
    /// Settings out of range, a directory that cannot be written or is in use, another number of shards than the log
    /// was made with, a file that is no segment. Damage within the log is no error here: reading tells of it.
    pub fn open(path: impl AsRef<Path>, settings: LogSettings, clock: Clock) -> Result<Self, StreamError> {
        let path = path.as_ref();
        settings.validate()?;
        files::make_directory(path)?;
        let lock = layout::lock(path)?;
        let mut streams = BTreeMap::new();
        let mut writers = Vec::new();
        for (index, (name, count)) in settings.streams.iter().enumerate() {
            let (shards, of_shards) = layout::open_stream(path, name, *count, &settings)?;
            streams.insert(name.clone(), Stream { index, shards });
            writers.push(of_shards);
        }
        let checkpoints = CheckpointFiles::open(&path.join("checkpoints"), settings.durability)?;
        for shard in streams.values().flat_map(|stream| &stream.shards) {
            checkpoints.not_beyond(&shard.stream, &shard.name, shard.newest());
        }
        let interval = Duration::from_millis(settings.flush_interval_ms);
        let (queue, thread) =
            Writer::new(writers, interval).start().map_err(StreamError::io("start the writer of", path))?;
        Ok(Self { streams, queue: Some(queue), thread: Some(thread), checkpoints, clock, _lock: lock })
    }

    /// Removes the segments of a shard whose records all come before `before`, and answers how many. The segment
    /// being written stays.
    ///
    /// # Errors
    /// An unknown shard, or a file that cannot be removed.
    pub fn trim(&self, stream: &str, shard: &str, before: &Sequence) -> Result<usize, StreamError> {
        self.shard(stream, shard)?.trim(number(Some(before))?)
    }

    /// Writes checkpoints that are not yet in their files now instead of shortly.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn flush_checkpoints(&self) -> Result<(), StreamError> {
        self.checkpoints.flush()
    }

    fn stream(&self, stream: &str) -> Result<&Stream, StreamError> {
        self.streams.get(stream).ok_or_else(|| StreamError::UnknownStream { stream: stream.to_owned() })
    }

    fn shard(&self, stream: &str, shard: &str) -> Result<&Arc<Shard>, StreamError> {
        let known = self.stream(stream)?.shards.iter().find(|known| known.name == shard);
        known.ok_or_else(|| StreamError::UnknownShard { stream: stream.to_owned(), shard: shard.to_owned() })
    }
}

impl Drop for LogStreams {
    fn drop(&mut self) {
        self.queue = None;
        // The thread writes what waits and ends; what it could not write it has told the publisher.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

#[async_trait::async_trait]
impl Streams for LogStreams {
    async fn shards(&self, stream: &str) -> Result<Vec<weir_events::Shard>, StreamError> {
        Ok(self.stream(stream)?.shards.iter().map(|shard| shard.name.as_str().into()).collect())
    }

    async fn publish(&self, stream: &str, records: Vec<NewRecord>) -> Result<Vec<Position>, StreamError> {
        let stream = self.stream(stream)?.index;
        records.iter().try_for_each(check_size)?;
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let (answer, answered) = oneshot::channel();
        let request = Request { stream, records, arrived_at: (self.clock)(), answer };
        let queue = self.queue.as_ref().ok_or(StreamError::Stopped)?;
        queue.send(request).await.map_err(|_| StreamError::Stopped)?;
        answered.await.map_err(|_| StreamError::Stopped)?
    }

    async fn read(
        &self,
        stream: &str,
        shard: &str,
        after: Option<&Sequence>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<RawRecord>, StreamError> {
        let shard = Arc::clone(self.shard(stream, shard)?);
        let after = after.map(|sequence| number(Some(sequence))).transpose()?;
        let mut newest = shard.subscribe();
        let from = after.unwrap_or_else(|| shard.oldest().saturating_sub(1));
        let has_more = newest.wait_for(|newest| *newest > from);
        if limit == 0 || tokio::time::timeout(wait, has_more).await.is_err() {
            return Ok(Vec::new());
        }
        // What was just written is in the system's memory: handing it to another thread would take longer.
        if shard.newest().saturating_sub(from) <= JUST_WRITTEN {
            return shard.read(after, limit);
        }
        let path = shard.directory.clone();
        let read = tokio::task::spawn_blocking(move || shard.read(after, limit)).await;
        read.map_err(|error| StreamError::io("read", &path)(std::io::Error::other(error)))?
    }

    async fn newest(&self, stream: &str, shard: &str) -> Result<Option<Sequence>, StreamError> {
        let newest = self.shard(stream, shard)?.newest();
        Ok((newest > 0).then(|| Sequence::from(newest)))
    }
}

#[async_trait::async_trait]
impl Checkpoints for LogStreams {
    async fn get(&self, consumer: &str, stream: &str, shard: &str) -> Result<Option<Progress>, StreamError> {
        Ok(self.checkpoints.get(consumer, stream, shard))
    }

    async fn set(
        &self,
        consumer: &str,
        stream: &str,
        shard: &str,
        sequence: &Sequence,
    ) -> Result<(), StreamError> {
        self.checkpoints.set(consumer, stream, shard, Progress::After(sequence.clone()))
    }

    async fn finish(&self, consumer: &str, stream: &str, shard: &str) -> Result<(), StreamError> {
        self.checkpoints.set(consumer, stream, shard, Progress::Finished)
    }
}

fn check_size(record: &NewRecord) -> Result<(), StreamError> {
    let size_bytes = record.key.len() + record.bytes.len();
    let limit_bytes = codec::MAX_CONTENT_BYTES;
    if size_bytes > limit_bytes { Err(StreamError::TooLarge { size_bytes, limit_bytes }) } else { Ok(()) }
}
