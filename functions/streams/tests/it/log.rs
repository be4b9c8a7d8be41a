//! The log: segments, retention, settings, files that are in the way.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;
use weir_events::{RawRecord, Sequence};
use weir_streams::{Checkpoints, Kind, LogSettings, LogStreams, NewRecord, Progress, StreamError, Streams};

use crate::contract::noon;

pub(crate) fn settings() -> LogSettings {
    LogSettings { segment_bytes: 4096, flush_interval_ms: 0, ..LogSettings::new([("orders", 1)]) }
}

pub(crate) fn open(path: &Path) -> LogStreams {
    // A process that another test starts holds the lock of a log that was just closed until it has become its program.
    for _starting in 0..200 {
        match LogStreams::open(path, settings(), noon) {
            Err(StreamError::InUse { .. }) => std::thread::sleep(Duration::from_millis(10)),
            opened => return opened.unwrap(),
        }
    }
    panic!("the log stays in use")
}

/// Publishes each number as a record of about 1 KiB, each in a flush of its own.
pub(crate) async fn publish(streams: &LogStreams, numbers: std::ops::Range<u64>) {
    for number in numbers {
        let bytes = format!("{number:01000}").into_bytes();
        let position =
            streams.publish("orders", vec![NewRecord { key: "key".to_owned(), bytes }]).await.unwrap();
        assert_eq!(position[0].sequence, Sequence::from(number));
    }
}

pub(crate) async fn read(streams: &LogStreams, after: u64) -> Result<Vec<u64>, StreamError> {
    let after = Sequence::from(after);
    let records = streams.read("orders", "0", Some(&after), 1000, Duration::ZERO).await?;
    Ok(records.iter().map(number).collect())
}

fn number(record: &RawRecord) -> u64 {
    let number: u64 = std::str::from_utf8(&record.bytes).unwrap().parse().unwrap();
    assert_eq!(record.position.sequence, Sequence::from(number));
    number
}

pub(crate) fn segments(home: &TempDir) -> Vec<PathBuf> {
    let entries = fs::read_dir(home.path().join("streams/orders/0")).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[tokio::test]
async fn segments_roll_and_are_read_across() {
    let home = tempfile::tempdir().unwrap();
    let streams = open(home.path());
    publish(&streams, 1..31).await;
    assert!(segments(&home).len() > 5);
    assert!(segments(&home)[0].ends_with("00000000000000000001.log"));
    assert_eq!(read(&streams, 0).await.unwrap(), (1..31).collect::<Vec<_>>());
    assert_eq!(read(&streams, 17).await.unwrap(), (18..31).collect::<Vec<_>>());
    drop(streams);
    let streams = open(home.path());
    publish(&streams, 31..33).await;
    assert_eq!(read(&streams, 9).await.unwrap(), (10..33).collect::<Vec<_>>());
}

#[tokio::test]
async fn trimming_removes_whole_segments_and_tells_a_reader_that_lags() {
    let home = tempfile::tempdir().unwrap();
    let streams = open(home.path());
    publish(&streams, 1..21).await;
    let before = segments(&home).len();
    let removed = streams.trim("orders", "0", &Sequence::from(11)).unwrap();
    assert!(removed >= 1 && segments(&home).len() == before - removed);
    let oldest = streams.read("orders", "0", None, 1, Duration::ZERO).await.unwrap();
    assert!((2..=11).contains(&number(&oldest[0])), "nothing from 11 on is removed");
    let error = read(&streams, 0).await.unwrap_err();
    assert!(matches!(error, StreamError::Trimmed { .. }), "{error}");
    assert_eq!(read(&streams, 10).await.unwrap(), (11..21).collect::<Vec<_>>());
    streams.trim("orders", "0", &Sequence::from(u64::MAX)).unwrap();
    assert_eq!(segments(&home).len(), 1, "the segment being written stays");
    drop(streams);
    publish(&open(home.path()), 21..22).await;
}

#[tokio::test]
async fn a_record_over_the_limit_is_refused_and_others_go_on() {
    let home = tempfile::tempdir().unwrap();
    let streams = open(home.path());
    let large = NewRecord { key: String::new(), bytes: vec![0; (16 << 20) + 1] };
    let error = streams.publish("orders", vec![large]).await.unwrap_err();
    assert_eq!((error.kind(), error.to_string().contains("16777217")), (Kind::Poison, true));
    let largest = NewRecord { key: String::new(), bytes: vec![7; 16 << 20] };
    streams.publish("orders", vec![largest]).await.unwrap();
    drop(streams);
    let records = open(home.path()).read("orders", "0", None, 1, Duration::ZERO).await.unwrap();
    assert_eq!(records[0].bytes.len(), 16 << 20);
}

#[tokio::test]
async fn a_log_is_opened_once_at_a_time() {
    let home = tempfile::tempdir().unwrap();
    let streams = open(home.path());
    let error = LogStreams::open(home.path(), settings(), noon).err().unwrap();
    assert!(matches!(error, StreamError::InUse { .. }), "{error}");
    drop(streams);
    open(home.path());
}

#[test]
fn the_number_of_shards_stays() {
    let home = tempfile::tempdir().unwrap();
    drop(open(home.path()));
    let error = LogStreams::open(home.path(), LogSettings::new([("orders", 2)]), noon).err().unwrap();
    assert_eq!(error.kind(), Kind::Settings);
    assert!(
        error.to_string().contains("has 1 shards") && error.to_string().contains("streams/orders/shards")
    );
}

#[test]
fn what_is_in_the_way_is_named() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("taken"), b"").unwrap();
    let error = LogStreams::open(home.path().join("taken/log"), settings(), noon).err().unwrap();
    assert!(error.to_string().contains("/taken`") && error.kind() == Kind::Settings, "{error}");

    drop(open(home.path()));
    let foreign = home.path().join("streams/orders/0/notes.txt");
    fs::write(&foreign, b"").unwrap();
    let error = LogStreams::open(home.path(), settings(), noon).err().unwrap();
    assert!(error.to_string().contains(&foreign.display().to_string()), "{error}");
    fs::remove_file(foreign).unwrap();
    fs::write(&segments(&home)[0], b"something else").unwrap();
    let error = LogStreams::open(home.path(), settings(), noon).err().unwrap();
    assert!(matches!(error, StreamError::NotALog { .. }), "{error}");
}

