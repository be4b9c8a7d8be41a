//! Checkpoints in files of the home, for streams that keep none themselves.

use std::path::PathBuf;

use async_trait::async_trait;
use weir_bridge::FileCheckpoints;
use weir_events::Sequence;
use weir_streams::{Checkpoints, Kind, Progress, ServiceFailure, StreamError};

/// Checkpoints of every consumer of every stream, a file each.
pub(super) struct InFiles(FileCheckpoints);

impl InFiles {
    pub(super) fn open(folder: PathBuf) -> std::io::Result<Self> {
        FileCheckpoints::open(folder).map(Self)
    }

    async fn remember(
        &self,
        consumer: &str,
        stream: &str,
        shard: &str,
        progress: weir_bridge::Progress,
    ) -> Result<(), StreamError> {
        let set = weir_bridge::Checkpoints::set(&self.0, &file(consumer, stream), shard, &progress).await;
        set.map_err(|error| failed("write the checkpoint of", shard, &error))
    }
}

fn file(consumer: &str, stream: &str) -> String {
    format!("{consumer}-{stream}")
}

fn failed(action: &'static str, shard: &str, error: &weir_bridge::BoxError) -> StreamError {
    StreamError::service(ServiceFailure {
        service: "the home",
        action,
        target: shard.to_owned(),
        reason: error.to_string(),
        advice: "check that the folder `checkpoints` of the home can be written",
        kind: Kind::Retryable,
    })
}

#[async_trait]
impl Checkpoints for InFiles {
    async fn get(&self, consumer: &str, stream: &str, shard: &str) -> Result<Option<Progress>, StreamError> {
        let got = weir_bridge::Checkpoints::get(&self.0, &file(consumer, stream), shard).await;
        let got = got.map_err(|error| failed("read the checkpoint of", shard, &error))?;
        Ok(got.map(|progress| match progress {
            weir_bridge::Progress::After(sequence) => Progress::After(Sequence::new(&sequence)),
            weir_bridge::Progress::Finished => Progress::Finished,
        }))
    }

    async fn set(
        &self,
        consumer: &str,
        stream: &str,
        shard: &str,
        sequence: &Sequence,
    ) -> Result<(), StreamError> {
        let progress = weir_bridge::Progress::After(sequence.to_string());
        self.remember(consumer, stream, shard, progress).await
    }

    async fn finish(&self, consumer: &str, stream: &str, shard: &str) -> Result<(), StreamError> {
        self.remember(consumer, stream, shard, weir_bridge::Progress::Finished).await
    }
}
