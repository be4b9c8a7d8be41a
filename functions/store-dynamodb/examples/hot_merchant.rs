//! One merchant in every transaction against merchants as they come: eight shards, a process each, through a proxy that
//! adds latency and invents conflicts.
//!
//! `AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000 cargo run --release -p weir-store-dynamodb --features services
//! --example hot_merchant -- [transactions]`
#![expect(
    clippy::print_stdout,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a measurement prints what it found"
)]

#[path = "../tests/it/proxy.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod proxy;
#[expect(dead_code, reason = "shared with the other measurement")]
mod shop;
#[path = "../tests/it/support.rs"]
mod support;

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use weir_events::RawRecord;
use weir_generator::{EventKind, Generator, Settings};
use weir_keyring::MemoryKeyring;
use weir_store::Store;
use weir_store_dynamodb::{DynamoSettings, DynamoStore, WriteForm};

use self::proxy::{Faults, Proxy};
use self::shop::Process;

const SHARDS: usize = 8;
const BATCH: usize = 100;
const ROUNDS: usize = 3;
const FAULTS: Faults =
    Faults { conflicts: 5, throttled: 5, failed: 0, lost: 2, slow: 0, partial: 0, latency_us: 2_000 };

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let transactions = std::env::args().nth(1).map_or(Ok(8_000), |text| text.parse())?;
    println!("{transactions} transactions, {SHARDS} shards, a process each, batches of {BATCH}, {FAULTS:?}");
    for round in 0..ROUNDS {
        let uniform = run(transactions, false, round).await?;
        let hot = run(transactions, true, round).await?;
        println!("hot / uniform: {:.2}", hot / uniform);
    }
    Ok(())
}

/// Decides everything; answers the rate.
async fn run(transactions: u64, is_hot: bool, round: usize) -> anyhow::Result<f64> {
    let proxy = Proxy::start(&support::endpoint(), FAULTS).await;
    // One machine that does everything is slow, not broken. Batches of several writers that meet wait for each other's
    // locks in DynamoDB Local, up to its timeout; single writes do not.
    let patient = DynamoSettings {
        write_form: WriteForm::Single,
        attempt_timeout: Duration::from_secs(20),
        deadline: Duration::from_secs(60),
        concurrency: 4,
        ..support::settings()
    };
    let tables = support::Tables::new(patient, &proxy.address).await;
    let keyring = Arc::new(MemoryKeyring::new()?);
    let shards = shards(transactions, is_hot, round, &keyring).await?;
    let (start, mut running, failed) = (Instant::now(), JoinSet::new(), Arc::new(AtomicU64::new(0)));
    let mut processes = Vec::new();
    for records in shards {
        let store = Arc::new(tables.store());
        let process = Arc::new(Process::new(Arc::clone(&store) as Arc<dyn Store>, &keyring, 4)?);
        processes.push((Arc::clone(&process), store));
        let failed = Arc::clone(&failed);
        running.spawn(async move {
            for batch in records.chunks(BATCH) {
                // As a stream does: the same batch again.
                while process.decide(batch).await.is_err() {
                    failed.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
    }
    while let Some(ended) = running.join_next().await {
        ended?;
    }
    let rate = transactions as f64 / start.elapsed().as_secs_f64();
    let conflicts: u64 =
        processes.iter().map(|(process, _)| process.context.metrics().counted().conflicts).sum();
    let requests: u64 = processes.iter().map(|(_, store)| store.stats().requests).sum();
    let decided = stored(&processes[0].1).await?;
    anyhow::ensure!(decided == transactions, "{decided} decisions of {transactions}");
    println!(
        "{:<8}{rate:>8.0}/s, {conflicts} commits refused, {} batches given back, {:.2} requests a decision",
        if is_hot { "hot" } else { "uniform" },
        failed.load(Ordering::Relaxed),
        requests as f64 / transactions as f64,
    );
    Ok(rate)
}

async fn stored(store: &DynamoStore) -> anyhow::Result<u64> {
    Ok(store.counts().await?.decisions)
}

/// Sealed transactions by shard of their customer.
async fn shards(
    transactions: u64,
    is_hot: bool,
    round: usize,
    keyring: &Arc<MemoryKeyring>,
) -> anyhow::Result<Vec<Vec<RawRecord>>> {
    let settings = Settings { transactions, seed: round as u64 + 1, ..Settings::default() };
    let orders = Generator::new(settings)?.filter_map(|event| match event.kind {
        EventKind::Transaction { transaction, .. } => Some(*transaction),
        EventKind::Label(_) => None,
    });
    let mut shards = vec![Vec::new(); SHARDS];
    let sealing = Process::new(Arc::new(weir_store::MemoryStore::new()), keyring, 4)?;
    let mut sealed = sealing.seal_at(orders.collect(), is_hot).await?;
    for record in sealed.drain(..) {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(&record.key);
        shards[hash as usize % SHARDS].push(record);
    }
    Ok(shards)
}
