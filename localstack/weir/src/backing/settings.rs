//! Which services a deployment uses, and where they are.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use url::Url;

use crate::settings::SettingsError;
use crate::system::{INPUTS, OUTPUTS};

/// What the streams are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StreamsKind {
    /// The in-process log in the home.
    #[default]
    Log,
    Kinesis,
    Kafka,
}

/// What the store is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StoreKind {
    /// The embedded store in the home.
    #[default]
    Embedded,
    Dynamodb,
}

/// How DynamoDB is written; ADR 0007 compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum WriteForm {
    /// Batches of 25 statements, each answered by itself.
    Batch,
    /// One request a write.
    Single,
    /// Transactions of 100: twice the units, fewest requests.
    Transaction,
}

/// What the settings say of services.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct BackingSettings {
    pub(crate) streams: StreamsKind,
    pub(crate) store: StoreKind,
    /// How DynamoDB is written; by default what suits where it is.
    pub(crate) write_form: Option<WriteForm>,
    /// Root of the lake in a bucket; in the home if there is none.
    pub(crate) lake: Option<Url>,
    /// Begins the name of every table, stream and group.
    pub(crate) prefix: Option<String>,
    /// What streams are called by the service, where it is not the prefix and their own name.
    pub(crate) names: BTreeMap<String, String>,
    pub(crate) aws: AwsSettings,
    /// Properties of librdkafka.
    pub(crate) kafka: BTreeMap<String, String>,
}

/// Where AWS is, or what takes its place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AwsSettings {
    pub(crate) region: Option<String>,
    pub(crate) profile: Option<String>,
    pub(crate) endpoint_url_dynamodb: Option<Url>,
    pub(crate) endpoint_url_kinesis: Option<Url>,
    pub(crate) endpoint_url_s3: Option<Url>,
    pub(crate) endpoint_url_sqs: Option<Url>,
    pub(crate) endpoint_url_sns: Option<Url>,
    pub(crate) endpoint_url_kms: Option<Url>,
    /// Sign with the fixed credentials of the services that `localstack/up` starts.
    pub(crate) local_credentials: bool,
}

impl fmt::Debug for BackingSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values of properties may be secrets.
        formatter
            .debug_struct("BackingSettings")
            .field("streams", &self.streams)
            .field("store", &self.store)
            .field("write_form", &self.write_form)
            .field("lake", &self.lake.as_ref().map(Url::as_str))
            .field("prefix", &self.prefix)
            .field("names", &self.names)
            .field("aws", &self.aws)
            .field("kafka", &self.kafka.keys().collect::<Vec<_>>())
            .finish()
    }
}

impl BackingSettings {
    pub(crate) fn prefix(&self) -> &str {
        self.prefix.as_deref().unwrap_or("weir-")
    }

    pub(crate) fn needs_aws(&self) -> bool {
        self.streams == StreamsKind::Kinesis || self.store == StoreKind::Dynamodb || self.lake.is_some()
    }

    /// Whether nothing is asked for that is not in the home.
    pub(crate) fn is_embedded(&self) -> bool {
        self.streams == StreamsKind::Log && !self.needs_aws()
    }

    /// Each stream, with what the service calls it.
    #[cfg(any(feature = "aws", feature = "kafka"))]
    pub(crate) fn stream_names(&self) -> BTreeMap<String, String> {
        let all = INPUTS.iter().chain(&OUTPUTS);
        all.map(|stream| {
            let name = self.names.get(*stream).cloned();
            ((*stream).to_owned(), name.unwrap_or_else(|| format!("{}{stream}", self.prefix())))
        })
        .collect()
    }

    /// Refuses what cannot be meant.
    pub(crate) fn check(&self, place: &str) -> Result<(), SettingsError> {
        let wrong =
            |name: &str, problem: String| Err(SettingsError::new(format!("{place}: {name}"), problem));
        if let Some(name) = self
            .names
            .keys()
            .find(|name| !INPUTS.contains(&name.as_str()) && !OUTPUTS.contains(&name.as_str()))
        {
            let known = INPUTS.iter().chain(&OUTPUTS).copied().collect::<Vec<_>>().join(", ");
            return wrong("streams.names", format!("`{name}` is no stream; the streams are {known}"));
        }
        if let Some(lake) = self.lake.as_ref().filter(|lake| lake.scheme() != "s3" || lake.host().is_none()) {
            return wrong(
                "lake.url",
                format!("found `{lake}`, expected `s3://BUCKET` or `s3://BUCKET/FOLDER`"),
            );
        }
        if self.streams == StreamsKind::Kafka && !self.kafka.contains_key("bootstrap.servers") {
            return wrong("kafka", "expected `\"bootstrap.servers\" = \"HOST:PORT\"`".to_owned());
        }
        if self.aws.local_credentials {
            let far = self.aws.endpoints().into_iter().flatten().find(|url| !is_loopback(url));
            let is_complete = self.aws.endpoints().iter().any(|endpoint| endpoint.is_some());
            if far.is_some() || !is_complete {
                return wrong("aws.local_credentials", "expected every endpoint on this machine".to_owned());
            }
        }
        Ok(())
    }

    /// Whether everything it uses is on this machine, so that it may be made without being asked for.
    pub(crate) fn is_local(&self) -> bool {
        let aws = &self.aws;
        let is_here =
            |needed: bool, endpoint: &Option<Url>| !needed || endpoint.as_ref().is_some_and(is_loopback);
        let is_kafka_here = self.streams != StreamsKind::Kafka
            || self.kafka.get("bootstrap.servers").is_some_and(|servers| {
                servers
                    .split(',')
                    .all(|server| server.starts_with("127.0.0.1:") || server.starts_with("localhost:"))
            });
        is_kafka_here
            && is_here(self.streams == StreamsKind::Kinesis, &aws.endpoint_url_kinesis)
            && is_here(self.store == StoreKind::Dynamodb, &aws.endpoint_url_dynamodb)
            && is_here(self.lake.is_some(), &aws.endpoint_url_s3)
    }

    /// Refuses services that this build leaves out.
    pub(crate) fn check_build(&self) -> Result<(), SettingsError> {
        let missing = [
            (self.needs_aws() && !cfg!(feature = "aws"), "AWS", "aws"),
            (self.streams == StreamsKind::Kafka && !cfg!(feature = "kafka"), "Kafka", "kafka"),
        ];
        match missing.into_iter().find(|(is_missing, ..)| *is_missing) {
            None => Ok(()),
            Some((_, service, feature)) => Err(SettingsError::new(
                "this build",
                format!(
                    "leaves {service} out; build it in with `cargo build --release --features {feature}`"
                ),
            )),
        }
    }
}

impl AwsSettings {
    fn endpoints(&self) -> [Option<&Url>; 6] {
        [
            self.endpoint_url_dynamodb.as_ref(),
            self.endpoint_url_kinesis.as_ref(),
            self.endpoint_url_s3.as_ref(),
            self.endpoint_url_sqs.as_ref(),
            self.endpoint_url_sns.as_ref(),
            self.endpoint_url_kms.as_ref(),
        ]
    }
}

/// Whether a URL is of this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
