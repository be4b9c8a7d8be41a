//! Streams of a test's own.

use std::time::Duration;

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_kinesis::types::StreamStatus;
use weir_streams_kinesis::KinesisSettings;

pub(crate) fn client() -> Client {
    let endpoint = std::env::var("AWS_ENDPOINT_URL_KINESIS")
        .expect("set AWS_ENDPOINT_URL_KINESIS to the address of the service, as `http://127.0.0.1:4566`");
    let config = aws_sdk_kinesis::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

/// Settings whose streams are made now, under names of their own.
pub(crate) async fn settings(client: &Client, streams: &[(&str, i32)]) -> KinesisSettings {
    let test = uuid::Uuid::new_v4();
    let named: Vec<_> = streams.iter().map(|(stream, _)| (*stream, format!("{stream}-{test}"))).collect();
    for ((_, name), (_, count)) in named.iter().zip(streams) {
        client.create_stream().stream_name(name).shard_count(*count).send().await.unwrap();
    }
    for (_, name) in &named {
        until_active(client, name).await;
    }
    KinesisSettings::new(named)
}

pub(crate) async fn until_active(client: &Client, name: &str) {
    loop {
        let found = client.describe_stream_summary().stream_name(name).send().await.unwrap();
        if found.stream_description_summary.unwrap().stream_status == StreamStatus::Active {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
