//! Weir's streams and functions as the bridge sees them.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use object_store::ObjectStore;
use weir_bridge::{BoxError, Outcome, Over, Progress, Shard};
use weir_events::{RawRecord, Sequence};
use weir_score::BatchResult;
use weir_streams::{Checkpoints, StreamError, Streams};

use super::gaps::Gaps;
use crate::clock;

/// One stream as a source of records.
pub(super) struct StreamSource {
    pub(super) streams: Arc<dyn Streams>,
    pub(super) stream: &'static str,
    pub(super) gaps: Arc<Gaps>,
    /// Whether the newest sequence is known without asking somebody far away.
    pub(super) is_here: bool,
}

#[async_trait]
impl weir_bridge::Source for StreamSource {
    type Record = RawRecord;

    async fn shards(&self) -> Result<Vec<Shard>, BoxError> {
        let shards = self.streams.shards(self.stream).await?.into_iter();
        Ok(shards.map(|shard| Shard { id: shard.id, parents: shard.parents }).collect())
    }

    async fn read(
        &self,
        shard: &str,
        after: Option<&str>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<(String, RawRecord)>, BoxError> {
        let after = after.map(Sequence::new);
        let records = self.streams.read(self.stream, shard, after.as_ref(), limit, wait).await?;
        Ok(records.into_iter().map(|record| (record.position.sequence.to_string(), record)).collect())
    }

    fn resume(&self, error: &BoxError) -> Option<String> {
        self.gaps.resume(error)
    }

    fn over(&self, error: &BoxError) -> Option<Over> {
        match error.downcast_ref()? {
            StreamError::Closed { .. } => Some(Over::Closed),
            StreamError::Moved { .. } => Some(Over::Moved),
            _ => None,
        }
    }

    async fn newest(&self, shard: &str) -> Result<Option<String>, BoxError> {
        Ok(self.streams.newest(self.stream, shard).await?.map(|sequence| sequence.to_string()))
    }

    fn age(&self, record: &RawRecord) -> Option<Duration> {
        let micros = clock::now().micros().saturating_sub(record.arrived_at.micros());
        Some(Duration::from_micros(u64::try_from(micros).unwrap_or(0)))
    }

    async fn lag(&self, shard: &str, after: Option<&str>) -> Option<u64> {
        if !self.is_here {
            return None;
        }
        let newest = self.streams.newest(self.stream, shard).await.ok()?;
        let number = |text: &str| text.parse::<u64>().unwrap_or(0);
        Some(newest.map_or(0, |newest| number(newest.as_str())).saturating_sub(after.map_or(0, number)))
    }
}

/// Checkpoints of one stream's consumers.
pub(super) struct StreamCheckpoints {
    pub(super) checkpoints: Arc<dyn Checkpoints>,
    pub(super) stream: &'static str,
}

#[async_trait]
impl weir_bridge::Checkpoints for StreamCheckpoints {
    async fn get(&self, consumer: &str, shard: &str) -> Result<Option<Progress>, BoxError> {
        let progress = self.checkpoints.get(consumer, self.stream, shard).await?;
        Ok(progress.map(|progress| match progress {
            weir_streams::Progress::After(sequence) => Progress::After(sequence.to_string()),
            weir_streams::Progress::Finished => Progress::Finished,
        }))
    }

    async fn set(&self, consumer: &str, shard: &str, progress: &Progress) -> Result<(), BoxError> {
        match progress {
            Progress::After(sequence) => {
                self.checkpoints.set(consumer, self.stream, shard, &Sequence::new(sequence)).await?;
            }
            Progress::Finished => self.checkpoints.finish(consumer, self.stream, shard).await?,
        }
        Ok(())
    }
}

/// Decides transactions.
pub(super) struct ScoreTransactions(pub(super) Arc<weir_score::Context>);

#[async_trait]
impl weir_bridge::Handler<RawRecord> for ScoreTransactions {
    async fn handle(&self, records: &[RawRecord]) -> Outcome {
        outcome(records, &weir_score::handle_transactions(records, &self.0).await)
    }
}

/// Applies labels.
pub(super) struct ScoreLabels(pub(super) Arc<weir_score::Context>);

#[async_trait]
impl weir_bridge::Handler<RawRecord> for ScoreLabels {
    async fn handle(&self, records: &[RawRecord]) -> Outcome {
        outcome(records, &weir_score::handle_labels(records, &self.0).await)
    }
}

/// Lands records as received.
pub(super) struct Archive(pub(super) Arc<dyn ObjectStore>);

#[async_trait]
impl weir_bridge::Handler<RawRecord> for Archive {
    async fn handle(&self, records: &[RawRecord]) -> Outcome {
        match weir_archive::land(records, self.0.as_ref()).await {
            Ok(_) => Outcome::Done,
            Err(error) => Outcome::Failed { error: error.into() },
        }
    }
}

/// The function names positions, the bridge wants the index of the first.
fn outcome(records: &[RawRecord], result: &BatchResult) -> Outcome {
    let Some(first) = result.failed.first() else { return Outcome::Done };
    let error = format!("record `{first}` and what follows were handed back");
    match records.iter().position(|record| record.position == *first) {
        Some(index) => Outcome::FailedAt { index, error: error.into() },
        None => Outcome::Failed { error: error.into() },
    }
}
