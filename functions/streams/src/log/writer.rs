//! The one thread that writes: everything that waits becomes one flush.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};
use weir_events::{Position, Timestamp};

use super::shard_writer::{Failure, ShardWriter};
use crate::{NewRecord, StreamError, shard_of};

/// Publishers that may wait before others are held back.
const QUEUE: usize = 1024;
/// Bytes after which a flush takes no more publishers in.
const FLUSH_BYTES: usize = 8 << 20;

/// Records of one publisher for one stream.
pub(crate) struct Request {
    pub(crate) stream: usize,
    pub(crate) records: Vec<NewRecord>,
    pub(crate) arrived_at: Timestamp,
    pub(crate) answer: oneshot::Sender<Result<Vec<Position>, StreamError>>,
}

/// The writing side of a log: streams, and in each the writers of its shards.
pub(crate) struct Writer {
    streams: Vec<Vec<ShardWriter>>,
    interval: Duration,
}

impl Writer {
    pub(crate) fn new(streams: Vec<Vec<ShardWriter>>, interval: Duration) -> Self {
        Self { streams, interval }
    }

    /// Starts the thread; it ends when every sender is gone and all is written.
    pub(crate) fn start(self) -> std::io::Result<(mpsc::Sender<Request>, JoinHandle<()>)> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new().name("weir-log".to_owned()).spawn(|| self.run(receiver))?;
        Ok((sender, thread))
    }

    fn run(mut self, mut queue: mpsc::Receiver<Request>) {
        let mut flushed: Option<Instant> = None;
        while let Some(first) = queue.blocking_recv() {
            if let Some(rest) = flushed.and_then(|moment| self.interval.checked_sub(moment.elapsed())) {
                std::thread::sleep(rest);
            }
            flushed = Some(Instant::now());
            self.flush(first, &mut queue);
        }
    }

    fn flush(&mut self, first: Request, queue: &mut mpsc::Receiver<Request>) {
        let mut waiting = Vec::new();
        let (mut next, mut bytes) = (Some(first), 0);
        while let Some(request) = next {
            bytes += request.records.iter().map(|record| record.bytes.len()).sum::<usize>();
            waiting.push(self.place(request));
            next = if bytes < FLUSH_BYTES { queue.try_recv().ok() } else { None };
        }
        self.write();
        for placed in waiting {
            let answer = placed.result(&self.streams);
            // A publisher that no longer waits is not told; its records stand on the stream.
            let _ = placed.answer.send(answer);
        }
        self.streams.iter_mut().flatten().for_each(ShardWriter::finish);
    }

    /// Gives each record its shard and sequence.
    fn place(&mut self, request: Request) -> Placed {
        let shards = &mut self.streams[request.stream];
        let count = shards.len() as u32;
        let take = |record: NewRecord| {
            let shard = shard_of(&record.key, count) as usize;
            (shard, shards[shard].take(&record, request.arrived_at))
        };
        let places = request.records.into_iter().map(take).collect();
        Placed { stream: request.stream, places, answer: request.answer }
    }

    /// Writes and syncs every shard that has something; several at once, since syncs share the disk's journal.
    fn write(&mut self) {
        let mut dirty: Vec<_> = self.streams.iter_mut().flatten().filter(|shard| shard.has_work()).collect();
        let Some(own) = dirty.pop() else { return };
        std::thread::scope(|scope| {
            for shard in dirty {
                scope.spawn(|| shard.write());
            }
            own.write();
        });
    }
}

/// A request whose records have their places.
struct Placed {
    stream: usize,
    places: Vec<(usize, u64)>,
    answer: oneshot::Sender<Result<Vec<Position>, StreamError>>,
}

impl Placed {
    fn result(&self, streams: &[Vec<ShardWriter>]) -> Result<Vec<Position>, StreamError> {
        let shards = &streams[self.stream];
        self.places
            .iter()
            .map(|(shard, sequence)| match shards[*shard].failure() {
                Some(failure) => Err(Failure::to_error(&Arc::clone(failure))),
                None => Ok(shards[*shard].position(*sequence)),
            })
            .collect()
    }
}
