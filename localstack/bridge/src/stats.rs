//! Numbers of a running mapping.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Numbers of a mapping, by shard; cheap to read while it runs.
#[derive(Debug, Default)]
pub struct Stats {
    shards: Mutex<BTreeMap<String, Arc<Counters>>>,
}

/// Numbers of one shard, or of all together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShardStats {
    /// Records done.
    pub done: u64,
    /// Calls of the handler.
    pub calls: u64,
    /// Calls that failed, in whole or in part.
    pub failures: u64,
    /// Of these, calls that panicked.
    pub panics: u64,
    /// Records given up.
    pub given_up: u64,
    /// Times that the source could not be read or a checkpoint not be written.
    pub port_errors: u64,
    /// Places passed that could never be read.
    pub gaps: u64,
    /// Records that wait, when last asked; 0 if the source cannot tell.
    pub lag: u64,
    /// Milliseconds since the last record in work came, when it was done or failed; 0 if nothing waits or the source
    /// cannot tell. Of all shards together it is the greatest.
    pub age_ms: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) done: AtomicU64,
    pub(crate) calls: AtomicU64,
    pub(crate) failures: AtomicU64,
    pub(crate) panics: AtomicU64,
    pub(crate) given_up: AtomicU64,
    pub(crate) port_errors: AtomicU64,
    pub(crate) gaps: AtomicU64,
    pub(crate) lag: AtomicU64,
    pub(crate) age_ms: AtomicU64,
}

/// Adds to a counter.
pub(crate) fn add(counter: &AtomicU64, number: u64) {
    counter.fetch_add(number, Ordering::Relaxed);
}

impl Counters {
    fn read(&self) -> ShardStats {
        let number = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        ShardStats {
            done: number(&self.done),
            calls: number(&self.calls),
            failures: number(&self.failures),
            panics: number(&self.panics),
            given_up: number(&self.given_up),
            port_errors: number(&self.port_errors),
            gaps: number(&self.gaps),
            lag: number(&self.lag),
            age_ms: number(&self.age_ms),
        }
    }
}

impl Stats {
    pub(crate) fn shard(&self, shard: &str) -> Arc<Counters> {
        let mut shards = self.shards.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(shards.entry(shard.to_owned()).or_default())
    }

    /// The numbers of each shard.
    pub fn by_shard(&self) -> BTreeMap<String, ShardStats> {
        let shards = self.shards.lock().unwrap_or_else(PoisonError::into_inner);
        shards.iter().map(|(shard, counters)| (shard.clone(), counters.read())).collect()
    }

    /// The numbers of all shards together.
    pub fn total(&self) -> ShardStats {
        self.by_shard().into_values().fold(ShardStats::default(), |sum, shard| ShardStats {
            done: sum.done + shard.done,
            calls: sum.calls + shard.calls,
            failures: sum.failures + shard.failures,
            panics: sum.panics + shard.panics,
            given_up: sum.given_up + shard.given_up,
            port_errors: sum.port_errors + shard.port_errors,
            gaps: sum.gaps + shard.gaps,
            lag: sum.lag + shard.lag,
            age_ms: sum.age_ms.max(shard.age_ms),
        })
    }
}
