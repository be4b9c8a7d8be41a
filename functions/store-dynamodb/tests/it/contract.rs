//! The contract suites, in each form of writing.

use weir_store::contract::{Atomic, outbox_suite, suite};
use weir_store_dynamodb::{DynamoSettings, WriteForm};

use crate::support::{Tables, endpoint, settings};

async fn tables(write_form: WriteForm) -> Tables {
    Tables::new(DynamoSettings { write_form, ..settings() }, &endpoint()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_keep_the_contract() {
    suite(async || tables(WriteForm::Batch).await, Atomic::Pieces).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn single_writes_keep_the_contract() {
    suite(async || tables(WriteForm::Single).await, Atomic::Pieces).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_keep_the_contract() {
    suite(async || tables(WriteForm::Transaction).await, Atomic::Pieces).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_keeps_the_contract_of_the_outbox() {
    outbox_suite(async || tables(WriteForm::Batch).await).await;
}
