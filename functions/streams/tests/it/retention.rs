//! What is kept, for how long, and for whom.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use weir_events::{Sequence, Timestamp};
use weir_streams::{Checkpoints, LogStreams, Progress, Retained, Retention, StreamError, Streams};

use crate::log::{publish, read, segments, settings};

const DAY: Duration = Duration::from_secs(86_400);
const WEEK: Retention = Retention { max_age: DAY.saturating_mul(7), max_bytes: u64::MAX };

/// A log with a clock of the test's own, in days.
macro_rules! clock {
    ($days:ident, $now:ident) => {
        static $days: AtomicI64 = AtomicI64::new(0);
        fn $now() -> Timestamp {
            Timestamp::from_seconds($days.load(Ordering::Relaxed) * 86_400)
        }
    };
}

fn open(path: &Path, clock: fn() -> Timestamp) -> LogStreams {
    LogStreams::open(path, settings(), clock).unwrap()
}

async fn finish(streams: &LogStreams, consumer: &str, sequence: u64) {
    streams.set(consumer, "orders", "0", &Sequence::from(sequence)).await.unwrap();
}

async fn oldest(streams: &LogStreams) -> u64 {
    let records = streams.read("orders", "0", None, 1, Duration::ZERO).await.unwrap();
    records[0].position.sequence.as_str().parse().unwrap()
}

#[tokio::test]
async fn what_is_too_old_goes_but_not_before_every_consumer_has_it() {
    clock!(DAYS, now);
    let home = tempfile::tempdir().unwrap();
    let streams = open(home.path(), now);
    publish(&streams, 1..21).await;
    DAYS.store(8, Ordering::Relaxed);
    publish(&streams, 21..31).await;

    let held = streams.retain("orders", &WEEK, &["score"]).unwrap();
    assert!(
        held.segments == 0 && held.held_bytes > 10_000,
        "a consumer without a checkpoint has finished nothing"
    );
    finish(&streams, "score", 30).await;
    finish(&streams, "archive", 10).await;
    let before = segments(&home).len();
    let removed = streams.retain("orders", &WEEK, &["score"]).unwrap().segments;
    assert!(removed >= 1 && segments(&home).len() == before - removed);
    assert!((2..=11).contains(&oldest(&streams).await), "a consumer that was not asked for has come to 10");

    finish(&streams, "archive", 30).await;
    streams.retain("orders", &WEEK, &["score", "archive"]).unwrap();
    let left = oldest(&streams).await;
    assert!((17..=21).contains(&left), "a segment stays while a record in it is young, {left}");
    let again = streams.retain("orders", &WEEK, &["score", "archive"]).unwrap();
    assert_eq!(again, Retained::default());
    assert!(matches!(read(&streams, 1).await, Err(StreamError::Trimmed { .. })));
}

#[tokio::test]
async fn what_is_too_much_goes_from_the_oldest_on() {
    clock!(DAYS, now);
    let home = tempfile::tempdir().unwrap();
    let streams = open(home.path(), now);
    publish(&streams, 1..31).await;
    let bound = Retention { max_age: DAY, max_bytes: 12_000 };
    let bytes = || segments(&home).iter().map(|path| path.metadata().unwrap().len()).sum::<u64>();
    assert!(bytes() > 30_000);
    streams.retain("orders", &bound, &[]).unwrap();
    assert!((7_000..=12_000).contains(&bytes()), "{}", bytes());
    publish(&streams, 31..41).await;
    finish(&streams, "slow", 25).await;
    let held = streams.retain("orders", &bound, &[]).unwrap();
    assert!(held.held_bytes > 0 && oldest(&streams).await <= 26);
    drop(streams);
    let streams = open(home.path(), now);
    assert_eq!(read(&streams, 25).await.unwrap(), (26..41).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_clock_that_jumps_takes_nothing_that_is_needed() {
    clock!(DAYS, now);
    let home = tempfile::tempdir().unwrap();
    let streams = open(home.path(), now);
    for (day, first) in [(0, 1), (400, 6), (-30, 11), (2, 16)] {
        DAYS.store(day, Ordering::Relaxed);
        publish(&streams, first..first + 5).await;
        streams.retain("orders", &WEEK, &["score"]).unwrap();
    }
    assert_eq!(read(&streams, 0).await.unwrap(), (1..21).collect::<Vec<_>>());
}

#[tokio::test]
async fn checkpoints_are_on_the_disk_before_what_they_finish_is_removed() {
    clock!(DAYS, now);
    let home = tempfile::tempdir().unwrap();
    let streams = open(home.path(), now);
    publish(&streams, 1..21).await;
    finish(&streams, "score", 20).await;
    let nothing = Retention { max_age: DAY, max_bytes: 0 };
    streams.retain("orders", &nothing, &["score"]).unwrap();
    let text = std::fs::read_to_string(home.path().join("checkpoints/score")).unwrap();
    assert!(text.starts_with("orders 0 20\n"), "{text}");
    assert_eq!(segments(&home).len(), 1);
}

#[tokio::test]
async fn a_checkpoint_behind_the_newest_record_is_taken_back() {
    clock!(DAYS, now);
    let home = tempfile::tempdir().unwrap();
    let streams = open(home.path(), now);
    publish(&streams, 1..4).await;
    finish(&streams, "score", 3).await;
    drop(streams);
    // As after a power cut when nothing was synced: the checkpoint is there, the records are not.
    std::fs::remove_file(&segments(&home)[0]).unwrap();
    let streams = open(home.path(), now);
    assert_eq!(streams.get("score", "orders", "0").await.unwrap(), Some(Progress::After(Sequence::from(0))));
    publish(&streams, 1..2).await;
    assert_eq!(read(&streams, 0).await.unwrap(), [1]);
}
