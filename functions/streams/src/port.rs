//! The ports: streams, and how far their consumers have come.

use std::fmt;
use std::time::Duration;

use weir_events::{Position, RawRecord, Sequence, Shard, Timestamp};

use crate::StreamError;

/// Where an adapter takes the time of arrival from.
pub type Clock = fn() -> Timestamp;

/// A record to be published.
#[derive(Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// Partition key: equal keys go to one shard, in order.
    pub key: String,
    /// The payload.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for NewRecord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "NewRecord({} bytes)", self.bytes.len())
    }
}

/// Append-only, sharded, ordered streams.
#[async_trait::async_trait]
pub trait Streams: Send + Sync {
    /// The shards that can be read, closed ones too. They may change while a reader runs: whoever reads a stream for
    /// long asks again from time to time, and begins a shard when it has finished the shards it was made from.
    async fn shards(&self, stream: &str) -> Result<Vec<Shard>, StreamError>;

    /// Appends records; when it returns they are durable. Positions in order of the records.
    ///
    /// After an error some of the records may be on the stream all the same: publish them again.
    async fn publish(&self, stream: &str, records: Vec<NewRecord>) -> Result<Vec<Position>, StreamError>;

    /// Up to `limit` records of a shard after a sequence (from the oldest kept if `None`), in order; waits up to
    /// `wait` for the first one and answers empty if none came. A shard that gets no more records, since it was split
    /// or merged, answers [`StreamError::Closed`] at its end; one that went to another reader [`StreamError::Moved`].
    async fn read(
        &self,
        stream: &str,
        shard: &str,
        after: Option<&Sequence>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<RawRecord>, StreamError>;

    /// Sequence of the newest record of a shard, if there ever was one.
    async fn newest(&self, stream: &str, shard: &str) -> Result<Option<Sequence>, StreamError>;
}

/// How far a consumer has come in a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It has finished the records up to this one.
    After(Sequence),
    /// It has finished a closed shard: there is nothing more to read.
    Finished,
}

impl Progress {
    /// The last sequence finished; `None` for a shard that is finished altogether.
    pub fn sequence(&self) -> Option<&Sequence> {
        match self {
            Self::After(sequence) => Some(sequence),
            Self::Finished => None,
        }
    }
}

/// How far consumers have come. Checkpoints save work; they protect nothing.
#[async_trait::async_trait]
pub trait Checkpoints: Send + Sync {
    /// How far `consumer` has come; `None` before its first record.
    async fn get(&self, consumer: &str, stream: &str, shard: &str) -> Result<Option<Progress>, StreamError>;

    /// Remembers the last sequence finished.
    async fn set(
        &self,
        consumer: &str,
        stream: &str,
        shard: &str,
        sequence: &Sequence,
    ) -> Result<(), StreamError>;

    /// Remembers that `consumer` has finished a closed shard: readers of the shards made from it may begin.
    async fn finish(&self, consumer: &str, stream: &str, shard: &str) -> Result<(), StreamError>;
}
