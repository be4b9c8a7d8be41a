//! What goes wrong, and what is said of it.

use std::time::Duration;

use rdkafka::admin::AdminOptions;
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use weir_events::Sequence;
use weir_streams::{Kind, Progress, StreamError, Streams};
use weir_streams_kafka::{KafkaSettings, KafkaStreams};

use crate::support::{admin, bootstrap, record, settings, settings_with};

#[tokio::test(flavor = "multi_thread")]
async fn a_record_over_the_limit_is_refused_before_anything_is_published() {
    let settings = KafkaSettings { max_record_bytes: 100, ..settings(&[("orders", 1)]).await };
    let streams = KafkaStreams::open(settings).unwrap();
    let records = vec![record("key", "small"), record("key", &"x".repeat(100))];
    let error = streams.publish("orders", records).await.unwrap_err();
    assert!(matches!(error, StreamError::TooLarge { size_bytes: 103, limit_bytes: 100 }), "{error}");
    assert_eq!(streams.newest("orders", "0").await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_the_topic_refuses_fails_alone() {
    let settings = settings_with(&[("orders", 1)], &[("max.message.bytes", "2000")]).await;
    let mut settings = settings;
    // One request each, since a topic refuses a batch as a whole.
    settings.properties.insert("batch.num.messages".to_owned(), "1".to_owned());
    let streams = KafkaStreams::open(settings).unwrap();
    let records = vec![record("key", "first"), record("key", &"x".repeat(5_000)), record("key", "last")];
    let results = streams.publish_each("orders", records).await.unwrap();
    let error = results[1].as_ref().unwrap_err();
    assert_eq!((results[0].is_ok(), error.kind(), results[2].is_ok()), (true, Kind::Poison, true), "{error}");
    assert!(error.to_string().contains("`max.message.bytes`"), "{error}");
    let read = streams.read("orders", "0", None, 10, Duration::ZERO).await.unwrap();
    assert_eq!(read.iter().map(|record| &*record.bytes).collect::<Vec<_>>(), [&b"first"[..], b"last"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_is_not_there_is_named_at_once() {
    let settings = KafkaSettings::new(&bootstrap(), [("orders", "weir-has-no-such-topic")]);
    let streams = KafkaStreams::open(settings).unwrap();
    let begun = std::time::Instant::now();
    for error in [
        streams.shards("orders").await.unwrap_err(),
        streams.publish("orders", vec![record("key", "1")]).await.unwrap_err(),
        streams.read("orders", "0", None, 1, Duration::ZERO).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), Kind::Settings, "{error}");
        assert!(error.to_string().contains("`weir-has-no-such-topic`"), "{error}");
    }
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn brokers_that_do_not_answer_are_tried_again() {
    let settings = KafkaSettings {
        request_timeout_ms: 1_000,
        ..KafkaSettings::new("127.0.0.1:1", [("orders", "orders")])
    };
    let streams = KafkaStreams::open(settings).unwrap();
    let error = streams.publish("orders", vec![record("key", "1")]).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Retryable, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_property_that_is_none_is_a_setting_to_correct() {
    let mut settings = KafkaSettings::new(&bootstrap(), [("orders", "orders")]);
    settings.properties.insert("sasl.pasword".to_owned(), "hunter2".to_owned());
    let Err(error) = KafkaStreams::open(settings) else { panic!("opened") };
    assert_eq!(error.kind(), Kind::Settings);
    assert!(
        error.to_string().contains("`sasl.pasword`") && !error.to_string().contains("hunter2"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_retention_removed_are_told_and_reading_goes_on_behind_them() {
    let settings = settings(&[("orders", 1)]).await;
    let topic = settings.topics["orders"].clone();
    let streams = KafkaStreams::open(settings).unwrap();
    let records = (0..10).map(|number| record("key", &number.to_string())).collect();
    streams.publish("orders", records).await.unwrap();
    let read = async |streams: &KafkaStreams, after: Option<u64>| {
        let after = after.map(Sequence::from);
        let read = streams.read("orders", "0", after.as_ref(), 100, Duration::ZERO).await;
        read.map(|records| {
            records.iter().map(|record| record.position.sequence.to_string()).collect::<Vec<_>>()
        })
    };
    let mut before = TopicPartitionList::new();
    before.add_partition_offset(&topic, 0, Offset::Offset(4)).unwrap();
    admin().delete_records(&before, &AdminOptions::new()).await.unwrap();
    let error = read(&streams, Some(2)).await.unwrap_err();
    assert!(matches!(&error, StreamError::Trimmed { oldest, .. } if *oldest == Sequence::from(5)), "{error}");
    assert_eq!(error.resume(), Some(Sequence::from(4)));
    assert_eq!(read(&streams, Some(4)).await.unwrap(), ["5", "6", "7", "8", "9", "10"]);
    assert_eq!(read(&streams, None).await.unwrap()[0], "5");
    let error = read(&streams, Some(99)).await.unwrap_err();
    assert!(error.kind() == Kind::Internal && error.to_string().contains("offset 99"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_may_turn_back_and_jump() {
    let streams = KafkaStreams::open(settings(&[("orders", 1)]).await).unwrap();
    let records = (0..500).map(|number| record("key", &number.to_string())).collect();
    streams.publish("orders", records).await.unwrap();
    for after in [0_u64, 1, 400, 3, 499, 0, 250, 251] {
        let read =
            streams.read("orders", "0", Some(&Sequence::from(after)), 5, Duration::ZERO).await.unwrap();
        let sequences: Vec<_> = read.iter().map(|record| record.position.sequence.clone()).collect();
        let expected: Vec<_> = (after + 1..=500).take(5).map(Sequence::from).collect();
        assert_eq!(sequences, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn checkpoints_survive_and_are_the_offsets_of_a_group() {
    use weir_streams::Checkpoints;
    let settings = settings(&[("orders", 2)]).await;
    let streams = KafkaStreams::open(settings.clone()).unwrap();
    streams.set("score", "orders", "0", &Sequence::from(7)).await.unwrap();
    streams.finish("score", "orders", "1").await.unwrap();
    streams.close().await.unwrap();
    drop(streams);
    let streams = KafkaStreams::open(settings).unwrap();
    let after = Progress::After(Sequence::from(7));
    assert_eq!(streams.get("score", "orders", "0").await.unwrap(), Some(after));
    assert_eq!(streams.get("score", "orders", "1").await.unwrap(), Some(Progress::Finished));
    assert_eq!(streams.get("archive", "orders", "0").await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_every_compression_are_read() {
    let settings = settings(&[("orders", 1)]).await;
    for codec in ["gzip", "snappy", "lz4", "zstd"] {
        let mut settings = settings.clone();
        settings.properties.insert("compression.type".to_owned(), codec.to_owned());
        let streams = KafkaStreams::open(settings).unwrap();
        let records = (0..50).map(|_| record("key", &codec.repeat(100))).collect();
        let before = streams.newest("orders", "0").await.unwrap();
        streams.publish("orders", records).await.unwrap();
        let read = streams.read("orders", "0", before.as_ref(), 100, Duration::ZERO).await.unwrap();
        assert!(read.len() == 50 && read.iter().all(|record| record.bytes == codec.repeat(100).as_bytes()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn offsets_that_hold_no_message_are_passed() {
    let settings = settings(&[("orders", 1)]).await;
    let topic = settings.topics["orders"].clone();
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", bootstrap()).set("transactional.id", &topic);
    let producer: ThreadedProducer<DefaultProducerContext> = config.create().unwrap();
    producer.init_transactions(Duration::from_secs(30)).unwrap();
    let streams = KafkaStreams::open(settings).unwrap();
    let (mut all, mut after) = (Vec::new(), None);
    for round in 0..3 {
        producer.begin_transaction().unwrap();
        for number in 0..4 {
            let payload = (round * 4 + number).to_string();
            assert!(producer.send(BaseRecord::to(&topic).key("key").payload(&payload)).is_ok());
        }
        producer.commit_transaction(Duration::from_secs(30)).unwrap();
        // A read at the end answers empty, though the end lies behind the last message.
        loop {
            let read = streams.read("orders", "0", after.as_ref(), 3, Duration::ZERO).await.unwrap();
            let Some(last) = read.last() else { break };
            after = Some(last.position.sequence.clone());
            all.extend(read.iter().map(|record| String::from_utf8_lossy(&record.bytes).into_owned()));
        }
    }
    assert_eq!(all, (0..12).map(|number| number.to_string()).collect::<Vec<_>>());
    assert_eq!(after, Some(Sequence::from(14)), "each transaction ends with an offset of its own");
}
