//! The ports: streams, and how far their consumers have come.

use std::fmt;
use std::time::Duration;

use weir_events::{Position, RawRecord, Sequence, Timestamp};

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
    /// Shards of a stream.
    async fn shards(&self, stream: &str) -> Result<Vec<String>, StreamError>;

    /// Appends records; when it returns they are durable. Positions in order of the records.
    ///
    /// After an error some of the records may be on the stream all the same: publish them again.
    async fn publish(&self, stream: &str, records: Vec<NewRecord>) -> Result<Vec<Position>, StreamError>;

    /// Up to `limit` records of a shard after a sequence (from the oldest kept if `None`), in order; waits up to
    /// `wait` for the first one and answers empty if none came.
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

/// How far consumers have come. Checkpoints save work; they protect nothing.
#[async_trait::async_trait]
pub trait Checkpoints: Send + Sync {
    /// Last sequence that `consumer` has finished.
    async fn get(&self, consumer: &str, stream: &str, shard: &str) -> Result<Option<Sequence>, StreamError>;

    /// Remembers the last sequence finished.
    async fn set(
        &self,
        consumer: &str,
        stream: &str,
        shard: &str,
        sequence: &Sequence,
    ) -> Result<(), StreamError>;
}
