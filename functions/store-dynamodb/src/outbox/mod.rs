//! The port `Outbox` on the stream of the table of items.

mod decode;
mod iterator;
mod position;
mod shards;

use std::time::Duration;

use tokio::time::Instant;
use weir_events::{Sequence, Shard};
use weir_store::{Outbox, OutboxRecord, StoreError};

use self::position::Position;
use crate::DynamoStore;
use crate::codec::Decoder;
use crate::fault::{Fault, Meaning};
use crate::store::Inner;

use self::iterator::RECORDS;
pub(crate) use self::iterator::Reading;

#[async_trait::async_trait]
impl Outbox for DynamoStore {
    async fn shards(&self) -> Result<Vec<Shard>, StoreError> {
        self.inner.stream_shards().await
    }

    async fn read(
        &self,
        shard: &str,
        after: Option<&Sequence>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<OutboxRecord>, StoreError> {
        if let Some(after) = after {
            Position::of(shard, after)?;
        }
        match self.inner.read_shard(shard, after, limit.max(1), wait).await {
            Ok(read) => Ok(read),
            Err(Failed::Store(error)) => Err(error),
            Err(Failed::Fault(fault)) => Err(self.inner.why(shard, after, fault).await),
        }
    }

    /// The stream forgets by age alone.
    async fn trim(&self, _shard: &str, _through: &Sequence) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Why a shard could not be read.
enum Failed {
    Fault(Fault),
    Store(StoreError),
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Inner {
    async fn read_shard(
        &self,
        shard: &str,
        after: Option<&Sequence>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<OutboxRecord>, Failed> {
        let until = Instant::now() + wait;
        let mut place = (shard.to_owned(), after.cloned());
        let (mut found, mut decoder) = (Vec::new(), Decoder::new());
        let mut iterator = self.iterator(&place).await?;
        loop {
            let Some(current) = iterator else {
                if found.is_empty() {
                    self.reading.put(place, None);
                    return Err(StoreError::OutboxShardClosed { shard: shard.to_owned() }.into());
                }
                self.reading.put(place, None);
                return Ok(found);
            };
            let asked = (limit - found.len()).min(RECORDS);
            let answer = match self.records(&current, asked).await {
                Ok(answer) => answer,
                Err(fault) if fault.meaning == Meaning::ExpiredIterator => {
                    iterator = Some(self.new_iterator(&place).await?);
                    continue;
                }
                // Without a position there is no gap to tell: what was the oldest went while it was asked for.
                Err(fault) if fault.meaning == Meaning::Trimmed && place.1.is_none() => {
                    if Instant::now() >= until {
                        return Ok(found);
                    }
                    self.rest(until).await;
                    iterator = Some(self.new_iterator(&place).await?);
                    continue;
                }
                // What was read is handed over first.
                Err(_) if !found.is_empty() => return Ok(found),
                Err(fault) => return Err(fault.into()),
            };
            let answer_length = answer.records().len();
            let is_empty = answer_length == 0;
            for record in answer.records() {
                let entries = decode::entries(shard, record, &mut decoder)?;
                found.extend(
                    entries.into_iter().filter(|entry| after.is_none_or(|after| entry.sequence > *after)),
                );
            }
            if found.len() > limit {
                // The rest is asked for again: an iterator goes from record to record.
                found.truncate(limit);
                return Ok(found);
            }
            iterator = answer.next_shard_iterator;
            place.1 =
                found.last().map(|entry: &OutboxRecord| entry.sequence.clone()).or_else(|| after.cloned());
            // A page that is far from full is the end as a rule: who reads on asks again soon enough.
            let is_end = is_empty || answer_length * 2 < asked;
            let is_done = found.len() == limit
                || (is_end && !found.is_empty())
                || (is_empty && Instant::now() >= until);
            if is_done && iterator.is_some() {
                self.reading.put(place, iterator);
                return Ok(found);
            }
            if is_empty && iterator.is_some() {
                self.rest(until).await;
            }
        }
    }

    /// Waits before an idle shard is asked again.
    async fn rest(&self, until: Instant) {
        let left = until.saturating_duration_since(Instant::now());
        tokio::time::sleep(self.settings.outbox_poll.min(left)).await;
    }

    /// What a fault says about the outbox.
    async fn why(&self, shard: &str, after: Option<&Sequence>, fault: Fault) -> StoreError {
        match (fault.meaning, after) {
            (Meaning::NotFound, _) => StoreError::OutboxShardClosed { shard: shard.to_owned() },
            (Meaning::Trimmed, Some(after)) => {
                let oldest = self.oldest(shard).await;
                StoreError::OutboxTrimmed { shard: shard.to_owned(), after: after.clone(), oldest }
            }
            (Meaning::Trimmed | Meaning::ExpiredIterator, _) => {
                Fault { meaning: Meaning::Unknown, ..fault }.into_error(&self.settings.items_table)
            }
            _ => fault.into_error(&self.settings.items_table),
        }
    }

    /// Sequence of the oldest entry kept, for the message alone.
    async fn oldest(&self, shard: &str) -> Option<Sequence> {
        let iterator = self.new_iterator(&(shard.to_owned(), None)).await.ok()?;
        let answer = self.records(&iterator, 1).await.ok()?;
        let number = answer.records().first()?.dynamodb()?.sequence_number()?;
        Some(position::sequence(number, 0, 1))
    }
}
