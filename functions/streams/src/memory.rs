//! Streams in memory: for tests, and wherever nothing need outlive the process.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use weir_events::{Position, RawRecord, Sequence, Shard};

use crate::{Checkpoints, Clock, NewRecord, Progress, StreamError, Streams, shard_of};

type CheckpointKey = (String, String, String);

/// Streams in memory; they end with the process.
pub struct MemoryStreams {
    streams: BTreeMap<String, Vec<Records>>,
    checkpoints: Mutex<BTreeMap<CheckpointKey, Progress>>,
    clock: Clock,
}

struct Records {
    records: Mutex<Vec<RawRecord>>,
    newest: watch::Sender<u64>,
}

impl Records {
    fn new() -> Self {
        Self { records: Mutex::new(Vec::new()), newest: watch::Sender::new(0) }
    }

    fn push(&self, mut record: RawRecord) -> Position {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let sequence = records.len() as u64 + 1;
        record.position.sequence = Sequence::from(sequence);
        let position = record.position.clone();
        records.push(record);
        self.newest.send_replace(sequence);
        position
    }

    fn after(&self, after: u64, limit: usize) -> Vec<RawRecord> {
        let records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let skip = usize::try_from(after).unwrap_or(usize::MAX);
        records.iter().skip(skip).take(limit).cloned().collect()
    }
}

impl MemoryStreams {
    /// Empty streams with their numbers of shards.
    pub fn new<N: Into<String>>(streams: impl IntoIterator<Item = (N, u32)>, clock: Clock) -> Self {
        let made =
            |(name, count): (N, u32)| (name.into(), (0..count.max(1)).map(|_| Records::new()).collect());
        Self {
            streams: streams.into_iter().map(made).collect(),
            checkpoints: Mutex::new(BTreeMap::new()),
            clock,
        }
    }

    fn remember(&self, consumer: &str, stream: &str, shard: &str, progress: Progress) {
        let key = (consumer.to_owned(), stream.to_owned(), shard.to_owned());
        self.checkpoints.lock().unwrap_or_else(PoisonError::into_inner).insert(key, progress);
    }

    fn stream(&self, stream: &str) -> Result<&Vec<Records>, StreamError> {
        self.streams.get(stream).ok_or_else(|| StreamError::UnknownStream { stream: stream.to_owned() })
    }

    fn shard(&self, stream: &str, shard: &str) -> Result<&Records, StreamError> {
        let unknown = || StreamError::UnknownShard { stream: stream.to_owned(), shard: shard.to_owned() };
        let index: usize = shard.parse().map_err(|_| unknown())?;
        self.stream(stream)?.get(index).ok_or_else(unknown)
    }
}

#[async_trait::async_trait]
impl Streams for MemoryStreams {
    async fn shards(&self, stream: &str) -> Result<Vec<Shard>, StreamError> {
        Ok((0..self.stream(stream)?.len()).map(|shard| Shard::from(shard.to_string().as_str())).collect())
    }

    async fn publish(&self, stream: &str, records: Vec<NewRecord>) -> Result<Vec<Position>, StreamError> {
        let shards = self.stream(stream)?;
        let arrived_at = (self.clock)();
        let place = |NewRecord { key, bytes }: NewRecord| {
            let shard = shard_of(&key, shards.len() as u32);
            let position = Position {
                stream: stream.to_owned(),
                shard: shard.to_string(),
                sequence: Sequence::from(0),
                sub: 0,
            };
            shards[shard as usize].push(RawRecord { position, key, bytes, arrived_at })
        };
        Ok(records.into_iter().map(place).collect())
    }

    async fn read(
        &self,
        stream: &str,
        shard: &str,
        after: Option<&Sequence>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<RawRecord>, StreamError> {
        let shard = self.shard(stream, shard)?;
        let after = number(after)?;
        let mut newest = shard.newest.subscribe();
        // Whether it timed out or not: what is there is the answer.
        let _ = tokio::time::timeout(wait, newest.wait_for(|newest| *newest > after)).await;
        Ok(shard.after(after, limit))
    }

    async fn newest(&self, stream: &str, shard: &str) -> Result<Option<Sequence>, StreamError> {
        let newest = *self.shard(stream, shard)?.newest.borrow();
        Ok((newest > 0).then(|| Sequence::from(newest)))
    }
}

#[async_trait::async_trait]
impl Checkpoints for MemoryStreams {
    async fn get(&self, consumer: &str, stream: &str, shard: &str) -> Result<Option<Progress>, StreamError> {
        let key = (consumer.to_owned(), stream.to_owned(), shard.to_owned());
        Ok(self.checkpoints.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned())
    }

    async fn set(
        &self,
        consumer: &str,
        stream: &str,
        shard: &str,
        sequence: &Sequence,
    ) -> Result<(), StreamError> {
        self.remember(consumer, stream, shard, Progress::After(sequence.clone()));
        Ok(())
    }

    async fn finish(&self, consumer: &str, stream: &str, shard: &str) -> Result<(), StreamError> {
        self.remember(consumer, stream, shard, Progress::Finished);
        Ok(())
    }
}

/// The number of a sequence that this crate gave; 0 stands before the first record.
pub(crate) fn number(after: Option<&Sequence>) -> Result<u64, StreamError> {
    after.map_or(Ok(0), |sequence| {
        sequence.as_str().parse().map_err(|_| StreamError::BadSequence { sequence: sequence.clone() })
    })
}
