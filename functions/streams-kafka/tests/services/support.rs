//! Topics of a test's own.

use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use weir_streams::{NewRecord, StreamError, Streams};
use weir_streams_kafka::{KafkaSettings, KafkaStreams};

pub(crate) fn bootstrap() -> String {
    std::env::var("KAFKA_BOOTSTRAP")
        .expect("set KAFKA_BOOTSTRAP to the address of a broker, as `127.0.0.1:9092`")
}

pub(crate) fn admin() -> AdminClient<DefaultClientContext> {
    ClientConfig::new().set("bootstrap.servers", bootstrap()).create().unwrap()
}

/// Settings whose streams have topics of their own, made now.
pub(crate) async fn settings(streams: &[(&str, i32)]) -> KafkaSettings {
    settings_with(streams, &[]).await
}

pub(crate) async fn settings_with(streams: &[(&str, i32)], config: &[(&str, &str)]) -> KafkaSettings {
    let test = uuid::Uuid::new_v4();
    let names: Vec<_> = streams.iter().map(|(stream, _)| format!("{stream}-{test}")).collect();
    let topics = streams.iter().zip(&names).map(|((_, count), name)| {
        let topic = NewTopic::new(name, *count, TopicReplication::Fixed(1));
        config.iter().fold(topic, |topic, (key, value)| topic.set(key, value))
    });
    let topics: Vec<_> = topics.collect();
    let made = admin().create_topics(&topics, &AdminOptions::new()).await.unwrap();
    assert!(made.iter().all(Result::is_ok), "{made:?}");
    let pairs = streams.iter().zip(&names).map(|((stream, _), name)| (*stream, name.as_str()));
    let mut settings = KafkaSettings::new(&bootstrap(), pairs);
    settings.group_prefix = format!("{test}-");
    // The broker takes a moment to tell of new topics.
    let streams_opened = KafkaStreams::open(settings.clone()).unwrap();
    for (stream, count) in streams {
        loop {
            match streams_opened.shards(stream).await {
                Ok(shards) if shards.len() == usize::try_from(*count).unwrap() => break,
                Ok(_) | Err(StreamError::Service(_)) => tokio::time::sleep(Duration::from_millis(50)).await,
                Err(error) => panic!("{error}"),
            }
        }
    }
    settings
}

pub(crate) fn record(key: &str, payload: &str) -> NewRecord {
    NewRecord { key: key.to_owned(), bytes: payload.as_bytes().to_vec() }
}
