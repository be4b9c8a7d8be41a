//! Settings, and what librdkafka is told.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use rdkafka::ClientConfig;
use weir_streams::{Kind, ServiceFailure, StreamError};

/// How the brokers are reached and what streams are called there. The README has a table of them.
#[derive(Clone)]
pub struct KafkaSettings {
    /// Addresses of brokers, `host:port` with commas between.
    pub bootstrap_servers: String,
    /// Topics by the names of streams.
    pub topics: BTreeMap<String, String>,
    /// Properties of librdkafka, passed through; some of them are secrets.
    pub properties: BTreeMap<String, String>,
    /// Begins the name of every consumer group.
    pub group_prefix: String,
    /// Name of this process among the members of a group: with it, a restart within the session's timeout moves no
    /// partition. Another for each process.
    pub group_instance: Option<String>,
    /// After this long a record that was not acknowledged is an error.
    pub publish_timeout_ms: u64,
    /// After this long a question to the brokers is an error.
    pub request_timeout_ms: u64,
    /// Time between two commits of checkpoints.
    pub checkpoint_interval_ms: u64,
    /// Largest record, key and payload together.
    pub max_record_bytes: usize,
}

/// What Weir rests on; a setting that changed it would lose or reorder records.
const RESERVED: [&str; 10] = [
    "bootstrap.servers",
    "group.id",
    "group.instance.id",
    "enable.auto.commit",
    "enable.auto.offset.store",
    "enable.partition.eof",
    "auto.offset.reset",
    "enable.idempotence",
    "acks",
    "message.timeout.ms",
];

impl KafkaSettings {
    /// Brokers, and pairs of stream and topic; everything else as the table says.
    pub fn new<N: Into<String>, T: Into<String>>(
        bootstrap_servers: &str,
        topics: impl IntoIterator<Item = (N, T)>,
    ) -> Self {
        Self {
            bootstrap_servers: bootstrap_servers.to_owned(),
            topics: topics.into_iter().map(|(stream, topic)| (stream.into(), topic.into())).collect(),
            properties: BTreeMap::new(),
            group_prefix: "weir-".to_owned(),
            group_instance: None,
            publish_timeout_ms: 30_000,
            request_timeout_ms: 10_000,
            checkpoint_interval_ms: 200,
            max_record_bytes: 1_000_000,
        }
    }

    pub(crate) fn validate(&self) -> Result<(), StreamError> {
        if self.bootstrap_servers.trim().is_empty() {
            return Err(wrong("bootstrap_servers", String::new(), "`host:port` of at least one broker"));
        }
        if self.topics.is_empty() {
            return Err(wrong("topics", "{}".to_owned(), "the topic of each stream"));
        }
        within("publish_timeout_ms", self.publish_timeout_ms, 100..=600_000, "100 to 600000")?;
        within("request_timeout_ms", self.request_timeout_ms, 100..=600_000, "100 to 600000")?;
        within("checkpoint_interval_ms", self.checkpoint_interval_ms, 10..=60_000, "10 to 60000")?;
        within("max_record_bytes", self.max_record_bytes as u64, 1..=64 << 20, "1 to 67108864")?;
        match self.properties.keys().find(|name| RESERVED.contains(&name.as_str())) {
            Some(name) => Err(refused(name, "weir sets it itself".to_owned())),
            None => Ok(()),
        }
    }

    pub(crate) fn request_timeout(&self) -> Duration {
        Duration::from_millis(self.request_timeout_ms)
    }

    /// For the one producer: every record acknowledged by all replicas in sync, retried without doubles or changes of
    /// order. Keys are placed as Java's producers place them.
    pub(crate) fn of_producer(&self) -> ClientConfig {
        let mut config = self.of_client();
        config
            .set("enable.idempotence", "true")
            .set("acks", "all")
            .set("message.timeout.ms", self.publish_timeout_ms.to_string())
            .set("message.max.bytes", (self.max_record_bytes + 2_048).to_string());
        let defaults =
            [("partitioner", "murmur2_random"), ("linger.ms", "1"), ("queue.buffering.max.kbytes", "65536")];
        self.with(config, &defaults)
    }

