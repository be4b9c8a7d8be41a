//! DynamoDB, Kinesis and S3, on AWS or on services that speak as they do.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use async_trait::async_trait;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use object_store::aws::{AmazonS3, AmazonS3Builder, AwsCredential};
use object_store::prefix::PrefixStore;
use object_store::{CredentialProvider, ObjectStore};
use url::Url;
use weir_engine::{EngineSettings, Lake};
use weir_files::SureCreates;
use weir_store_dynamodb::{DynamoSettings, DynamoStore};
use weir_streams_kinesis::{KinesisSettings, KinesisStreams};

use super::checkpoints::InFiles;
use super::settings::is_loopback;
use super::{AwsSettings, BackingSettings, Counted, Reader, Streaming, WriteForm};
use crate::home::Home;
use crate::settings::SettingsError;

/// What the services of `localstack/up` take for credentials.
const LOCAL: (&str, &str) = ("weirlocal", "weirlocalsecret");

/// How long an attempt, and all of them, may take on DynamoDB Local.
const LOCAL_ATTEMPT: Duration = Duration::from_secs(20);
const LOCAL_DEADLINE: Duration = Duration::from_secs(60);

/// Region of what has none of its own.
const LOCAL_REGION: &str = "us-east-1";

/// How AWS is reached: region, credentials, one HTTP client for all.
pub(crate) struct Aws {
    config: SdkConfig,
}

impl Aws {
    /// Settings first, then what every AWS program reads: environment, profile, role of the machine.
    pub(crate) async fn connect(settings: &AwsSettings) -> Result<Self> {
        let client = aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https();
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(client);
        if let Some(profile) = &settings.profile {
            loader = loader.profile_name(profile);
        }
        if settings.local_credentials {
            let (id, secret) = LOCAL;
            let credentials = Credentials::new(id, secret, None, None, "localstack/up");
            loader = loader.credentials_provider(SharedCredentialsProvider::new(credentials));
        }
        let region =
            settings.region.clone().or_else(|| settings.local_credentials.then(|| LOCAL_REGION.to_owned()));
        if let Some(region) = region {
            loader = loader.region(Region::new(region));
        }
        let config = loader.load().await;
        if config.region().is_none() {
            let problem = "there is none; set `aws.region`, or `AWS_REGION`, or the profile's region";
            return Err(SettingsError::new("AWS region", problem).into());
        }
        Ok(Self { config })
    }

    /// Region.
    pub(crate) fn region(&self) -> &str {
        self.config.region().map_or(LOCAL_REGION, Region::as_ref)
    }

    /// Credentials, if there are any to be had.
    pub(crate) fn credentials(&self) -> Option<Chain> {
        self.config.credentials_provider().map(Chain)
    }

    pub(super) fn store(&self, settings: &BackingSettings) -> Arc<DynamoStore> {
        let endpoint = settings.aws.endpoint_url_dynamodb.as_ref();
        let mut table = aws_sdk_dynamodb::config::Builder::from(&self.config);
        let mut changes = aws_sdk_dynamodbstreams::config::Builder::from(&self.config);
        if let Some(endpoint) = endpoint {
            table = table.endpoint_url(endpoint.as_str());
            changes = changes.endpoint_url(endpoint.as_str());
        }
        let mut dynamo = DynamoSettings::new(settings.prefix());
        if endpoint.is_some_and(is_loopback) {
            // What stands in for DynamoDB does one thing at a time: asked again too soon, it only has more to do.
            (dynamo.attempt_timeout, dynamo.deadline) = (LOCAL_ATTEMPT, LOCAL_DEADLINE);
            // Its lock is taken once for a whole transaction, which costs nothing here (ADR 0007).
            dynamo.write_form = weir_store_dynamodb::WriteForm::Transaction;
            // It looks the table up once more for every item to tell them, and tells too few.
            dynamo.units_are_asked = false;
        }
        if let Some(form) = settings.write_form {
            dynamo.write_form = match form {
                WriteForm::Batch => weir_store_dynamodb::WriteForm::Batch,
                WriteForm::Single => weir_store_dynamodb::WriteForm::Single,
                WriteForm::Transaction => weir_store_dynamodb::WriteForm::Transaction,
            };
        }
        Arc::new(DynamoStore::new(
            &aws_sdk_dynamodb::Client::from_conf(table.build()),
            &aws_sdk_dynamodbstreams::Client::from_conf(changes.build()),
            dynamo,
        ))
    }

