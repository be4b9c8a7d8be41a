//! Landing records of a stream.

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, TimestampMicrosecondType};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use weir_archive::{ArchiveError, Kind, land, schema};

use crate::support::{FailingFiles, paths, record, records, rows};

/// Sequence and payload of each row of a file.
pub(crate) fn read(bytes: bytes::Bytes) -> Vec<(String, String)> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap().build().unwrap();
    let mut found = Vec::new();
    for batch in reader {
        let batch = batch.unwrap();
        let (sequences, payloads) = (batch.column(2).as_string::<i32>(), batch.column(6).as_string::<i32>());
        for index in 0..batch.num_rows() {
            found.push((sequences.value(index).to_owned(), payloads.value(index).to_owned()));
        }
    }
    found
}

#[tokio::test]
async fn a_file_holds_every_field_of_every_record_in_order() {
    let files = InMemory::new();
    let landed = land(&records(8..=11), &files).await.unwrap().unwrap();
    let bytes = files.get(&Path::from(landed.path)).await.unwrap().bytes().await.unwrap();
    assert_eq!((landed.rows, landed.size_bytes, landed.repeated), (4, bytes.len(), false));
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
    assert_eq!(builder.schema().fields(), schema().fields());
    let batch = builder.build().unwrap().next().unwrap().unwrap();
    for index in 0..4 {
        let expected = record(8 + index as u64);
        let text = |column: usize| batch.column(column).as_string::<i32>().value(index).to_owned();
        assert_eq!(text(0), "transactions");
        assert_eq!(text(1), "0");
        assert_eq!(text(2), expected.position.sequence.as_str());
        assert_eq!(batch.column(3).as_primitive::<Int32Type>().value(index), 0);
        let arrived = batch.column(4).as_primitive::<TimestampMicrosecondType>().value(index);
        assert_eq!(arrived, expected.arrived_at.micros());
        assert_eq!(text(5), expected.key);
        assert_eq!(text(6).into_bytes(), expected.bytes);
    }
}

#[tokio::test]
async fn the_columns_are_those_that_landing_declares() {
    let names: Vec<_> = schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names, weir_landing::COLUMNS);
}

#[tokio::test]
async fn an_empty_batch_lands_nothing() {
    let files = InMemory::new();
    assert_eq!(land(&[], &files).await.unwrap(), None);
    assert!(paths(&files, "landing").await.is_empty());
}

#[tokio::test]
async fn the_same_batch_twice_is_one_file() {
    let files = InMemory::new();
    assert!(!land(&records(1..=3), &files).await.unwrap().unwrap().repeated);
    assert!(land(&records(1..=3), &files).await.unwrap().unwrap().repeated);
    assert_eq!(paths(&files, "landing").await.len(), 1);
}

#[tokio::test]
async fn a_batch_with_another_end_is_another_file_whose_name_says_its_range() {
    let files = InMemory::new();
    land(&records(1..=3), &files).await.unwrap();
    land(&records(1..=5), &files).await.unwrap();
    let ranges: Vec<_> = paths(&files, "landing/transactions/0")
        .await
        .iter()
        .map(|path| path.parse::<weir_landing::LandingPath>().unwrap())
        .map(|path| (path.first().to_string(), path.last().to_string()))
        .collect();
    assert_eq!(ranges, [("1".into(), "3".into()), ("1".into(), "5".into())]);
}

#[tokio::test]
async fn a_failed_put_fails_the_batch_and_landing_it_again_heals_it() {
    for writes_first in [false, true] {
        let files = FailingFiles::new(1, writes_first);
        let error = land(&records(1..=3), &files).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Retryable);
        land(&records(1..=3), &files).await.unwrap();
        assert_eq!(rows(&files, "landing").await.len(), 3);
    }
}

#[tokio::test]
async fn records_of_two_shards_are_refused() {
    let mut batch = records(1..=2);
    batch[1].position.shard = "1".into();
    let error = land(&batch, &InMemory::new() as &dyn ObjectStore).await.unwrap_err();
    assert!(matches!(error, ArchiveError::Mixed { .. }), "{error}");
    assert_eq!(error.kind(), Kind::Internal);
}

#[tokio::test]
async fn records_out_of_order_are_refused() {
    let batch = [record(2), record(1)];
    let error = land(&batch, &InMemory::new()).await.unwrap_err();
    assert!(matches!(error, ArchiveError::Disordered { .. }), "{error}");
}

#[tokio::test]
async fn sequences_of_56_digits_and_sub_records_have_their_place() {
    let mut batch = records(1..=2);
    for (index, one) in batch.iter_mut().enumerate() {
        one.position.sequence = weir_events::Sequence::new(&"9".repeat(56));
        one.position.sub = index as u32;
    }
    let files = InMemory::new();
    land(&batch, &files).await.unwrap();
    assert_eq!(rows(&files, "landing").await[1].0, "9".repeat(56));
}

#[tokio::test]
async fn bytes_that_are_no_text_keep_their_row() {
    let mut batch = records(1..=2);
    batch[0].bytes = vec![0xff, 0xfe];
    let files = InMemory::new();
    land(&batch, &files).await.unwrap();
    assert_eq!(rows(&files, "landing").await.len(), 2);
}