    /// For a consumer; `group` without the prefix.
    pub(crate) fn of_consumer(&self, group: &str) -> ClientConfig {
        let mut config = self.of_client();
        config
            .set("group.id", format!("{}{group}", self.group_prefix))
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("enable.partition.eof", "true")
            .set("auto.offset.reset", "earliest");
        let defaults = [
            ("partition.assignment.strategy", "cooperative-sticky"),
            ("queued.min.messages", "20000"),
            ("queued.max.messages.kbytes", "16384"),
            // Its default of a second is a second without records whenever the queue has been full.
            ("fetch.queue.backoff.ms", "10"),
            ("fetch.error.backoff.ms", "100"),
            // A partition that is begun waits for the request that is under way.
            ("fetch.wait.max.ms", "100"),
        ];
        self.with(config, &defaults)
    }

    /// For questions alone.
    pub(crate) fn of_asker(&self) -> ClientConfig {
        self.with(self.of_client(), &[])
    }

    fn of_client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.bootstrap_servers).set("client.id", "weir");
        config
    }

    fn with(&self, mut config: ClientConfig, defaults: &[(&str, &str)]) -> ClientConfig {
        for (name, value) in defaults {
            config.set(*name, *value);
        }
        for (name, value) in &self.properties {
            config.set(name, value);
        }
        config
    }
}

impl fmt::Debug for KafkaSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KafkaSettings")
            .field("bootstrap_servers", &self.bootstrap_servers)
            .field("topics", &self.topics)
            .field("properties", &self.properties.keys().collect::<Vec<_>>())
            .field("group_prefix", &self.group_prefix)
            .field("group_instance", &self.group_instance)
            .finish_non_exhaustive()
    }
}

fn within(
    setting: &'static str,
    value: u64,
    range: RangeInclusive<u64>,
    expected: &'static str,
) -> Result<(), StreamError> {
    if range.contains(&value) { Ok(()) } else { Err(wrong(setting, value.to_string(), expected)) }
}

fn wrong(setting: &'static str, value: String, expected: &'static str) -> StreamError {
    StreamError::Setting { setting, value, expected }
}

/// A property that cannot be used; its value may be a secret and is not told.
pub(crate) fn refused(property: &str, reason: String) -> StreamError {
    StreamError::service(ServiceFailure {
        service: "kafka",
        action: "take the property",
        target: property.to_owned(),
        reason,
        advice: "correct it in the settings",
        kind: Kind::Settings,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> KafkaSettings {
        KafkaSettings::new("127.0.0.1:9092", [("orders", "shop.orders")])
    }

    #[test]
    fn what_weir_rests_on_cannot_be_set() {
        let mut settings = settings();
        settings.properties.insert("acks".to_owned(), "0".to_owned());
        let error = settings.validate().unwrap_err();
        assert_eq!((error.kind(), error.to_string().contains("`acks`")), (Kind::Settings, true), "{error}");
    }

    #[test]
    fn values_of_properties_are_not_shown() {
        let mut settings = settings();
        settings.properties.insert("sasl.password".to_owned(), "hunter2".to_owned());
        let shown = format!("{settings:?}");
        assert!(shown.contains("sasl.password") && !shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn a_property_wins_over_a_default() {
        let mut settings = settings();
        settings.properties.insert("linger.ms".to_owned(), "20".to_owned());
        assert_eq!(settings.of_producer().get("linger.ms"), Some("20"));
        assert_eq!(settings.of_producer().get("enable.idempotence"), Some("true"));
    }

    #[test]
    fn a_setting_out_of_range_is_named() {
        let settings = KafkaSettings { publish_timeout_ms: 0, ..settings() };
        assert!(settings.validate().unwrap_err().to_string().contains("`publish_timeout_ms`"));
    }
}
