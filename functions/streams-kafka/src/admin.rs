//! Topics as a deployment declares them: looked at, made, changed.

use rdkafka::ClientConfig;
use rdkafka::admin::{
    AdminClient, AdminOptions, AlterConfig, NewPartitions, NewTopic, ResourceSpecifier, TopicReplication,
};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use weir_streams::StreamError;

use crate::error::{failed, unanswered};
use crate::settings::KafkaSettings;

/// What of a topic is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopicShape {
    /// Its partitions.
    pub partitions: u32,
    /// How long it keeps a record.
    pub retention_ms: u64,
}

/// Makes topics. Replicas are as many as the brokers' own default.
pub struct TopicAdmin {
    client: AdminClient<DefaultClientContext>,
    options: AdminOptions,
    timeout: std::time::Duration,
}

/// The setting of a topic for how long it keeps records.
const RETENTION: &str = "retention.ms";

impl TopicAdmin {
    /// A client for the brokers in the settings.
    ///
    /// # Errors
    /// A property that cannot be used.
    pub fn connect(settings: &KafkaSettings) -> Result<Self, StreamError> {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &settings.bootstrap_servers).set("client.id", "weir");
        for (name, value) in &settings.properties {
            config.set(name, value);
        }
        let client = config.create().map_err(failed("open", "administration of topics"))?;
        let timeout = settings.request_timeout();
        Ok(Self { client, options: AdminOptions::new().operation_timeout(Some(timeout)), timeout })
    }

    /// A topic as it is; `None` if there is none of that name.
    ///
    /// # Errors
    /// Brokers that do not answer, or refuse.
    pub async fn shape(&self, topic: &str) -> Result<Option<TopicShape>, StreamError> {
        let partitions = self.partitions(topic)?;
        if partitions == 0 {
            return Ok(None);
        }
        let asked = [ResourceSpecifier::Topic(topic)];
        let described = self.client.describe_configs(&asked, &self.options).await;
        let described = described.map_err(failed("describe topic", topic))?.pop();
        let config = described.ok_or_else(|| unanswered("describe topic", topic))?;
        let config = config.map_err(|code| refused("describe topic", topic, code))?;
        let retention = config.get(RETENTION).and_then(|entry| entry.value.as_deref()?.parse().ok());
        // A retention of -1 is for ever.
        Ok(Some(TopicShape { partitions, retention_ms: retention.unwrap_or(u64::MAX) }))
    }

    /// Makes a topic, and returns when its partitions can be used.
    ///
    /// # Errors
    /// Brokers that do not answer, or refuse.
    pub async fn make(&self, topic: &str, shape: &TopicShape) -> Result<(), StreamError> {
        let retention = shape.retention_ms.to_string();
        let partitions = i32::try_from(shape.partitions).unwrap_or(i32::MAX);
        let new = NewTopic::new(topic, partitions, TopicReplication::Fixed(-1)).set(RETENTION, &retention);
        let made = self.client.create_topics([&new], &self.options).await;
        for made in made.map_err(failed("make topic", topic))? {
            match made {
                Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
                Err((_, code)) => return Err(refused("make topic", topic, code)),
            }
        }
        let begun = tokio::time::Instant::now();
        while self.partitions(topic)? == 0 {
            if begun.elapsed() > self.timeout {
                return Err(unanswered("make topic", topic));
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Gives a topic more partitions and another retention. With more partitions keys go to others than before, so that
    /// the records of a key are in order from then on, and from before, but not across that.
    ///
    /// # Errors
    /// Brokers that do not answer, or refuse.
    pub async fn change(&self, topic: &str, shape: &TopicShape) -> Result<(), StreamError> {
        if self.partitions(topic)? < shape.partitions {
            let more = NewPartitions::new(topic, shape.partitions as usize);
            let changed = self.client.create_partitions([&more], &self.options).await;
            for changed in changed.map_err(failed("add partitions to topic", topic))? {
                changed.map_err(|(_, code)| refused("add partitions to topic", topic, code))?;
            }
        }
        let retention = shape.retention_ms.to_string();
        let alter = AlterConfig::new(ResourceSpecifier::Topic(topic)).set(RETENTION, &retention);
        let changed = self.client.alter_configs([&alter], &self.options).await;
        for changed in changed.map_err(failed("change topic", topic))? {
            changed.map_err(|(_, code)| refused("change topic", topic, code))?;
        }
        Ok(())
    }

    /// Removes a topic with its records.
    ///
    /// # Errors
    /// Brokers that do not answer, or refuse.
    pub async fn remove(&self, topic: &str) -> Result<(), StreamError> {
        let removed = self.client.delete_topics(&[topic], &self.options).await;
        for removed in removed.map_err(failed("remove topic", topic))? {
            removed.map_err(|(_, code)| refused("remove topic", topic, code))?;
        }
        Ok(())
    }

    /// Partitions of a topic; 0 if there is none of that name.
    fn partitions(&self, topic: &str) -> Result<u32, StreamError> {
        let metadata = self.client.inner().fetch_metadata(Some(topic), self.timeout);
        let metadata = match metadata {
            Ok(metadata) => metadata,
            Err(KafkaError::MetadataFetch(RDKafkaErrorCode::UnknownTopicOrPartition)) => return Ok(0),
            Err(error) => return Err(failed("look at topic", topic)(error)),
        };
        let found = metadata.topics().iter().find(|found| found.name() == topic);
        Ok(found.map_or(0, |found| u32::try_from(found.partitions().len()).unwrap_or(u32::MAX)))
    }
}

fn refused(action: &'static str, topic: &str, code: RDKafkaErrorCode) -> StreamError {
    failed(action, topic)(KafkaError::Global(code))
}
