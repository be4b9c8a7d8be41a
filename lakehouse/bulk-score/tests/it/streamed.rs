//! The same transactions through a file and through a stream of one shard: the same scores, bit for bit.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use weir_datasets::{Item, Options, open};
use weir_events::{
    Currency, Label, LabelSource, OutboxEntry, Outcome, Position, RawRecord, SCHEMA_VERSION, Timestamp,
    Transaction,
};
use weir_features::FeatureSet;
use weir_generator::EventKind;
use weir_keyring::{MemoryKeyring, seal_transactions};
use weir_score::dead_letters::DEAD_LETTERS;
use weir_score::{BatchResult, Context, Parts, Settings, handle_labels, handle_transactions};
use weir_store::{MemoryStore, Outbox, SINGLE_SHARD, Store};
use weir_streams::MemoryStreams;

use crate::support::{events, policy, request, run, scorer, scores, write_events};

/// What is streamed, in its order.
enum Streamed {
    Order(Box<Transaction>),
    Label(Label),
}

fn now() -> Timestamp {
    Timestamp::from_seconds(1_772_323_200)
}

struct Deployment {
    store: Arc<MemoryStore>,
    keyring: Arc<MemoryKeyring>,
    context: Context,
}

impl Deployment {
    fn new(currency: Currency) -> Self {
        let store = Arc::new(MemoryStore::default());
        let keyring = Arc::new(MemoryKeyring::new().unwrap());
        let names = [("transactions", 1), ("labels", 1), (DEAD_LETTERS, 1)];
        let parts = Parts {
            store: Arc::clone(&store) as Arc<dyn Store>,
            streams: Arc::new(MemoryStreams::new(names, now)),
            keyring: Arc::clone(&keyring) as Arc<dyn weir_keyring::Keyring>,
            features: FeatureSet::full(),
            champion: scorer(),
            challengers: Vec::new(),
            policy: policy(),
            settings: Settings::new(currency, "test"),
            clock: Arc::new(now),
            observer: None,
        };
        Self { store, keyring, context: Context::new(parts) }
    }

    /// Streams everything; answers scores and outcomes.
    async fn decide(&self, streamed: Vec<Streamed>) -> BTreeMap<String, (u64, Outcome)> {
        let mut waiting = Vec::new();
        for (sequence, event) in (1..).zip(streamed) {
            match event {
                Streamed::Order(order) => waiting.push(self.order(sequence, *order).await),
                Streamed::Label(label) => {
                    self.flush(&mut waiting).await;
                    let bytes = label.to_json();
                    let record = raw("labels", sequence, &label.transaction_id, bytes);
                    assert_eq!(handle_labels(&[record], &self.context).await, BatchResult::default());
                }
            }
        }
        self.flush(&mut waiting).await;
        let outbox = self.store.read(SINGLE_SHARD, None, usize::MAX, Duration::ZERO).await.unwrap();
        let decided = outbox.into_iter().filter_map(|record| match record.entry.decode().unwrap() {
            OutboxEntry::Decision(decision) => {
                let bits = decision.champion().unwrap().calibrated.to_bits();
                Some((decision.transaction_id.clone(), (bits, decision.outcome)))
            }
            OutboxEntry::LabelEffect(_) => None,
        });
        decided.collect()
    }

    async fn order(&self, sequence: u64, order: Transaction) -> RawRecord {
        let arrived_at = order.order.occurred_at;
        let sealed =
            seal_transactions(self.keyring.as_ref(), vec![(order, arrived_at)]).await.unwrap().remove(0);
        raw("transactions", sequence, &sealed.entities.customer.to_string(), sealed.to_json().unwrap())
    }

    async fn flush(&self, waiting: &mut Vec<RawRecord>) {
        assert_eq!(handle_transactions(waiting, &self.context).await, BatchResult::default());
        waiting.clear();
    }
}

fn raw(stream: &str, sequence: u64, key: &str, bytes: Vec<u8>) -> RawRecord {
    let position = Position { stream: stream.into(), shard: "0".into(), sequence: sequence.into(), sub: 0 };
    RawRecord { position, key: key.into(), bytes, arrived_at: now() }
}

#[tokio::test]
async fn events_of_a_file_get_the_scores_that_they_get_on_a_stream() {
    let folder = tempfile::tempdir().unwrap();
    let (file, output) = (folder.path().join("events.ndjson"), folder.path().join("scores.ndjson"));
    let mut shop = events(1_200);
    // Some come again, some late, some far too late.
    for (from, to) in [(10, 400), (700, 900), (1_000, 1_010), (20, 1_150)] {
        let event = shop[from].clone();
        shop.insert(to, event);
    }
    let is_order = |event: &weir_generator::Event| matches!(event.kind, EventKind::Transaction { .. });
    let early = shop.iter().position(is_order).unwrap();
    let moved = shop.remove(early);
    shop.insert(1_100, moved);
    write_events(&shop, &file);
    let deployment = Deployment::new("EUR".parse().unwrap());
    let streamed = shop.into_iter().map(|event| match event.kind {
        EventKind::Transaction { transaction, .. } => Streamed::Order(transaction),
        EventKind::Label(label) => Streamed::Label(label),
    });
    let expected = deployment.decide(streamed.collect()).await;
    let summary = run(&request(&file, &output, deployment.keyring.pseudonyms()));
    assert_eq!(scores(&output), expected);
    assert!(summary.labels > 0 && summary.late > 0 && summary.repeated > 0, "{summary:?}");
    assert!(summary.reviewed > 0 && summary.declined > 0 && summary.approved > 0, "{summary:?}");
}

#[tokio::test]
async fn labels_of_rows_count_from_when_they_become_known() {
    let folder = tempfile::tempdir().unwrap();
    let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/samples/handbook.parquet"));
    let output = folder.path().join("scores.ndjson");
    let dollar: Currency = "USD".parse().unwrap();
    let deployment = Deployment::new(dollar);
    let expected = deployment.decide(rows_with_labels(file, dollar, 7)).await;
    let mut request = request(file, &output, deployment.keyring.pseudonyms());
    request.currency = dollar;
    let summary = run(&request);
    assert_eq!(scores(&output), expected);
    assert!(summary.labels > 0);
    request.label_delay_days = 300;
    assert_eq!(run(&request).labels, 0);
}

/// Rows in the order of the file, each label before the first row at or after the time at which it is known.
fn rows_with_labels(file: &Path, currency: Currency, delay_days: i64) -> Vec<Streamed> {
    let mut streamed = Vec::new();
    let mut waiting: BinaryHeap<Reverse<(i64, usize, String, bool)>> = BinaryHeap::new();
    for item in open(file, &Options { currency, ..Options::default() }).unwrap() {
        let Item::Row(row) = item.unwrap() else { continue };
        let time = row.transaction.order.occurred_at.micros();
        while waiting.peek().is_some_and(|Reverse((at, ..))| *at <= time) {
            let Reverse((at, _, transaction_id, is_fraud)) = waiting.pop().unwrap();
            let (known_at, source) = (Timestamp::from_micros(at), LabelSource::Other);
            let schema_version = SCHEMA_VERSION;
            streamed.push(Streamed::Label(Label {
                schema_version,
                transaction_id,
                is_fraud,
                known_at,
                source,
            }));
        }
        let id = row.transaction.order.transaction_id.clone();
        let known_at = time + delay_days * 86_400_000_000;
        waiting.push(Reverse((known_at, streamed.len(), id, row.label.unwrap())));
        streamed.push(Streamed::Order(Box::new(row.transaction)));
    }
    streamed
}