#[tokio::test]
async fn a_flush_that_fails_is_told_and_the_log_goes_on_when_it_is_possible_again() {
    let home = tempfile::tempdir().unwrap();
    let streams = open(home.path());
    publish(&streams, 1..6).await;
    // The next segment cannot be made while its name is taken by a directory.
    let next = home.path().join("streams/orders/0").join(format!("{:020}.log", 9));
    fs::create_dir(&next).unwrap();
    publish(&streams, 6..9).await;
    let record = NewRecord { key: "key".to_owned(), bytes: format!("{:01000}", 9).into_bytes() };
    let error = streams.publish("orders", vec![record]).await.unwrap_err();
    assert!(error.to_string().contains("streams/orders/0"), "{error}");
    fs::remove_dir(&next).unwrap();
    publish(&streams, 9..12).await;
    assert_eq!(read(&streams, 0).await.unwrap(), (1..12).collect::<Vec<_>>());
}

#[tokio::test]
async fn checkpoints_are_in_their_file_soon_and_when_the_log_is_closed() {
    let home = tempfile::tempdir().unwrap();
    let streams = open(home.path());
    publish(&streams, 1..9).await;
    streams.set("score", "orders", "0", &Sequence::from(7)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(600)).await;
    let text = fs::read_to_string(home.path().join("checkpoints/score")).unwrap();
    assert!(text.starts_with("orders 0 7\n"), "{text}");
    streams.set("score", "orders", "0", &Sequence::from(8)).await.unwrap();
    streams.set("archive", "orders", "0", &Sequence::from(3)).await.unwrap();
    drop(streams);
    let streams = open(home.path());
    assert_eq!(streams.get("score", "orders", "0").await.unwrap(), Some(Progress::After(Sequence::from(8))));
    assert_eq!(
        streams.get("archive", "orders", "0").await.unwrap(),
        Some(Progress::After(Sequence::from(3)))
    );
}

#[tokio::test]
async fn a_shard_that_is_finished_is_so_after_a_start() {
    let home = tempfile::tempdir().unwrap();
    let streams = open(home.path());
    streams.set("score", "orders", "shardId-000000000004", &Sequence::from(7)).await.unwrap();
    streams.finish("score", "orders", "shardId-000000000004").await.unwrap();
    drop(streams);
    let text = fs::read_to_string(home.path().join("checkpoints/score")).unwrap();
    assert!(text.starts_with("orders shardId-000000000004 END\n"), "{text}");
    let found = open(home.path()).get("score", "orders", "shardId-000000000004").await.unwrap();
    assert_eq!(found, Some(Progress::Finished));
}

#[tokio::test]
async fn a_cut_checkpoint_file_is_as_none() {
    let home = tempfile::tempdir().unwrap();
    let streams = open(home.path());
    streams.set("score", "orders", "0", &Sequence::from(1234)).await.unwrap();
    streams.flush_checkpoints().unwrap();
    drop(streams);
    let path = home.path().join("checkpoints/score");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, &text[..13]).unwrap();
    let streams = open(home.path());
    assert_eq!(streams.get("score", "orders", "0").await.unwrap(), None);
    let error = streams.set("../score", "orders", "0", &Sequence::from(1)).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Settings);
}

#[tokio::test]
async fn what_is_written_synced_and_removed_is_counted() {
    let home = tempfile::tempdir().unwrap();
    let streams = open(home.path());
    publish(&streams, 1..31).await;
    let removed = streams.trim("orders", "0", &Sequence::from(20)).unwrap();
    let (name, stats) = streams.stats().next().unwrap();
    assert_eq!((name, stats.records, stats.segments_removed), ("orders", 30, removed as u64));
    assert!(stats.bytes > 30_000 && stats.syncs >= 30 && stats.longest_sync <= stats.sync_time, "{stats:?}");
    assert_eq!(streams.queued(), 0);
}
