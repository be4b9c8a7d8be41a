//! The contract of every stream; checkpoints are kept elsewhere.

use std::time::Duration;

use weir_events::{Position, RawRecord, Sequence, Shard, Timestamp};
use weir_streams::contract::{Bench, SHARDED, SINGLE, suite};
use weir_streams::{Checkpoints, MemoryStreams, NewRecord, Progress, StreamError, Streams};
use weir_streams_kinesis::{KinesisSettings, KinesisStreams};

use crate::support::{client, settings};

/// Streams of Kinesis with checkpoints in memory.
struct Both {
    streams: KinesisStreams,
    checkpoints: MemoryStreams,
}

impl Both {
    fn new(settings: KinesisSettings) -> Self {
        let checkpoints = MemoryStreams::new([("none", 1)], || Timestamp::from_seconds(0));
        Self { streams: KinesisStreams::new(client(), settings).unwrap(), checkpoints }
    }
}

#[async_trait::async_trait]
impl Streams for Both {
    async fn shards(&self, stream: &str) -> Result<Vec<Shard>, StreamError> {
        self.streams.shards(stream).await
    }

    async fn publish(&self, stream: &str, records: Vec<NewRecord>) -> Result<Vec<Position>, StreamError> {
        self.streams.publish(stream, records).await
    }

    async fn read(
        &self,
        stream: &str,
        shard: &str,
        after: Option<&Sequence>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<RawRecord>, StreamError> {
        self.streams.read(stream, shard, after, limit, wait).await
    }

    async fn newest(&self, stream: &str, shard: &str) -> Result<Option<Sequence>, StreamError> {
        self.streams.newest(stream, shard).await
    }
}

#[async_trait::async_trait]
impl Checkpoints for Both {
    async fn get(&self, consumer: &str, stream: &str, shard: &str) -> Result<Option<Progress>, StreamError> {
        self.checkpoints.get(consumer, stream, shard).await
    }

    async fn set(
        &self,
        consumer: &str,
        stream: &str,
        shard: &str,
        sequence: &Sequence,
    ) -> Result<(), StreamError> {
        self.checkpoints.set(consumer, stream, shard, sequence).await
    }

    async fn finish(&self, consumer: &str, stream: &str, shard: &str) -> Result<(), StreamError> {
        self.checkpoints.finish(consumer, stream, shard).await
    }
}

#[derive(Default)]
struct Kinesis(Option<KinesisSettings>);

#[async_trait::async_trait]
impl Bench for Kinesis {
    type Adapter = Both;

    async fn open(&mut self) -> Both {
        let settings = settings(&client(), &[(SINGLE, 1), (SHARDED, 4)]).await;
        self.0 = Some(settings.clone());
        Both::new(settings)
    }

    async fn reopen(&mut self, adapter: Both) -> Option<Both> {
        drop(adapter);
        self.0.clone().map(Both::new)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kinesis_keeps_the_contract() {
    suite(Kinesis::default).await.unwrap();
}
