//! Reading a whole outbox, whatever its shards.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a check fails by panicking")]

use std::time::{Duration, Instant};

use crate::{Outbox, OutboxRecord, StoreError};

/// How long entries may take to come.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long one look waits.
const WAIT: Duration = Duration::from_millis(20);

pub(super) async fn all(outbox: &dyn Outbox, at_least: usize) -> Vec<OutboxRecord> {
    let started = Instant::now();
    loop {
        let found = look(outbox).await;
        if found.len() >= at_least {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "{} entries of {at_least}", found.len());
    }
}

/// Every shard from its beginning, parents first.
async fn look(outbox: &dyn Outbox) -> Vec<OutboxRecord> {
    let mut shards = outbox.shards().await.unwrap();
    let mut found = Vec::new();
    while !shards.is_empty() {
        let waits = |id: &String| shards.iter().any(|shard| shard.id == *id);
        let next = shards.iter().position(|shard| !shard.parents.iter().any(waits)).unwrap();
        found.extend(shard(outbox, &shards.remove(next).id).await);
    }
    found
}

async fn shard(outbox: &dyn Outbox, shard: &str) -> Vec<OutboxRecord> {
    let mut found: Vec<OutboxRecord> = Vec::new();
    loop {
        let after = found.last().map(|record| &record.sequence);
        match outbox.read(shard, after, 1_000, WAIT).await {
            Ok(page) if page.is_empty() => return found,
            Ok(page) => found.extend(page),
            Err(StoreError::OutboxShardClosed { .. }) => return found,
            Err(error) => panic!("{error}"),
        }
    }
}
