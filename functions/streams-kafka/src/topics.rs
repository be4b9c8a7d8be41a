//! Topics of streams, and how many partitions they have.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::consumer::Consumer;
use weir_streams::StreamError;

use crate::context::Client;
use crate::error::{failed, unanswered};

/// How long a number of partitions is believed; a topic can get more of them.
const FRESH: Duration = Duration::from_secs(5);

/// The topics, asked for by any client.
pub(crate) struct Topics {
    names: BTreeMap<String, String>,
    timeout: Duration,
    known: Mutex<BTreeMap<String, (Instant, BTreeSet<i32>)>>,
}

impl Topics {
    pub(crate) fn new(names: BTreeMap<String, String>, timeout: Duration) -> Self {
        Self { names, timeout, known: Mutex::default() }
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
    pub(crate) async fn partitions(
        &self,
        client: &Arc<Client>,
        stream: &str,
    ) -> Result<BTreeSet<i32>, StreamError> {
        let topic = self.name(stream)?;
        let fresh =
            |(at, partitions): &(Instant, BTreeSet<i32>)| (at.elapsed() < FRESH).then(|| partitions.clone());
        if let Some(partitions) = self.known().get(topic).and_then(fresh) {
            return Ok(partitions);
        }
        let partitions = self.ask(client, topic).await?;
        self.known().insert(topic.to_owned(), (Instant::now(), partitions.clone()));
        Ok(partitions)
    }

    /// The number of a partition that exists.
    pub(crate) async fn partition(
        &self,
        client: &Arc<Client>,
        stream: &str,
        shard: &str,
    ) -> Result<i32, StreamError> {
        let unknown = || StreamError::UnknownShard { stream: stream.to_owned(), shard: shard.to_owned() };
        let number: i32 = shard.parse().map_err(|_| unknown())?;
        let partitions = self.partitions(client, stream).await?;
        if partitions.contains(&number) { Ok(number) } else { Err(unknown()) }
    }

    async fn ask(&self, client: &Arc<Client>, topic: &str) -> Result<BTreeSet<i32>, StreamError> {
        const ACTION: &str = "tell the partitions of topic";
        let (client, name, timeout) = (Arc::clone(client), topic.to_owned(), self.timeout);
        let asked = tokio::task::spawn_blocking(move || {
            let metadata = client.client().fetch_metadata(Some(&name), timeout)?;
            let Some(topic) = metadata.topics().iter().find(|topic| topic.name() == name) else {
                return Ok(BTreeSet::new());
            };
            match topic.error() {
                Some(error) => Err(rdkafka::error::KafkaError::MetadataFetch(error.into())),
                None => Ok(topic.partitions().iter().map(rdkafka::metadata::MetadataPartition::id).collect()),
            }
        });
        let partitions =
            asked.await.map_err(|_| unanswered(ACTION, topic))?.map_err(failed(ACTION, topic))?;
        if partitions.is_empty() { Err(unanswered(ACTION, topic)) } else { Ok(partitions) }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, (Instant, BTreeSet<i32>)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
