//! What a decision costs after days of a made-up shop: request units as the service tells them and from the sizes of
//! items, requests, and the program's own processor time.
//!
//! `AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000 cargo run --release -p weir-store-dynamodb --features services
//! --example request_units -- [transactions] [measured] [kinds] [warming] [batch|single|transaction]`
#![expect(
    clippy::print_stdout,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a measurement prints what it found"
)]

mod metered;
mod processor;
mod shop;
mod sizes;
#[path = "../tests/it/support.rs"]
mod support;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use weir_events::EntityKind;
use weir_generator::Settings;
use weir_keyring::MemoryKeyring;
use weir_store::{Changes, MemoryStore, PartKey, PartWrite, StateWrite, Store};

use weir_store_dynamodb::{DynamoSettings, WriteForm};

use self::metered::Metered;
use self::shop::{Batch, Process, batches};

const BATCH: usize = 100;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let numbers = std::env::args().skip(1).take(4);
    let numbers: Vec<u64> = numbers.map(|text| text.parse()).collect::<Result<_, _>>()?;
    // DynamoDB Local tells no units for batches; single writes take the same.
    let write_form = match std::env::args().nth(5).as_deref() {
        Some("batch") => WriteForm::Batch,
        Some("transaction") => WriteForm::Transaction,
        _ => WriteForm::Single,
    };
    let transactions = numbers.first().copied().unwrap_or(Settings::default().transactions);
    let measured = numbers.get(1).copied().unwrap_or(5_000);
    // 4: customer, merchant, card and device alone; else IP and address too.
    let kinds = numbers.get(2).copied().unwrap_or(4);
    // What comes before the measured ones over DynamoDB, so that the process remembers what it wrote.
    let warming = numbers.get(3).copied().unwrap_or(0);
    let keyring = Arc::new(MemoryKeyring::new()?);
    let memory = Arc::new(MemoryStore::new());
    let mut history = batches(Settings { transactions, ..Settings::default() }, BATCH)?;
    let first = split(&history, measured + warming);
    let rest = history.split_off(first);
    let before = Process::new(Arc::clone(&memory) as Arc<dyn Store>, &keyring, kinds)?;
    for batch in history {
        before.handle(batch).await?;
    }
    let units_are_asked = write_form == WriteForm::Single;
    let settings = DynamoSettings { write_form, units_are_asked, ..support::settings() };
    let tables = support::Tables::new(settings, &support::endpoint()).await;
    let dynamo = Arc::new(tables.store());
    copy(&*memory, &*dynamo).await?;
    println!(
        "{transactions} transactions of {} days, the last {measured} over DynamoDB in batches of {BATCH}",
        Settings::default().days
    );
    let metered = Arc::new(Metered::new(&dynamo));
    let process = Process::new(Arc::clone(&metered) as Arc<dyn Store>, &keyring, kinds)?;
    let mut decided = Spent::default();
    let mut labelled = Spent::default();
    let mut left = warming;
    for batch in rest {
        if left > 0 {
            if let Batch::Transactions(some) = &batch {
                left = left.saturating_sub(some.len() as u64);
            }
            process.handle(batch).await?;
            continue;
        }
        let (start, stats, processor) = (Instant::now(), dynamo.stats(), processor::time());
        let (spent, count) = match &batch {
            Batch::Transactions(some) => (&mut decided, some.len()),
            Batch::Labels(some) => (&mut labelled, some.len()),
        };
        // Sealing is the door's work.
        let (start, processor) = match batch {
            Batch::Transactions(some) => {
                let records = process.seal(some).await?;
                let from = (Instant::now(), processor::time());
                process.decide(&records).await?;
                from
            }
            labels @ Batch::Labels(_) => {
                process.handle(labels).await?;
                (start, processor)
            }
        };
        let now = dynamo.stats();
        spent.events += count as u64;
        spent.requests += now.requests - stats.requests;
        spent.items += now.items - stats.items;
        spent.read += now.read_units - stats.read_units;
        spent.write += now.write_units - stats.write_units;
        spent.elapsed += start.elapsed();
        spent.processor += processor::time().saturating_sub(processor);
    }
    decided.tell("decision");
    let [heads, transactions, transacted] = [&metered.heads, &metered.transactions, &metered.transacted]
        .map(|counter| counter.load(Ordering::Relaxed) as f64 / (measured + warming) as f64);
    println!(
        "from sizes, a decision: {heads:.2} write units for heads alone, {transacted:.2} for {transactions:.3} \
         transactions of a head with pieces, 1 for the item"
    );
    labelled.tell("label");
    sizes::tell(&support::client(&support::endpoint()), dynamo.settings()).await
}

/// Index of the first of the batches with the last `measured` transactions.
fn split(history: &[Batch], measured: u64) -> usize {
    let mut left = measured;
    for (index, batch) in history.iter().enumerate().rev() {
        if let Batch::Transactions(some) = batch {
            left = left.saturating_sub(some.len() as u64);
            if left == 0 {
                return index;
            }
        }
    }
    0
}

/// Everything in one store into another.
async fn copy(from: &dyn Store, to: &dyn Store) -> anyhow::Result<()> {
    for kind in EntityKind::ALL {
        let mut after = None;
        loop {
            let page = from.list_states(kind, after, 500).await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            let mut states = Vec::with_capacity(page.len());
            for (entity, stored) in page {
                let numbers = weir_features::EntityState::read(&stored.bytes)?.part_numbers();
                let keys: Vec<PartKey> =
                    numbers.iter().map(|number| PartKey { entity, number: *number }).collect();
                let found = from.parts(&keys).await?;
                let parts = numbers
                    .into_iter()
                    .zip(found)
                    .filter_map(|(number, bytes)| Some(PartWrite { number, bytes: bytes? }));
                states.push(StateWrite {
                    entity,
                    expected: 0,
                    bytes: stored.bytes,
                    parts: parts.collect(),
                    removed: Vec::new(),
                });
            }
            to.commit(Changes { states, ..Changes::default() }).await?;
        }
    }
    Ok(())
}

/// What some events took.
#[derive(Default)]
struct Spent {
    events: u64,
    items: u64,
    requests: u64,
    read: f64,
    write: f64,
    elapsed: Duration,
    processor: Duration,
}

impl Spent {
    fn tell(&self, what: &str) {
        let per = |total: f64| total / self.events.max(1) as f64;
        println!(
            "{:>6} {what}s: {:.2} write units, {:.2} read units, {:.3} requests, {:.0} us own processor time each, \
             {:.0}/s; {:.2} items written each, {:.0}/s",
            self.events,
            per(self.write),
            per(self.read),
            per(self.requests as f64),
            per(self.processor.as_secs_f64()) * 1e6,
            self.events as f64 / self.elapsed.as_secs_f64().max(1e-9),
            per(self.items as f64),
            self.items as f64 / self.elapsed.as_secs_f64().max(1e-9),
        );
    }
}
