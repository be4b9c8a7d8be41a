//! Records that cannot be decided, among others and for a while alone, over the log and the store of the program.

use std::sync::Arc;
use std::time::Duration;

use weir_events::Sequence;
use weir_ingest::{Settings, TRANSACTIONS};
use weir_score::{dead_letters, handle_transactions};
use weir_store::EmbeddedStore;
use weir_streams::{LogSettings, LogStreams, NewRecord};

use crate::support::{Deployment, now, order};

/// What the stream holds: of a thousand records every hundredth is poison, then three hundred are, then fifty are not.
const RECORDS: usize = 1_350;

fn is_poison(number: usize) -> bool {
    if number < 1_000 { number % 100 == 7 } else { number < 1_300 }
}

fn poison(number: usize) -> NewRecord {
    let kinds: [&[u8]; 4] = [b"garbage", b"{}", b"\xff\xfe", b"{\"schema_version\":1,\"order\":{}}"];
    NewRecord { key: format!("customer-{}", number % 5), bytes: kinds[number % kinds.len()].to_vec() }
}

async fn sealed(deployment: &Deployment, number: usize) -> NewRecord {
    let body = order(&format!("order-{number}"), 500).to_string();
    let transaction = weir_events::Transaction::from_json(body.as_bytes()).unwrap();
    let sealed = weir_keyring::seal_transactions(deployment.score.keyring(), vec![(transaction, now())]);
    let sealed = sealed.await.unwrap().remove(0);
    NewRecord { key: sealed.entities.customer.to_string(), bytes: sealed.to_json().unwrap() }
}

#[tokio::test(flavor = "multi_thread")]
async fn poison_is_set_aside_to_the_last_record_and_the_stream_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let settings = LogSettings {
        durability: weir_streams::Durability::Process,
        flush_interval_ms: 0,
        ..LogSettings::new([("transactions", 1), ("labels", 1), ("dead-letters", 1)])
    };
    let streams = Arc::new(LogStreams::open(home.path().join("log"), settings, now).unwrap());
    let store = EmbeddedStore::open(home.path().join("store"), weir_store::Durability::Process).unwrap();
    let deployment = Deployment::over(Settings::default(), |parts| {
        parts.store = Arc::new(store);
        parts.streams = Arc::clone(&streams) as Arc<dyn weir_streams::Streams>;
    });
    let mut records = Vec::with_capacity(RECORDS);
    for number in 0..RECORDS {
        records.push(if is_poison(number) { poison(number) } else { sealed(&deployment, number).await });
    }
    let score = &deployment.score;
    score.streams().publish(TRANSACTIONS, records).await.unwrap();
    let (mut after, mut seen): (Option<Sequence>, usize) = (None, 0);
    while seen < RECORDS {
        let batch =
            score.streams().read(TRANSACTIONS, "0", after.as_ref(), 64, Duration::ZERO).await.unwrap();
        let result = handle_transactions(&batch, score).await;
        assert!(result.failed.is_empty(), "the stream stands still at {seen}");
        seen += batch.len();
        after = batch.last().map(|record| record.position.sequence.clone());
    }
    let expected = (0..RECORDS).filter(|number| is_poison(*number)).count();
    assert_eq!(dead_letters::list(score).await.unwrap().len(), expected);
    let decided = score.store().counts().await.unwrap().outbox;
    assert_eq!(decided, (RECORDS - expected) as u64);
    for number in (0..RECORDS).filter(|number| !is_poison(*number)) {
        let answer = deployment.get(&format!("/decisions/order-{number}")).await;
        assert_eq!(answer.status, 200, "order-{number} is not decided");
    }
}
