//! Streams that are topics of Kafka.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rdkafka::error::KafkaError;
use tokio::task::JoinHandle;
use tracing::debug;
use weir_events::{Position, RawRecord, Sequence, Shard};
use weir_streams::{Checkpoints, NewRecord, Progress, StreamError, Streams};

use crate::checkpoints::Offsets;
use crate::context::{Client, Context};
use crate::error::{failed, unanswered};
use crate::group::KafkaGroup;
use crate::partition::Partition;
use crate::producer::Producer;
use crate::record::{offset_after, sequence_of};
use crate::settings::KafkaSettings;
use crate::topics::Topics;

/// Topics as streams, partitions as shards. Reads every partition that it is asked for; who shares them with other
/// processes reads through a [`KafkaGroup`].
pub struct KafkaStreams {
    pub(crate) inner: Arc<Inner>,
    client: Arc<Client>,
    serving: JoinHandle<()>,
    partitions: Mutex<BTreeMap<(String, i32), Arc<Partition>>>,
    /// By consumer.
    offsets: Mutex<BTreeMap<String, Arc<Offsets>>>,
}

/// What streams and groups share.
pub(crate) struct Inner {
    pub(crate) settings: KafkaSettings,
    pub(crate) topics: Arc<Topics>,
    producer: Producer,
}

impl KafkaStreams {
    /// Opens a producer and a consumer; brokers are asked when there is something to ask. Within a tokio runtime.
    ///
    /// # Errors
    /// A setting or a property that cannot be used.
    pub fn open(settings: KafkaSettings) -> Result<Self, StreamError> {
        settings.validate()?;
        let producer = Producer::open(&settings)?;
        let topics = Arc::new(Topics::open(&settings)?);
        Self::over(Arc::new(Inner { settings, topics, producer }))
    }

    /// Another reader, with the same producer. A reader has one place in each partition: two consumers that read a
    /// stream through one would send it back and forth.
    ///
    /// # Errors
    /// A property that cannot be used.
    pub fn reader(&self) -> Result<Self, StreamError> {
        Self::over(Arc::clone(&self.inner))
    }

    fn over(inner: Arc<Inner>) -> Result<Self, StreamError> {
        let client = inner.settings.of_consumer("reader").create_with_context(Context::default());
        let client: Arc<Client> = Arc::new(client.map_err(failed("open", "reader"))?);
        let serving = tokio::spawn(serve(Arc::clone(&client)));
        Ok(Self { inner, client, serving, partitions: Mutex::default(), offsets: Mutex::default() })
    }

    /// Joins a consumer group that shares the partitions of streams with its other members.
    ///
    /// # Errors
    /// An unknown stream, or a property that cannot be used.
    pub async fn group(&self, name: &str, streams: &[&str]) -> Result<KafkaGroup, StreamError> {
        KafkaGroup::join(Arc::clone(&self.inner), name, streams)
    }

    /// Publishes records and answers what became of each; [`Streams::publish`] answers the first error alone.
    ///
    /// # Errors
    /// An unknown stream, or a topic that is not there: then nothing was published.
    pub async fn publish_each(
        &self,
        stream: &str,
        records: Vec<NewRecord>,
    ) -> Result<Vec<Result<Position, StreamError>>, StreamError> {
        self.inner.topics.partitions(stream).await?;
        self.inner.publish_each(stream, &records).await
    }

    /// Commits checkpoints and waits for what is being published.
    ///
    /// # Errors
    /// What did not reach the brokers in time.
    pub async fn close(&self) -> Result<(), StreamError> {
        let all: Vec<_> = self.offsets().values().map(Arc::clone).collect();
        let inner = Arc::clone(&self.inner);
        let closing = tokio::task::spawn_blocking(move || {
            inner.producer.flush(Duration::from_millis(inner.settings.publish_timeout_ms))?;
            all.iter().try_for_each(|offsets| offsets.commit())
        });
        closing.await.map_err(|_| unanswered("close", "streams"))?
    }

    async fn partition(&self, stream: &str, shard: &str) -> Result<Arc<Partition>, StreamError> {
        let number = self.inner.topics.partition(stream, shard).await?;
        let topic = self.inner.topics.name(stream)?;
        let mut partitions = self.partitions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(partition) = partitions.get(&(topic.to_owned(), number)) {
            return Ok(Arc::clone(partition));
        }
        let opened = Partition::open(&self.client, &self.inner.topics, stream, topic, number, false);
        let partition = Arc::new(opened.ok_or_else(|| unanswered("open a partition of", topic))?);
        partitions.insert((topic.to_owned(), number), Arc::clone(&partition));
        Ok(partition)
    }

