//! A store on tables of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use weir_store::contract::{Home, Kept};
use weir_store_dynamodb::{DynamoSettings, DynamoStore, create_tables};

/// Where DynamoDB answers. A lane without it fails: it does not pass by testing nothing.
pub(crate) fn endpoint() -> String {
    std::env::var("AWS_ENDPOINT_URL_DYNAMODB").unwrap_or_else(|_| {
        panic!("set `AWS_ENDPOINT_URL_DYNAMODB` to a running DynamoDB, `http://127.0.0.1:8000`")
    })
}

pub(crate) fn client(endpoint: &str) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(endpoint);
    aws_sdk_dynamodb::Client::from_conf(config.build())
}

pub(crate) fn streams(endpoint: &str) -> aws_sdk_dynamodbstreams::Client {
    let config = aws_sdk_dynamodbstreams::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(endpoint);
    aws_sdk_dynamodbstreams::Client::from_conf(config.build())
}

/// Settings of tables that nobody has used.
pub(crate) fn settings() -> DynamoSettings {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let mut settings = DynamoSettings::new(&format!("test-{}-{number}-", since.as_micros()));
    settings.outbox_poll = Duration::from_millis(20);
    settings
}

/// Two tables, reached directly or through something else.
pub(crate) struct Tables {
    pub(crate) settings: DynamoSettings,
    pub(crate) through: String,
}

impl Tables {
    pub(crate) async fn new(settings: DynamoSettings, through: &str) -> Self {
        create_tables(&client(&endpoint()), &settings).await.unwrap();
        Self { settings, through: through.to_owned() }
    }

    pub(crate) fn store(&self) -> DynamoStore {
        DynamoStore::new(&client(&self.through), &streams(&self.through), self.settings.clone())
    }
}

#[async_trait::async_trait]
impl Home for Tables {
    async fn open(&self) -> Arc<dyn Kept> {
        Arc::new(self.store())
    }
}
