//! A small deployment in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use weir_events::{
    Currency, Decision, Label, LabelEffect, LabelSource, OutboxEntry, Position, RawRecord, SCHEMA_VERSION,
    SealedTransaction, Timestamp, Transaction,
};
use weir_features::FeatureSet;
use weir_keyring::{MemoryKeyring, seal_transactions};
use weir_score::dead_letters::DEAD_LETTERS;
use weir_score::{Context, Parts, Settings};
use weir_scoring::{Calibration, DEFAULT_POLICY, Model, ModelFeature, ModelFile, Node, Policy, Scorer, Tree};
use weir_store::contract::Kept;
use weir_store::{MemoryStore, SINGLE_SHARD};
use weir_streams::{MemoryStreams, Streams};

/// 2026-03-01T00:00:00Z.
pub(crate) const START: i64 = 1_772_323_200;

pub(crate) fn start() -> Timestamp {
    Timestamp::from_seconds(START)
}

/// Everything that outlives a process.
pub(crate) struct Deployment {
    pub(crate) store: Arc<dyn Kept>,
    pub(crate) streams: Arc<MemoryStreams>,
    pub(crate) keyring: Arc<MemoryKeyring>,
}

impl Deployment {
    pub(crate) fn new() -> Self {
        Self::over(Arc::new(MemoryStore::default()))
    }

    pub(crate) fn over(store: Arc<dyn Kept>) -> Self {
        let names = [("transactions", 1), ("labels", 1), (DEAD_LETTERS, 2)];
        Self {
            store,
            streams: Arc::new(MemoryStreams::new(names, start)),
            keyring: Arc::new(MemoryKeyring::new().unwrap()),
        }
    }

    /// One process over it.
    pub(crate) fn context(&self) -> Context {
        Context::new(self.parts())
    }

    pub(crate) fn parts(&self) -> Parts {
        let features = FeatureSet::full();
        let clock = AtomicI64::new(START * 1_000_000);
        let (store, streams, keyring) =
            (Arc::clone(&self.store), Arc::clone(&self.streams), Arc::clone(&self.keyring));
        Parts {
            store,
            streams,
            keyring,
            champion: scorer(&features, "by-amount"),
            challengers: vec![scorer(&features, "beside")],
            policy: Policy::from_json(DEFAULT_POLICY.as_bytes()).unwrap(),
            features,
            settings: Settings::new(euro(), "test"),
            clock: Arc::new(move || Timestamp::from_micros(clock.fetch_add(1, Ordering::Relaxed))),
            observer: None,
        }
    }

    /// A transaction as the door would have published it.
    pub(crate) async fn sealed(&self, order: Value) -> SealedTransaction {
        let transaction = Transaction::from_json(order.to_string().as_bytes()).unwrap();
        let items = vec![(transaction, Timestamp::from_seconds(START))];
        seal_transactions(self.keyring.as_ref(), items).await.unwrap().remove(0)
    }

    /// The same as a record at a sequence.
    pub(crate) async fn record(&self, sequence: u64, order: Value) -> RawRecord {
        let sealed = self.sealed(order).await;
        let key = sealed.entities.customer.to_string();
        raw("transactions", sequence, &key, sealed.to_json().unwrap())
    }

    pub(crate) async fn decision(&self, id: &str) -> Option<Decision> {
        self.store.items(&[id]).await.unwrap().remove(0).decision
    }

    pub(crate) async fn label(&self, id: &str) -> Option<Label> {
        self.store.items(&[id]).await.unwrap().remove(0).label
    }

    /// Everything in the outbox.
    pub(crate) async fn outbox(&self) -> (Vec<Decision>, Vec<LabelEffect>) {
        let (mut decisions, mut effects) = (Vec::new(), Vec::new());
        for record in self.store.read(SINGLE_SHARD, None, usize::MAX, Duration::ZERO).await.unwrap() {
            match record.entry.decode().unwrap() {
                OutboxEntry::Decision(decision) => decisions.push(*decision),
                OutboxEntry::LabelEffect(effect) => effects.push(effect),
            }
        }
        (decisions, effects)
    }

    /// Number of records on the stream of dead letters.
    pub(crate) async fn dead_letter_records(&self) -> usize {
        let mut count = 0;
        for shard in self.streams.shards(DEAD_LETTERS).await.unwrap() {
            count +=
                self.streams.read(DEAD_LETTERS, &shard.id, None, 1_000, Duration::ZERO).await.unwrap().len();
        }
        count
    }
}

pub(crate) fn euro() -> Currency {
    "EUR".parse().unwrap()
}

/// An order of a customer at a merchant, `minute` minutes before the start of the clock.
pub(crate) fn order(id: &str, customer: &str, merchant: &str, minute: i64, amount_minor: i64) -> Value {
    json!({
        "transaction_id": id,
        "customer_id": customer,
        "merchant_id": merchant,
        "card_id": format!("card of {customer}"),
        "amount_minor": amount_minor,
        "currency": "EUR",
        "occurred_at": Timestamp::from_seconds(START - 60 * minute).to_string(),
    })
}

pub(crate) fn raw(stream: &str, sequence: u64, key: &str, bytes: Vec<u8>) -> RawRecord {
    let position = Position { stream: stream.into(), shard: "0".into(), sequence: sequence.into(), sub: 0 };
    RawRecord { position, key: key.into(), bytes, arrived_at: Timestamp::from_seconds(START) }
}

pub(crate) fn label(id: &str, is_fraud: bool, known_day: i64) -> Label {
    Label {
        schema_version: SCHEMA_VERSION,
        transaction_id: id.into(),
        is_fraud,
        known_at: Timestamp::from_seconds(START + 86_400 * known_day),
        source: LabelSource::Chargeback,
    }
}

pub(crate) fn label_record(sequence: u64, label: &Label) -> RawRecord {
    raw("labels", sequence, &label.transaction_id, label.to_json())
}

/// Up to 100.00 approved, up to 1,000.00 reviewed, above declined.
fn scorer(features: &FeatureSet, name: &str) -> Scorer {
    let amount = features.by_name("amount").unwrap();
    let split = |threshold, left, right| Node::Split {
        feature: 0,
        threshold,
        missing_left: true,
        left,
        right,
        cover: 10.0,
    };
    let leaf = |value| Node::Leaf { value, cover: 5.0 };
    let nodes = vec![split(100.0, 1, 2), leaf(-4.0), split(1_000.0, 3, 4), leaf(0.5), leaf(4.0)];
    let file = ModelFile {
        format_version: 1,
        name: name.into(),
        features: vec![ModelFeature { id: amount.id.clone(), name: amount.name.clone(), usual: Some(20.0) }],
        base_score: 0.0,
        calibration: Calibration::default(),
        trees: vec![Tree { nodes }],
        notes: Default::default(),
    };
    Scorer::bind(Model::from_json(&file.to_json().unwrap()).unwrap(), features).unwrap()
}
