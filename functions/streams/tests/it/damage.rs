//! Torn ends and damaged middles.

use std::fs;

use tempfile::TempDir;
use weir_streams::{Kind, NewRecord, StreamError, Streams};

use crate::log::{open, publish, read, segments};

/// Bytes of one record: 32 before the key, `key`, 1000 digits.
const RECORD: usize = 1035;
const MAGIC: usize = 8;

async fn written(numbers: u64) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    publish(&open(home.path()), 1..numbers + 1).await;
    home
}

/// The log is damaged after `after`; answers where reading goes on.
async fn resume(home: &TempDir, after: u64) -> Option<u64> {
    let streams = open(home.path());
    assert_eq!(read(&streams, 0).await.unwrap_or_default(), (1..after + 1).collect::<Vec<_>>());
    let error = read(&streams, after).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Poison);
    let StreamError::Damaged(damage) = error else { panic!("{error}") };
    assert_eq!(damage.after.as_str(), after.to_string());
    drop(streams);
    let found = weir_streams::verify(home.path()).unwrap();
    assert_eq!(found, [(*damage).clone()], "the whole log has this damage and no other");
    assert!(damage.to_string().contains(&damage.path.display().to_string()));
    damage.resume.map(|sequence| sequence.as_str().parse().unwrap())
}

#[tokio::test]
async fn an_end_torn_at_any_place_is_cut_and_written_over() {
    let home = written(3).await;
    let path = segments(&home).remove(0);
    let whole = fs::read(&path).unwrap();
    for torn in [1, 7, 8, 31, 32, 40, RECORD - 1] {
        fs::write(&path, &whole[..MAGIC + 2 * RECORD + torn]).unwrap();
        assert_eq!(weir_streams::verify(home.path()).unwrap(), [], "a torn end is no damage");
        let streams = open(home.path());
        assert_eq!(read(&streams, 0).await.unwrap(), [1, 2], "torn after {torn} bytes");
        publish(&streams, 3..5).await;
        assert_eq!(read(&streams, 0).await.unwrap(), [1, 2, 3, 4]);
    }
}

#[tokio::test]
async fn an_end_of_zeros_or_rubbish_is_cut() {
    for rubbish in [vec![0; 5000], vec![0xff; 100], vec![0x20; 3]] {
        let home = written(2).await;
        let path = segments(&home).remove(0);
        let mut bytes = fs::read(&path).unwrap();
        bytes.extend(rubbish);
        fs::write(&path, bytes).unwrap();
        let streams = open(home.path());
        publish(&streams, 3..4).await;
        assert_eq!(read(&streams, 0).await.unwrap(), [1, 2, 3]);
    }
}

#[tokio::test]
async fn a_hole_within_the_last_flush_is_torn_and_before_it_is_damage() {
    let home = written(2).await;
    let record =
        |number: u64| NewRecord { key: "key".to_owned(), bytes: format!("{number:01000}").into_bytes() };
    // A segment is closed only between flushes, so all five stand in one.
    open(home.path()).publish("orders", (3..6).map(record).collect()).await.unwrap();
    let path = segments(&home).remove(0);
    let whole = fs::read(&path).unwrap();
    let with_hole_at = |number: usize| {
        // Damage that was told was followed by a new segment.
        segments(&home).into_iter().skip(1).for_each(|newer| fs::remove_file(newer).unwrap());
        let mut bytes = whole.clone();
        bytes[MAGIC + (number - 1) * RECORD..][..RECORD].fill(0);
        fs::write(&path, bytes).unwrap();
    };
    with_hole_at(2);
    assert_eq!(resume(&home, 1).await, Some(2));
    // The disk kept record 5 and lost record 4 of a flush that nobody was told of.
    with_hole_at(4);
    assert_eq!(read(&open(home.path()), 0).await.unwrap(), [1, 2, 3]);
    publish(&open(home.path()), 4..6).await;
    assert_eq!(read(&open(home.path()), 0).await.unwrap(), [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn what_is_behind_damage_stays_when_a_torn_flush_is_given_up_after_it() {
    let home = tempfile::tempdir().unwrap();
    let record =
        |number: u64| NewRecord { key: "key".to_owned(), bytes: format!("{number:0500}").into_bytes() };
    for flush in [1..4, 4..7] {
        open(home.path()).publish("orders", flush.map(record).collect()).await.unwrap();
    }
    let path = segments(&home).remove(0);
    let mut bytes = fs::read(&path).unwrap();
    let size = RECORD - 500;
    for number in [2, 4] {
        bytes[MAGIC + (number - 1) * size..][..size].fill(0);
    }
    fs::write(&path, bytes).unwrap();
    for _opened_again in 0..3 {
        assert_eq!(resume(&home, 1).await, Some(2));
        assert_eq!(read(&open(home.path()), 2).await.unwrap(), [3]);
    }
    publish(&open(home.path()), 4..6).await;
    assert_eq!(read(&open(home.path()), 2).await.unwrap(), [3, 4, 5]);
}

#[tokio::test]
async fn damage_in_the_segment_being_written_is_told_and_can_be_passed() {
    let home = written(4).await;
    let path = segments(&home).pop().unwrap();
    assert_eq!(segments(&home).len(), 1);
    let mut bytes = fs::read(&path).unwrap();
    bytes[MAGIC + RECORD + 500] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert_eq!(resume(&home, 1).await, Some(2));
    let streams = open(home.path());
    assert_eq!(read(&streams, 2).await.unwrap(), [3, 4]);
    publish(&streams, 5..7).await;
    assert_eq!(read(&streams, 2).await.unwrap(), [3, 4, 5, 6]);
}

#[tokio::test]
async fn damage_in_a_closed_segment_is_told_when_it_is_read() {
    let home = written(12).await;
    let first = segments(&home).remove(0);
    let whole = fs::read(&first).unwrap();
    let records = (whole.len() / RECORD) as u64;

    let mut bytes = whole.clone();
    bytes[MAGIC..MAGIC + 2 * RECORD].fill(0);
    fs::write(&first, bytes).unwrap();
    assert_eq!(resume(&home, 0).await, Some(2));
    assert_eq!(read(&open(home.path()), 2).await.unwrap(), (3..13).collect::<Vec<_>>());

    fs::write(&first, &whole[..whole.len() - 10]).unwrap();
    assert_eq!(resume(&home, records - 1).await, Some(records), "the next segment follows");
    assert_eq!(read(&open(home.path()), records).await.unwrap(), (records + 1..13).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_segment_that_is_gone_is_told() {
    let home = written(12).await;
    let paths = segments(&home);
    let records = (fs::metadata(&paths[0]).unwrap().len() / RECORD as u64) as u64;
    fs::remove_file(&paths[1]).unwrap();
    let behind = resume(&home, records).await.unwrap();
    assert_eq!(read(&open(home.path()), behind).await.unwrap(), (behind + 1..13).collect::<Vec<_>>());
}
