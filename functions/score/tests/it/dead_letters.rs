//! Looking at dead letters and trying them again.

use std::time::Duration;

use weir_score::{BatchResult, Kind, dead_letters, handle_transactions};
use weir_streams::Streams;

use crate::support::{Deployment, order, raw};

const ID: &str = "transactions/0/1.0";

#[tokio::test]
async fn a_record_delivered_again_is_the_same_dead_letter() {
    let deployment = Deployment::new();
    let context = deployment.context();
    let batch = [raw("transactions", 1, "", b"garbage".to_vec())];
    for _ in 0..2 {
        assert_eq!(handle_transactions(&batch, &context).await, BatchResult::default());
    }
    assert_eq!(deployment.dead_letter_records().await, 2);
    let listed = dead_letters::list(&context).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0], dead_letters::show(&context, ID).await.unwrap());
    assert_eq!(dead_letters::open(&context, ID).await.unwrap(), b"garbage");
}

#[tokio::test]
async fn what_lies_on_the_stream_does_not_show_the_record() {
    let deployment = Deployment::new();
    let batch = [raw("transactions", 1, "", b"garbage".to_vec())];
    assert_eq!(handle_transactions(&batch, &deployment.context()).await, BatchResult::default());
    for shard in ["0", "1"] {
        let records = deployment.streams.read("dead-letters", shard, None, 10, Duration::ZERO).await.unwrap();
        for record in records {
            assert!(!String::from_utf8_lossy(&record.bytes).contains("garbage"));
        }
    }
}

#[tokio::test]
async fn retry_publishes_the_record_to_its_stream_under_its_key_and_remembers_it() {
    let deployment = Deployment::new();
    let context = deployment.context();
    let reused = [
        deployment.record(1, order("order-1", "customer-1", "shop", 9, 5_000)).await,
        deployment.record(2, order("order-1", "customer-1", "shop", 9, 6_000)).await,
    ];
    assert_eq!(handle_transactions(&reused, &context).await, BatchResult::default());
    let id = "transactions/0/2.0";
    let position = dead_letters::retry(&context, id).await.unwrap();
    assert_eq!(position.stream, "transactions");
    let records = deployment.streams.read("transactions", "0", None, 10, Duration::ZERO).await.unwrap();
    assert_eq!((&records[0].bytes, &records[0].key), (&reused[1].bytes, &reused[1].key));
    let retried = dead_letters::show(&context, id).await.unwrap().retried.unwrap();
    assert_eq!(retried.position, position);
    // The record is delivered once more at its old position: it stays retried.
    assert_eq!(handle_transactions(&reused, &context).await, BatchResult::default());
    assert!(dead_letters::show(&context, id).await.unwrap().retried.is_some());
}

#[tokio::test]
async fn an_id_that_nobody_knows_is_said_so() {
    let deployment = Deployment::new();
    let context = deployment.context();
    assert!(dead_letters::list(&context).await.unwrap().is_empty());
    let error = dead_letters::retry(&context, ID).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Poison);
    assert!(error.to_string().contains(ID));
}
