//! Topics of streams, how many partitions they have, and what these hold.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::metadata::MetadataPartition;
use weir_events::Sequence;
use weir_streams::StreamError;

use crate::context::Context;
use crate::error::{failed, unanswered};
use crate::record::sequence_of;
use crate::settings::KafkaSettings;

/// How long a number of partitions is believed; a topic can get more of them.
const FRESH: Duration = Duration::from_secs(5);

/// The topics. They are asked for by a client of their own: a broker answers the requests of one connection in turn, and
/// those of a reader wait for records.
pub(crate) struct Topics {
    names: BTreeMap<String, String>,
    timeout: Duration,
    client: Arc<BaseConsumer<Context>>,
    known: Mutex<BTreeMap<String, (Instant, BTreeSet<i32>)>>,
}

impl Topics {
    pub(crate) fn open(settings: &KafkaSettings) -> Result<Self, StreamError> {
        let client = settings.of_asker().create_with_context(Context::default());
        let client = Arc::new(client.map_err(failed("open", "client"))?);
        let (names, timeout) = (settings.topics.clone(), settings.request_timeout());
        Ok(Self { names, timeout, client, known: Mutex::default() })
    }

    /// Topic of a stream.
    pub(crate) fn name(&self, stream: &str) -> Result<&str, StreamError> {
        let unknown = || StreamError::UnknownStream { stream: stream.to_owned() };
        self.names.get(stream).map(String::as_str).ok_or_else(unknown)
    }

    /// Stream of a topic.
    pub(crate) fn stream(&self, topic: &str) -> Option<&str> {
        self.names.iter().find(|(_, name)| *name == topic).map(|(stream, _)| stream.as_str())
    }

    /// Partitions of a stream's topic.
    pub(crate) async fn partitions(&self, stream: &str) -> Result<BTreeSet<i32>, StreamError> {
        const ACTION: &str = "tell the partitions of topic";
        let topic = self.name(stream)?;
        let fresh =
            |(at, partitions): &(Instant, BTreeSet<i32>)| (at.elapsed() < FRESH).then(|| partitions.clone());
        if let Some(partitions) = self.known().get(topic).and_then(fresh) {
            return Ok(partitions);
        }
        let (name, timeout) = (topic.to_owned(), self.timeout);
        let partitions = self.ask(ACTION, topic, move |client| partitions(client, &name, timeout)).await?;
        if partitions.is_empty() {
            return Err(unanswered(ACTION, topic));
        }
        self.known().insert(topic.to_owned(), (Instant::now(), partitions.clone()));
        Ok(partitions)
    }

    /// The number of a partition that exists.
    pub(crate) async fn partition(&self, stream: &str, shard: &str) -> Result<i32, StreamError> {
        let unknown = || StreamError::UnknownShard { stream: stream.to_owned(), shard: shard.to_owned() };
        let number: i32 = shard.parse().map_err(|_| unknown())?;
        let partitions = self.partitions(stream).await?;
        if partitions.contains(&number) { Ok(number) } else { Err(unknown()) }
    }

    /// Offsets of the oldest message of a partition and behind the newest.
    pub(crate) async fn watermarks(&self, topic: &str, number: i32) -> Result<Range<i64>, StreamError> {
        let (name, timeout) = (topic.to_owned(), self.timeout);
        let ask = move |client: &BaseConsumer<Context>| client.fetch_watermarks(&name, number, timeout);
        let asked = self.ask("tell the offsets of", &format!("{topic}/{number}"), ask).await;
        asked.map(|(oldest, end)| oldest..end)
    }

    /// Sequence of the newest record.
    pub(crate) async fn newest(&self, stream: &str, shard: &str) -> Result<Option<Sequence>, StreamError> {
        let number = self.partition(stream, shard).await?;
        let end = self.watermarks(self.name(stream)?, number).await?.end;
        Ok((end > 0).then(|| sequence_of(end - 1)))
    }

    async fn ask<T: Send + 'static>(
        &self,
        action: &'static str,
        target: &str,
        question: impl FnOnce(&BaseConsumer<Context>) -> KafkaResult<T> + Send + 'static,
    ) -> Result<T, StreamError> {
        let client = Arc::clone(&self.client);
        let ask = move || question(&client).map_err(|error| cause(&client, error));
        let asked = tokio::task::spawn_blocking(ask).await.map_err(|_| unanswered(action, target))?;
        asked.map_err(failed(action, target))
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, (Instant, BTreeSet<i32>)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn partitions(client: &BaseConsumer<Context>, topic: &str, timeout: Duration) -> KafkaResult<BTreeSet<i32>> {
    let metadata = client.client().fetch_metadata(Some(topic), timeout)?;
    let Some(found) = metadata.topics().iter().find(|found| found.name() == topic) else {
        return Ok(BTreeSet::new());
    };
    match found.error() {
        Some(error) => Err(KafkaError::MetadataFetch(error.into())),
        None => Ok(found.partitions().iter().map(MetadataPartition::id).collect()),
    }
}

/// What is behind an error: a question only times out when the brokers let nobody in.
fn cause(client: &BaseConsumer<Context>, error: KafkaError) -> KafkaError {
    /// Events that may wait to be told; none tells whether it was the last.
    const EVENTS: usize = 100;
    for _ in 0..EVENTS {
        drop(client.poll(Duration::ZERO));
    }
    client.context().refusal().unwrap_or(error)
}
