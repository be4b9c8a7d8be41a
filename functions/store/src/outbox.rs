//! The port behind which what was committed is handed on.

use std::sync::Arc;
use std::time::Duration;

use weir_events::{EncodedEntry, Sequence, Shard};

use crate::StoreError;

/// The one shard of an outbox that a store keeps itself.
pub const SINGLE_SHARD: &str = "0";

/// One outbox entry with its place in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRecord {
    /// Its shard.
    pub shard: String,
    /// Grows along the shard; never used twice, not even after everything was trimmed.
    pub sequence: Sequence,
    /// The entry, encoded once when it was committed; its readers share it.
    pub entry: Arc<EncodedEntry>,
}

/// Every committed decision and label effect: at least once to each reader, those of one transaction in their order,
/// those of different transactions in none.
#[async_trait::async_trait]
pub trait Outbox: Send + Sync {
    /// The shards that can be read, open ones and closed ones. A shard is read to its end before those made from it;
    /// a parent that is not among them is gone, and with it what it held.
    async fn shards(&self) -> Result<Vec<Shard>, StoreError>;

    /// Up to `limit` entries of a shard after a sequence (from the oldest kept if `None`), in order; waits up to `wait`
    /// for the first one and answers empty if none came.
    ///
    /// # Errors
    /// [`StoreError::OutboxShardClosed`] once a closed shard was read to its end, and for a shard that is not there.
    /// [`StoreError::OutboxTrimmed`] if entries after `after` were trimmed: they are lost to this reader, which goes on
    /// by reading without a position.
    async fn read(
        &self,
        shard: &str,
        after: Option<&Sequence>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<OutboxRecord>, StoreError>;

    /// Forgets entries up to and including a sequence. A service that forgets by age alone does nothing.
    async fn trim(&self, shard: &str, through: &Sequence) -> Result<(), StoreError>;
}

/// Sequences of an outbox that a store keeps itself: whole numbers from 1, in one shard.
pub(crate) struct Single;

impl Single {
    /// The number of a sequence; 0 if there is none. Other shards were never there.
    pub(crate) fn number(shard: &str, sequence: Option<&Sequence>) -> Result<u64, StoreError> {
        if shard != SINGLE_SHARD {
            return Err(StoreError::OutboxShardClosed { shard: shard.to_owned() });
        }
        let Some(sequence) = sequence else { return Ok(0) };
        let wrong = |_| StoreError::OutboxPosition { shard: shard.to_owned(), found: sequence.to_string() };
        sequence.as_str().parse().map_err(wrong)
    }

    /// Refuses to skip in silence what a reader was to read after `after` and can no longer.
    pub(crate) fn check(after: Option<&Sequence>, number: u64, trimmed: u64) -> Result<(), StoreError> {
        match after {
            Some(after) if number < trimmed => Err(StoreError::OutboxTrimmed {
                shard: SINGLE_SHARD.to_owned(),
                after: after.clone(),
                oldest: Some(Sequence::from(trimmed + 1)),
            }),
            _ => Ok(()),
        }
    }

    pub(crate) fn record(number: u64, entry: Arc<EncodedEntry>) -> OutboxRecord {
        OutboxRecord { shard: SINGLE_SHARD.to_owned(), sequence: Sequence::from(number), entry }
    }
}
