//! A made-up shop whose events are scored over any store.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use weir_events::{Label, Position, RawRecord, Timestamp, Transaction};
use weir_features::FeatureSet;
use weir_generator::{EventKind, Generator, Settings};
use weir_keyring::{MemoryKeyring, seal_transactions};
use weir_score::{Context, Parts, handle_labels, handle_transactions};
use weir_scoring::{Model, Policy, Scorer};
use weir_store::Store;
use weir_streams::MemoryStreams;

/// The bundled model and policy.
const MODEL: &[u8] = include_bytes!("../../../../lakehouse/training/models/demo.json");
const POLICY: &[u8] = include_bytes!("../../../../lakehouse/training/models/demo.policy.json");

/// What one process scores with; the clock stands where the newest event is.
pub(crate) struct Process {
    pub(crate) context: Context,
    keyring: Arc<MemoryKeyring>,
    clock: Arc<AtomicI64>,
    /// 4: customer, merchant, card and device alone; else IP and address too.
    kinds: u64,
}

/// Events in batches: a batch of transactions, or of labels.
pub(crate) enum Batch {
    Transactions(Vec<Transaction>),
    Labels(Vec<Label>),
}

impl Process {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        keyring: &Arc<MemoryKeyring>,
        kinds: u64,
    ) -> anyhow::Result<Self> {
        let features = FeatureSet::full();
        let clock = Arc::new(AtomicI64::new(0));
        let told = Arc::clone(&clock);
        let names = [("transactions", 1), ("labels", 1), ("dead-letters", 1)];
        let settings = weir_score::Settings::new("EUR".parse()?, "0.1.0");
        let parts = Parts {
            store,
            streams: Arc::new(MemoryStreams::new(names, Timestamp::default)),
            keyring: Arc::clone(keyring) as Arc<dyn weir_keyring::Keyring>,
            champion: Scorer::bind(Model::from_json(MODEL)?, &features)?,
            challengers: Vec::new(),
            policy: Policy::from_json(POLICY)?,
            features,
            settings,
            clock: Arc::new(move || Timestamp::from_micros(told.load(Ordering::Relaxed))),
            observer: None,
        };
        Ok(Self { context: Context::new(parts), keyring: Arc::clone(keyring), clock, kinds })
    }

    /// Transactions as records of the stream.
    pub(crate) async fn seal(&self, transactions: Vec<Transaction>) -> anyhow::Result<Vec<RawRecord>> {
        self.seal_at(transactions, false).await
    }

    /// The same, all at one merchant or each at its own.
    pub(crate) async fn seal_at(
        &self,
        transactions: Vec<Transaction>,
        is_one_merchant: bool,
    ) -> anyhow::Result<Vec<RawRecord>> {
        let items = transactions.into_iter().map(|one| {
            let at = one.order.occurred_at;
            (one, at)
        });
        let mut sealed = seal_transactions(self.keyring.as_ref(), items.collect()).await?;
        for one in sealed.iter_mut().filter(|_| self.kinds == 4) {
            one.entities.ip = None;
            one.entities.shipping_address = None;
            one.entities.billing_address = None;
        }
        let merchant = sealed.iter().find_map(|one| one.entities.merchant);
        for one in sealed.iter_mut().filter(|_| is_one_merchant) {
            one.entities.merchant = merchant;
        }
        let record = |one: weir_events::SealedTransaction| {
            let at = one.order.occurred_at;
            Ok(raw("transactions", one.entities.customer.to_string(), one.to_json()?, at))
        };
        sealed.into_iter().map(record).collect()
    }

    /// Decides records of the stream.
    pub(crate) async fn decide(&self, records: &[RawRecord]) -> anyhow::Result<()> {
        let newest = records.iter().map(|record| record.arrived_at.micros()).max().unwrap_or(0);
        self.clock.fetch_max(newest + 30_000, Ordering::Relaxed);
        let result = handle_transactions(records, &self.context).await;
        anyhow::ensure!(result.failed.is_empty(), "{} transactions were not decided", result.failed.len());
        Ok(())
    }

    pub(crate) async fn handle(&self, batch: Batch) -> anyhow::Result<()> {
        match batch {
            Batch::Transactions(transactions) => self.decide(&self.seal(transactions).await?).await,
            Batch::Labels(labels) => {
                let records = labels
                    .into_iter()
                    .map(|one| raw("labels", one.transaction_id.clone(), one.to_json(), one.known_at));
                let records: Vec<RawRecord> = records.collect();
                let newest = records.iter().map(|record| record.arrived_at.micros()).max().unwrap_or(0);
                self.clock.fetch_max(newest, Ordering::Relaxed);
                let result = handle_labels(&records, &self.context).await;
                anyhow::ensure!(result.failed.is_empty(), "{} labels were not stored", result.failed.len());
                Ok(())
            }
        }
    }
}

/// The shop's events until its last transaction, in batches of at most `size` of one kind, in their order.
pub(crate) fn batches(settings: Settings, size: usize) -> anyhow::Result<Vec<Batch>> {
    let total = settings.transactions;
    let (mut batches, mut orders, mut labels, mut seen) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for event in Generator::new(settings)? {
        match event.kind {
            EventKind::Transaction { transaction, .. } => {
                orders.push(*transaction);
                seen += 1;
                if orders.len() == size {
                    batches.push(Batch::Transactions(std::mem::take(&mut orders)));
                }
            }
            EventKind::Label(label) => labels.push(label),
        }
        if labels.len() == size {
            batches.push(Batch::Labels(std::mem::take(&mut labels)));
        }
        if seen == total {
            break;
        }
    }
    batches.push(Batch::Transactions(orders));
    batches.push(Batch::Labels(labels));
    Ok(batches)
}

fn raw(stream: &str, key: String, bytes: Vec<u8>, arrived_at: Timestamp) -> RawRecord {
    let sequence = arrived_at.micros().unsigned_abs().into();
    let position = Position { stream: stream.to_owned(), shard: "0".to_owned(), sequence, sub: 0 };
    RawRecord { position, key, bytes, arrived_at }
}
