//! Iterators that expire, records that are gone, shards that are closed, and how often the service is asked.

use std::time::Duration;

use tokio::time::Instant;
use weir_events::{RawRecord, Sequence};
use weir_streams::{Kind, StreamError, Streams};

use crate::fake::{SHARD, Shared, record, start};

fn sequences(records: &[RawRecord]) -> Vec<u64> {
    records.iter().map(|record| record.position.sequence.as_str().parse().unwrap()).collect()
}

fn fill(fake: &Shared, count: usize) {
    let mut fake = fake.lock().unwrap();
    for _ in 0..count {
        fake.records.push(("key".to_owned(), "eA==".to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_iterator_that_expired_is_made_anew_where_it_stood() {
    let (fake, streams) = start(|settings| {
        settings.fetch_records = 3;
        settings.read_interval_ms = 1;
    })
    .await;
    fill(&fake, 12);
    let mut count = 0;
    fake.lock().unwrap().refuse = Some(Box::new(move |operation, _| {
        count += u32::from(operation == "GetRecords");
        (operation == "GetRecords" && count.is_multiple_of(2)).then_some((400, "ExpiredIteratorException"))
    }));
    let (mut all, mut after) = (Vec::new(), None);
    while all.len() < 12 {
        let read = streams.read("orders", SHARD, after.as_ref(), 3, Duration::ZERO).await.unwrap();
        after = read.last().map(|record| record.position.sequence.clone()).or(after);
        all.extend(sequences(&read));
    }
    assert_eq!(all, (1..=12).collect::<Vec<_>>());
    assert!(streams.stats().iterators_expired >= 3, "{:?}", streams.stats());
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_are_gone_are_told_and_reading_goes_on_behind_them() {
    let (fake, streams) = start(|settings| settings.read_interval_ms = 1).await;
    fill(&fake, 10);
    fake.lock().unwrap().trimmed = 5;
    let after = Sequence::from(2);
    let error = streams.read("orders", SHARD, Some(&after), 10, Duration::ZERO).await.unwrap_err();
    assert!(matches!(&error, StreamError::Trimmed { oldest, .. } if *oldest == Sequence::from(6)), "{error}");
    // It is no record's sequence. Whether the service refuses it or takes it for the next one: reading goes on.
    let resume = error.resume().unwrap();
    assert_eq!(resume, Sequence::from(5));
    fake.lock().unwrap().is_lenient = true;
    let read = streams.read("orders", SHARD, Some(&resume), 2, Duration::ZERO).await.unwrap();
    assert_eq!(sequences(&read), [6, 7], "or takes it for the next one");
    fake.lock().unwrap().is_lenient = false;
    let read = streams.read("orders", SHARD, Some(&resume), 10, Duration::ZERO).await.unwrap();
    assert_eq!(sequences(&read), [6, 7, 8, 9, 10]);
    let read = streams.read("orders", SHARD, Some(&Sequence::from(7)), 10, Duration::ZERO).await.unwrap();
    assert_eq!(sequences(&read), [8, 9, 10], "a record that is there is gone on behind");
    let read = streams.read("orders", SHARD, Some(&Sequence::from(0)), 1, Duration::ZERO).await.unwrap();
    assert_eq!(sequences(&read), [6], "0 stands before the oldest");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_shard_is_read_to_its_end_first() {
    let (fake, streams) = start(|settings| settings.read_interval_ms = 1).await;
    fill(&fake, 3);
    fake.lock().unwrap().is_closed = true;
    let read = streams.read("orders", SHARD, None, 10, Duration::ZERO).await.unwrap();
    assert_eq!(sequences(&read), [1, 2, 3]);
    for _ in 0..2 {
        let error =
            streams.read("orders", SHARD, Some(&Sequence::from(3)), 10, Duration::ZERO).await.unwrap_err();
        assert!(matches!(error, StreamError::Closed { .. }) && error.kind() == Kind::Gone, "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shard_is_asked_five_times_a_second_by_all_its_readers_together() {
    let (fake, streams) = start(|_| ()).await;
    let begun = Instant::now();
    let read = || streams.read("orders", SHARD, None, 10, Duration::from_millis(1_000));
    let (one, other) = tokio::join!(read(), read());
    assert!(one.unwrap().is_empty() && other.unwrap().is_empty());
    assert!(begun.elapsed() >= Duration::from_millis(990));
    let asked = fake.lock().unwrap().count("GetRecords");
    assert!((2..=6).contains(&asked), "{asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_serves_many_small_reads_and_readers_do_not_disturb_each_other() {
    let (fake, streams) = start(|settings| settings.read_interval_ms = 1).await;
    fill(&fake, 600);
    let read = async |limit: usize| {
        let (mut all, mut after) = (Vec::new(), None);
        while all.len() < 600 {
            let read = streams.read("orders", SHARD, after.as_ref(), limit, Duration::ZERO).await.unwrap();
            after = read.last().map(|record| record.position.sequence.clone());
            all.extend(sequences(&read));
        }
        all
    };
    let (one, other) = tokio::join!(read(10), read(7));
    assert!(one == other && one == (1..=600).collect::<Vec<_>>());
    assert!(streams.stats().get_requests <= 4, "{:?}", streams.stats());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_is_refused_tries_again() {
    let (fake, streams) = start(|settings| settings.read_interval_ms = 1).await;
    fill(&fake, 1);
    let mut left = 2;
    fake.lock().unwrap().refuse = Some(Box::new(move |operation, _| {
        left -= i32::from(operation == "GetRecords");
        (operation == "GetRecords" && left >= 0).then_some((400, "ProvisionedThroughputExceededException"))
    }));
    let read = streams.read("orders", SHARD, None, 10, Duration::ZERO).await.unwrap();
    assert_eq!((sequences(&read), streams.stats().gets_throttled), (vec![1], 2));
    assert_eq!(streams.behind("orders", SHARD), Some(Duration::ZERO));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_record_is_found() {
    let (fake, streams) = start(|settings| settings.read_interval_ms = 1).await;
    assert_eq!(streams.newest("orders", SHARD).await.unwrap(), None);
    fill(&fake, 20);
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(streams.newest("orders", SHARD).await.unwrap(), Some(Sequence::from(20)));
    let asked = streams.stats().get_requests;
    streams.publish("orders", vec![record("key", "x")]).await.unwrap();
    assert_eq!(streams.newest("orders", SHARD).await.unwrap(), Some(Sequence::from(21)));
    assert_eq!(streams.stats().get_requests, asked, "what was put here is known");
}