    /// The offsets of a consumer.
    fn offsets_of(&self, consumer: &str) -> Result<Arc<Offsets>, StreamError> {
        let mut all = self.offsets();
        if let Some(offsets) = all.get(consumer) {
            return Ok(Arc::clone(offsets));
        }
        let settings = &self.inner.settings;
        let client = settings.of_consumer(consumer).create_with_context(Context::default());
        let client: Arc<Client> = Arc::new(client.map_err(failed("open consumer", consumer))?);
        let interval = Duration::from_millis(settings.checkpoint_interval_ms);
        let offsets = Offsets::start(&client, settings.request_timeout(), interval);
        all.insert(consumer.to_owned(), Arc::clone(&offsets));
        Ok(offsets)
    }

    fn offsets(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<Offsets>>> {
        self.offsets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn remember(
        &self,
        consumer: &str,
        stream: &str,
        shard: &str,
        progress: Progress,
    ) -> Result<(), StreamError> {
        let number = self.inner.topics.partition(stream, shard).await?;
        self.offsets_of(consumer)?.set(self.inner.topics.name(stream)?, number, progress)
    }
}

impl Drop for KafkaStreams {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Serves a client's own events; its messages come through the queues of their partitions.
pub(crate) async fn serve(client: Arc<Client>) {
    loop {
        match client.recv().await {
            Ok(_) | Err(KafkaError::PartitionEOF(_)) => {}
            // Told to the readers of partitions where it concerns them.
            Err(error) => debug!("a consumer of kafka was told: {error}"),
        }
    }
}

impl Inner {
    pub(crate) async fn publish_each(
        &self,
        stream: &str,
        records: &[NewRecord],
    ) -> Result<Vec<Result<Position, StreamError>>, StreamError> {
        let topic = self.topics.name(stream)?;
        records.iter().try_for_each(|record| self.check_size(record))?;
        let placed = self.producer.publish(topic, records).await;
        let position = |(number, offset): (i32, i64)| Position {
            stream: stream.to_owned(),
            shard: number.to_string(),
            sequence: sequence_of(offset),
            sub: 0,
        };
        Ok(placed
            .into_iter()
            .map(|placed| placed.map(position).map_err(failed("publish to", topic)))
            .collect())
    }

    fn check_size(&self, record: &NewRecord) -> Result<(), StreamError> {
        let size_bytes = record.key.len() + record.bytes.len();
        let limit_bytes = self.settings.max_record_bytes;
        if size_bytes > limit_bytes { Err(StreamError::TooLarge { size_bytes, limit_bytes }) } else { Ok(()) }
    }
}

#[async_trait::async_trait]
impl Streams for KafkaStreams {
    async fn shards(&self, stream: &str) -> Result<Vec<Shard>, StreamError> {
        let partitions = self.inner.topics.partitions(stream).await?;
        Ok(partitions.iter().map(|number| Shard::from(number.to_string().as_str())).collect())
    }

    async fn publish(&self, stream: &str, records: Vec<NewRecord>) -> Result<Vec<Position>, StreamError> {
        self.publish_each(stream, records).await?.into_iter().collect()
    }

    async fn read(
        &self,
        stream: &str,
        shard: &str,
        after: Option<&Sequence>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<RawRecord>, StreamError> {
        let from = after.map(offset_after).transpose()?;
        let partition = self.partition(stream, shard).await?;
        if limit == 0 { Ok(Vec::new()) } else { partition.read(from, limit, wait).await }
    }

    async fn newest(&self, stream: &str, shard: &str) -> Result<Option<Sequence>, StreamError> {
        self.inner.topics.newest(stream, shard).await
    }
}

#[async_trait::async_trait]
impl Checkpoints for KafkaStreams {
    async fn get(&self, consumer: &str, stream: &str, shard: &str) -> Result<Option<Progress>, StreamError> {
        let number = self.inner.topics.partition(stream, shard).await?;
        let topic = self.inner.topics.name(stream)?;
        self.offsets_of(consumer)?.get(topic, number).await
    }

    async fn set(
        &self,
        consumer: &str,
        stream: &str,
        shard: &str,
        sequence: &Sequence,
    ) -> Result<(), StreamError> {
        self.remember(consumer, stream, shard, Progress::After(sequence.clone())).await
    }

    async fn finish(&self, consumer: &str, stream: &str, shard: &str) -> Result<(), StreamError> {
        self.remember(consumer, stream, shard, Progress::Finished).await
    }
}