    pub(super) fn streams(&self, home: &Home, settings: &BackingSettings) -> Result<Streaming> {
        let mut builder = aws_sdk_kinesis::config::Builder::from(&self.config);
        if let Some(endpoint) = &settings.aws.endpoint_url_kinesis {
            builder = builder.endpoint_url(endpoint.as_str());
        }
        let client = aws_sdk_kinesis::Client::from_conf(builder.build());
        let streams = KinesisStreams::new(client, KinesisSettings::new(settings.stream_names()))?;
        let checkpoints = InFiles::open(home.checkpoints()).context("cannot keep checkpoints in the home")?;
        let streams = Arc::new(streams);
        let counted: Arc<dyn Counted> = Arc::clone(&streams) as _;
        let reader = Reader { streams, checkpoints: Arc::new(checkpoints) };
        Ok(Streaming {
            streams: Arc::clone(&reader.streams),
            checkpoints: Arc::clone(&reader.checkpoints),
            readers: Arc::new(reader),
            log: None,
            counted: Some(counted),
        })
    }

    /// A bucket, where the settings say or the environment that every AWS program reads.
    pub(super) fn bucket(&self, bucket: &str, settings: &AwsSettings) -> Result<AmazonS3> {
        let mut builder = AmazonS3Builder::new().with_bucket_name(bucket).with_region(self.region());
        let endpoint = settings.endpoint_url_s3.as_ref().map(Url::as_str).map(str::to_owned);
        if let Some(endpoint) = endpoint.or_else(|| std::env::var("AWS_ENDPOINT_URL_S3").ok()) {
            builder = builder
                .with_allow_http(endpoint.starts_with("http:"))
                .with_endpoint(endpoint.trim_end_matches('/'));
        }
        if let Some(credentials) = self.credentials() {
            builder = builder.with_credentials(Arc::new(credentials));
        }
        builder.build().with_context(|| format!("cannot use the bucket `{bucket}`"))
    }

    /// The lake at `s3://BUCKET/FOLDER`.
    pub(super) fn lake(&self, url: &Url, settings: &AwsSettings) -> Result<(Arc<dyn ObjectStore>, Lake)> {
        let bucket = self.bucket(url.host_str().unwrap_or_default(), settings)?;
        let in_bucket: Arc<dyn ObjectStore> = Arc::new(SureCreates::new(bucket));
        let folder = url.path().trim_matches('/');
        let files: Arc<dyn ObjectStore> = match folder {
            "" => Arc::clone(&in_bucket),
            folder => Arc::new(PrefixStore::new(Arc::clone(&in_bucket), folder)),
        };
        let lake = Lake::remote(url, Arc::clone(&files), in_bucket, EngineSettings::default())?;
        Ok((files, lake))
    }
}

impl Counted for DynamoStore {
    fn counted(&self) -> Vec<(&'static str, &'static str, f64)> {
        let stats = self.stats();
        let counted = [
            ("requests", stats.requests as f64),
            ("read_units", stats.read_units),
            ("write_units", stats.write_units),
            ("items_written", stats.items as f64),
            ("retries", stats.retries as f64),
            ("throttles", stats.throttles as f64),
            ("conflicts", stats.conflicts as f64),
        ];
        counted.map(|(what, count)| ("dynamodb", what, count)).into()
    }
}

impl Counted for KinesisStreams {
    fn counted(&self) -> Vec<(&'static str, &'static str, f64)> {
        let stats = self.stats();
        let counted = [
            ("put_requests", stats.put_requests),
            ("put_failures", stats.put_failures),
            ("records_put", stats.records_put),
            ("records_retried", stats.records_retried),
            ("records_throttled", stats.records_throttled),
            ("records_failed", stats.records_failed),
            ("get_requests", stats.get_requests),
            ("gets_throttled", stats.gets_throttled),
            ("records_read", stats.records_read),
            ("iterators_expired", stats.iterators_expired),
        ];
        counted.map(|(what, count)| ("kinesis", what, count as f64)).into()
    }
}

/// The SDK's credentials for the object store.
#[derive(Debug)]
pub(crate) struct Chain(SharedCredentialsProvider);

#[async_trait]
impl CredentialProvider for Chain {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        let failed = |error| object_store::Error::Generic { store: "S3", source: Box::new(error) };
        let found = self.0.provide_credentials().await.map_err(failed)?;
        Ok(Arc::new(AwsCredential {
            key_id: found.access_key_id().to_owned(),
            secret_key: found.secret_access_key().to_owned(),
            token: found.session_token().map(str::to_owned),
        }))
    }
}
