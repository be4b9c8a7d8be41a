//! Brokers go away and come back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use weir_streams::{Kind, NewRecord, StreamError, Streams};
use weir_streams_kafka::{KafkaSettings, KafkaStreams};

const KEYS: usize = 10;

type Cluster = MockCluster<'static, DefaultProducerContext>;

fn start(settings: impl FnOnce(&mut KafkaSettings)) -> (Cluster, Arc<KafkaStreams>) {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic("shop-orders", 2, 1).unwrap();
    let mut own = KafkaSettings::new(&cluster.bootstrap_servers(), [("orders", "shop-orders")]);
    settings(&mut own);
    (cluster, Arc::new(KafkaStreams::open(own).unwrap()))
}

fn records(number: usize) -> Vec<NewRecord> {
    (0..KEYS).map(|key| NewRecord { key: key.to_string(), bytes: number.to_string().into_bytes() }).collect()
}

/// Reads until each key has the last number; what may pass is tried again.
async fn read_all(streams: &KafkaStreams, last: usize) -> BTreeMap<String, Vec<usize>> {
    let (mut of_key, begun) = (BTreeMap::<_, Vec<_>>::new(), Instant::now());
    let mut after = [None, None];
    while of_key.values().filter(|numbers| numbers.contains(&last)).count() < KEYS {
        assert!(begun.elapsed() < Duration::from_secs(60), "everything is read");
        for (shard, after) in ["0", "1"].iter().zip(&mut after) {
            let wait = Duration::from_millis(100);
            match streams.read("orders", shard, after.as_ref(), 100, wait).await {
                Ok(records) => {
                    *after = records.last().map(|record| record.position.sequence.clone()).or(after.take());
                    for record in records {
                        let number = String::from_utf8_lossy(&record.bytes).parse().unwrap();
                        of_key.entry(record.key).or_default().push(number);
                    }
                }
                Err(error) if error.kind() == Kind::Retryable => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
    of_key
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_reordered_while_the_broker_is_away() {
    let (cluster, streams) = start(|_| ());
    let publisher = Arc::clone(&streams);
    let publishing = tokio::spawn(async move {
        for number in 0..200 {
            // What was refused before it was sent is published again.
            while let Err(error) = publisher.publish("orders", records(number)).await {
                assert_eq!(error.kind(), Kind::Retryable, "{error}");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let reader = Arc::clone(&streams);
    let reading = tokio::spawn(async move { read_all(&reader, 199).await });
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        cluster.broker_down(1).unwrap();
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        cluster.broker_up(1).unwrap();
    }
    publishing.await.unwrap();
    let mut of_key = reading.await.unwrap();
    // The mock, unlike a broker, recognises what it is sent again only of transactional producers: a request that it
    // took just before it went away stands there twice.
    of_key.values_mut().for_each(Vec::dedup);
    let expected: Vec<_> = (0..200).collect();
    assert!(of_key.len() == KEYS && of_key.values().all(|numbers| *numbers == expected), "{of_key:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_are_refused_are_made_again() {
    let (cluster, streams) = start(|_| ());
    streams.publish("orders", records(0)).await.unwrap();
    let errors = [
        RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
        RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
        RDKafkaRespErr::RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
    ];
    cluster.request_errors(RDKafkaApiKey::Produce, &errors);
    for number in 1..5 {
        streams.publish("orders", records(number)).await.unwrap();
    }
    let of_key = read_all(&streams, 4).await;
    assert!(of_key.values().all(|numbers| *numbers == [0, 1, 2, 3, 4]), "{of_key:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_stays_away_is_an_error_when_its_time_is_over() {
    let (cluster, streams) = start(|settings| {
        settings.publish_timeout_ms = 1_000;
        settings.request_timeout_ms = 1_000;
    });
    streams.publish("orders", records(0)).await.unwrap();
    cluster.broker_down(1).unwrap();
    let begun = Instant::now();
    let results = streams.publish_each("orders", records(1)).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10));
    for result in results {
        let error = result.unwrap_err();
        assert!(error.kind() == Kind::Retryable && error.to_string().contains("brokers"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_may_not_be_written_is_a_setting_to_correct() {
    let (cluster, streams) = start(|_| ());
    streams.shards("orders").await.unwrap();
    let error = RDKafkaRespErr::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
    cluster.request_errors(RDKafkaApiKey::Produce, &[error]);
    let one = vec![records(0).remove(0)];
    let error = streams.publish("orders", one).await.unwrap_err();
    assert!(matches!(error, StreamError::Service(_)) && error.kind() == Kind::Settings, "{error}");
}
