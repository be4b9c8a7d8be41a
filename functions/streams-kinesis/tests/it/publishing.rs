//! Requests that fail, as a whole and in part.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use weir_streams::{Kind, StreamError, Streams};

use crate::fake::{SHARD, record, start};

const THROTTLED: &str = "ProvisionedThroughputExceededException";

#[tokio::test(flavor = "multi_thread")]
async fn records_that_are_refused_are_sent_again_and_keys_keep_their_order() {
    let (fake, streams) = start(|_| ()).await;
    let mut count = 0_u64;
    // Three of seven records are refused, wherever they stand.
    fake.lock().unwrap().refuse_record = Some(Box::new(move |_, _| {
        count += 1;
        [2, 3, 5].contains(&(count % 7)).then_some(if count.is_multiple_of(2) {
            THROTTLED
        } else {
            "InternalFailure"
        })
    }));
    let streams = Arc::new(streams);
    let publish = |task: usize| {
        let streams = Arc::clone(&streams);
        tokio::spawn(async move {
            for number in 0..5_usize {
                // Each key of the task three times in one call.
                let of = |index: usize| {
                    record(
                        &format!("{task}-{}", index % 20),
                        &(char::from(b'a' + u8::try_from(number * 3 + index / 20).unwrap())).to_string(),
                    )
                };
                let positions = streams.publish("orders", (0..60).map(of).collect()).await.unwrap();
                assert_eq!(positions.len(), 60);
            }
        })
    };
    for task in (0..4).map(publish).collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let records = fake.lock().unwrap().records.clone();
    assert_eq!(records.len(), 4 * 5 * 60, "every record is there once");
    let mut of_key = BTreeMap::<_, Vec<_>>::new();
    for (key, data) in records {
        of_key.entry(key).or_default().push(data);
    }
    assert!(of_key.values().all(|data| data.len() == 15 && data.is_sorted()), "{of_key:?}");
    let stats = streams.stats();
    assert_eq!((stats.records_put, stats.records_failed), (1_200, 0));
    assert!(stats.records_throttled > 0 && stats.records_retried >= stats.records_throttled, "{stats:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_are_in_order_of_the_records() {
    let (_fake, streams) = start(|_| ()).await;
    let records = (0..700).map(|number| record(&number.to_string(), "x")).collect();
    let positions = streams.publish("orders", records).await.unwrap();
    let read = streams.read("orders", SHARD, None, 1_000, Duration::ZERO).await.unwrap();
    for (index, position) in positions.iter().enumerate() {
        let found = read.iter().find(|record| record.position == *position).unwrap();
        assert_eq!(found.key, index.to_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_fails_as_a_whole_is_made_again() {
    let (fake, streams) = start(|_| ()).await;
    let mut left = 3;
    fake.lock().unwrap().refuse = Some(Box::new(move |_, _| {
        left -= 1;
        (left >= 0).then_some(if left == 1 { (500, "InternalFailure") } else { (400, THROTTLED) })
    }));
    streams.publish("orders", vec![record("key", "1"), record("key", "2")]).await.unwrap();
    let stats = streams.stats();
    assert_eq!((stats.put_failures, stats.records_put, stats.put_requests), (3, 2, 5));
    let data: Vec<_> = fake.lock().unwrap().records.iter().map(|(_, data)| data.clone()).collect();
    assert!(data.is_sorted() && data.len() == 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_lasts_is_an_error_when_its_time_is_over() {
    let (fake, streams) = start(|settings| settings.publish_timeout_ms = 400).await;
    fake.lock().unwrap().refuse_record = Some(Box::new(|key, _| (key == "hot").then_some(THROTTLED)));
    let results =
        streams.publish_each("orders", vec![record("hot", "1"), record("cold", "2")]).await.unwrap();
    let error = results[0].as_ref().unwrap_err();
    assert_eq!((error.kind(), results[1].is_ok()), (Kind::Retryable, true), "{error}");
    assert!(error.to_string().contains(THROTTLED) && error.to_string().contains("more shards"), "{error}");
    assert_eq!(streams.stats().records_failed, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_will_not_pass_is_not_tried_again() {
    let (fake, streams) = start(|_| ()).await;
    fake.lock().unwrap().refuse = Some(Box::new(|_, _| Some((400, "ResourceNotFoundException"))));
    let error = streams.publish("orders", vec![record("key", "1")]).await.unwrap_err();
    assert!(error.kind() == Kind::Settings && error.to_string().contains("`shop-orders`"), "{error}");
    assert_eq!(fake.lock().unwrap().count("PutRecords"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_no_shard_takes_is_refused_before_anything_is_sent() {
    let (fake, streams) = start(|_| ()).await;
    let large = record("key", &"x".repeat(1 << 20));
    let error = streams.publish("orders", vec![record("key", "1"), large]).await.unwrap_err();
    assert!(matches!(error, StreamError::TooLarge { .. }), "{error}");
    let error = streams.publish("orders", vec![record("", "1")]).await.unwrap_err();
    assert!(error.kind() == Kind::Poison && error.to_string().contains("0 characters"), "{error}");
    assert!(fake.lock().unwrap().requests.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn publishers_wait_while_there_is_no_room() {
    let (fake, streams) = start(|settings| {
        settings.waiting_records = 500;
        settings.publish_timeout_ms = 60_000;
    })
    .await;
    let is_refusing = Arc::new(AtomicBool::new(true));
    let refusing = Arc::clone(&is_refusing);
    fake.lock().unwrap().refuse =
        Some(Box::new(move |_, _| refusing.load(Ordering::Relaxed).then_some((400, THROTTLED))));
    let streams = Arc::new(streams);
    let publisher = Arc::clone(&streams);
    let records = (0..2_000).map(|number| record(&number.to_string(), "x")).collect();
    let publishing = tokio::spawn(async move { publisher.publish("orders", records).await });
    while fake.lock().unwrap().requests.len() < 3 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let keys: std::collections::BTreeSet<_> = fake
        .lock()
        .unwrap()
        .requests
        .iter()
        .flat_map(|(_, body, _)| {
            body["Records"]
                .as_array()
                .unwrap()
                .iter()
                .map(|record| record["PartitionKey"].to_string())
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(!keys.is_empty() && keys.len() <= 500, "{} records are taken on", keys.len());
    is_refusing.store(false, Ordering::Relaxed);
    assert_eq!(publishing.await.unwrap().unwrap().len(), 2_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_not_there_is_tried_again_until_its_time_is_over() {
    let (fake, streams) = start(|settings| settings.publish_timeout_ms = 2_000).await;
    fake.lock().unwrap().refuse = Some(Box::new(|_, _| Some((503, "ServiceUnavailable"))));
    let error = streams.publish("orders", vec![record("key", "1")]).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Retryable, "{error}");
    assert!(streams.stats().put_requests > 1);
}
