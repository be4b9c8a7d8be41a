//! The contract through a service that throttles, fails, loses answers, is slow and does things by halves.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use weir_events::{EntityKind, Outcome};
use weir_store::contract::{Atomic, decision, entity, item_write, outbox_suite, state_write, suite};
use weir_store::{Changes, ItemWrite, Kind, Store};
use weir_store_dynamodb::{DynamoSettings, WriteForm};

use crate::proxy::{Faults, Proxy, SLOW};
use crate::support::{Tables, endpoint, settings};

const FAULTS: Faults =
    Faults { throttled: 60, failed: 40, lost: 40, slow: 3, partial: 100, conflicts: 0, latency_us: 0 };

fn patient(write_form: WriteForm) -> DynamoSettings {
    DynamoSettings {
        write_form,
        // Far over what a request takes on a busy machine, so that only those made slow are given up.
        attempt_timeout: SLOW / 2,
        deadline: Duration::from_secs(120),
        first_pause: Duration::from_millis(2),
        longest_pause: Duration::from_millis(50),
        ..settings()
    }
}

async fn through_faults(write_form: WriteForm) {
    let proxy = Proxy::start(&endpoint(), FAULTS).await;
    suite(async || Tables::new(patient(write_form), &proxy.address).await, Atomic::Pieces).await;
    assert!(proxy.met() > 50, "{} faults", proxy.met());
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_keep_the_contract_through_faults() {
    through_faults(WriteForm::Batch).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn single_writes_keep_the_contract_through_faults() {
    through_faults(WriteForm::Single).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_keep_the_contract_through_faults() {
    through_faults(WriteForm::Transaction).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_keeps_the_contract_of_the_outbox_through_faults() {
    // A reading is few requests.
    let faults = Faults { throttled: 120, failed: 80, lost: 80, ..FAULTS };
    let proxy = Proxy::start(&endpoint(), faults).await;
    outbox_suite(async || Tables::new(patient(WriteForm::Batch), &proxy.address).await).await;
    assert!(proxy.met() > 10, "{} faults", proxy.met());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_passes_is_retryable_after_the_deadline_and_counted() {
    let proxy = Proxy::start(&endpoint(), Faults { throttled: 1_000, ..Faults::default() }).await;
    let settings = DynamoSettings { deadline: Duration::from_millis(300), ..patient(WriteForm::Batch) };
    let tables = Tables::new(settings, &proxy.address).await;
    let (store, started) = (tables.store(), Instant::now());
    let card = entity(EntityKind::Card, 1);
    assert_eq!(store.states(&[card]).await.unwrap_err().kind(), Kind::Retryable);
    let write = Changes { states: vec![state_write(card, 0, 1)], ..Changes::default() };
    assert_eq!(store.commit(write).await.unwrap_err().kind(), Kind::Retryable);
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    let stats = store.stats();
    assert!(stats.throttles > 10 && stats.retries == stats.throttles, "{stats:?}");
}

/// Eight writers of one state and of one of their own: each commit decides one transaction. Conflicts are invented too.
#[tokio::test(flavor = "multi_thread")]
async fn invented_conflicts_lose_nothing_and_end() {
    const WRITERS: u32 = 8;
    const COMMITS: u32 = 10;
    let faults = Faults { conflicts: 100, ..FAULTS };
    let proxy = Proxy::start(&endpoint(), faults).await;
    let tables = Tables::new(patient(WriteForm::Batch), &proxy.address).await;
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let store = tables.store();
        writers.spawn(async move {
            for number in 0..COMMITS {
                let id = format!("{writer}-{number}");
                while !decide(&store, writer, &id).await {
                    tokio::time::sleep(Duration::from_millis(u64::from(writer))).await;
                }
            }
        });
    }
    while let Some(done) = writers.join_next().await {
        done.unwrap();
    }
    let store = tables.store();
    let shared = store.states(&[entity(EntityKind::Merchant, 1)]).await.unwrap().remove(0);
    let entries = BTreeMap::from_iter(shared.bytes.chunks(8).map(|entry| (entry.to_vec(), ())));
    assert_eq!(entries.len(), (WRITERS * COMMITS) as usize, "each is in the state");
    assert_eq!(shared.bytes.len(), entries.len() * 8, "and once");
    assert_eq!(store.counts().await.unwrap().decisions, u64::from(WRITERS * COMMITS));
}

/// Folds as `score` does: an entry finds itself. Answers whether the transaction is decided.
async fn decide(store: &dyn Store, writer: u32, id: &str) -> bool {
    let keys = [entity(EntityKind::Merchant, 1), entity(EntityKind::Customer, writer)];
    let item = store.items(&[id]).await.unwrap().remove(0);
    if item.decision.is_some() {
        return true;
    }
    let entry = format!("{id:>8}").into_bytes();
    let mut states = Vec::new();
    for (key, read) in keys.iter().zip(store.states(&keys).await.unwrap()) {
        if !read.bytes.chunks(8).any(|known| known == entry) {
            let bytes = [read.bytes, entry.clone()].concat();
            states.push(weir_store::StateWrite { bytes, ..state_write(*key, read.version, 0) });
        }
    }
    let items = vec![ItemWrite {
        decision: Some(decision(id, Outcome::Approve, 1).into()),
        ..item_write(id, item.version)
    }];
    match store.commit(Changes { states, items, effects: Vec::new() }).await {
        Ok(()) => true,
        Err(error) if matches!(error.kind(), Kind::Conflict | Kind::Retryable) => false,
        Err(error) => panic!("{error}"),
    }
}
