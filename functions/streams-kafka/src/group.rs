//! Reading as a member of a consumer group.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::Consumer;
use tokio::task::JoinHandle;
use weir_events::{Position, RawRecord, Sequence, Shard};
use weir_streams::{Checkpoints, NewRecord, Progress, StreamError, Streams};

use crate::checkpoints::Offsets;
use crate::context::{Client, Context};
use crate::error::{failed, unanswered};
use crate::members::Members;
use crate::partition::Partition;
use crate::record::offset_after;
use crate::settings::KafkaSettings;
use crate::streams::{Inner, serve};

/// Longest time that leaving takes.
const LEAVE: Duration = Duration::from_secs(10);

/// One member of a consumer group. Its shards are the partitions that the group has given to it: they change while it
/// runs, and what goes to another member answers [`StreamError::Moved`]. Its checkpoints are the group's committed
/// offsets.
pub struct KafkaGroup {
    inner: Arc<Inner>,
    name: String,
    streams: Vec<String>,
    members: Arc<Members>,
    serving: JoinHandle<()>,
}

impl KafkaGroup {
    pub(crate) fn join(inner: Arc<Inner>, name: &str, streams: &[&str]) -> Result<Self, StreamError> {
        let settings = &inner.settings;
        let topics: Result<Vec<_>, _> = streams.iter().map(|stream| inner.topics.name(stream)).collect();
        let topics = topics?;
        let mut config = settings.of_consumer(name);
        if let Some(instance) = &settings.group_instance {
            config.set("group.instance.id", format!("{instance}-{name}"));
        }
        let client = config.create_with_context(Context::default());
        let client: Arc<Client> = Arc::new(client.map_err(failed("join group", name))?);
        let offsets = offsets(settings, &client);
        let members = Arc::new(Members::new(Arc::clone(&client), offsets, Arc::clone(&inner.topics)));
        // Empty until now: it is set once, here.
        let _ = client.context().members.set(Arc::downgrade(&members));
        client.subscribe(&topics).map_err(failed("join group", name))?;
        let serving = tokio::spawn(serve(client));
        let streams = streams.iter().map(|stream| (*stream).to_owned()).collect();
        Ok(Self { inner, name: name.to_owned(), streams, members, serving })
    }

    /// Commits what was finished and leaves the group, so that others take its partitions over at once. One with a
    /// `group_instance` keeps them for its next start, until the session times out.
    ///
    /// # Errors
    /// What could not be committed; its records are read again by others.
    pub async fn close(self) -> Result<(), StreamError> {
        let members = Arc::clone(&self.members);
        let committed = tokio::task::spawn_blocking(move || members.offsets.commit()).await;
        let committed = committed.map_err(|_| unanswered("leave group", &self.name))?;
        if self.inner.settings.group_instance.is_none() {
            self.members.client.unsubscribe();
            let left = async {
                while !self.members.is_empty() {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            };
            tokio::time::timeout(LEAVE, left).await.map_err(|_| unanswered("leave group", &self.name))?;
        }
        committed
    }

    fn topic(&self, stream: &str) -> Result<&str, StreamError> {
        if self.streams.iter().any(|known| known == stream) {
            return self.inner.topics.name(stream);
        }
        Err(StreamError::UnknownStream { stream: stream.to_owned() })
    }

    /// A partition that is read here.
    async fn partition(&self, stream: &str, shard: &str) -> Result<Arc<Partition>, StreamError> {
        let topic = self.topic(stream)?;
        if let Some(found) = shard.parse().ok().and_then(|number| self.members.find(topic, number)) {
            return Ok(found);
        }
        self.inner.topics.partition(stream, shard).await?;
        Err(StreamError::Moved { stream: stream.to_owned(), shard: shard.to_owned() })
    }

    /// A group remembers its own progress alone.
    fn check(&self, consumer: &str) -> Result<(), StreamError> {
        if consumer == self.name {
            return Ok(());
        }
        let expected = "the name of the group that reads";
        Err(StreamError::Setting { setting: "consumer", value: consumer.to_owned(), expected })
    }

    async fn remember(&self, stream: &str, shard: &str, progress: Progress) -> Result<(), StreamError> {
        self.partition(stream, shard).await?;
        let number = shard.parse().unwrap_or(0);
        self.members.offsets.set(self.topic(stream)?, number, progress)
    }
}

impl Drop for KafkaGroup {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn offsets(settings: &KafkaSettings, client: &Arc<Client>) -> Arc<Offsets> {
    let interval = Duration::from_millis(settings.checkpoint_interval_ms);
    Offsets::start(client, settings.request_timeout(), interval)
}

#[async_trait::async_trait]
impl Streams for KafkaGroup {
    async fn shards(&self, stream: &str) -> Result<Vec<Shard>, StreamError> {
        let numbers = self.members.of(self.topic(stream)?);
        Ok(numbers.iter().map(|number| Shard::from(number.to_string().as_str())).collect())
    }

    async fn publish(&self, stream: &str, records: Vec<NewRecord>) -> Result<Vec<Position>, StreamError> {
        self.inner.topics.partitions(stream).await?;
        self.inner.publish_each(stream, &records).await?.into_iter().collect()
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
impl Checkpoints for KafkaGroup {
    async fn get(&self, consumer: &str, stream: &str, shard: &str) -> Result<Option<Progress>, StreamError> {
        self.check(consumer)?;
        let number = self.inner.topics.partition(stream, shard).await?;
        self.members.offsets.get(self.inner.topics.name(stream)?, number).await
    }

    async fn set(
        &self,
        consumer: &str,
        stream: &str,
        shard: &str,
        sequence: &Sequence,
    ) -> Result<(), StreamError> {
        self.check(consumer)?;
        self.remember(stream, shard, Progress::After(sequence.clone())).await
    }

    async fn finish(&self, consumer: &str, stream: &str, shard: &str) -> Result<(), StreamError> {
        self.check(consumer)?;
        self.remember(stream, shard, Progress::Finished).await
    }
}
