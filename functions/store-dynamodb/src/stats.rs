//! What was asked of the service, and what it took.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::types::ConsumedCapacity;

/// Counters since the store was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DynamoStats {
    /// Requests sent, those tried again counted again.
    pub requests: u64,
    /// Read units that the service says it took.
    pub read_units: f64,
    /// Write units that the service says it took.
    pub write_units: f64,
    /// Items written or removed.
    pub items: u64,
    /// Requests or statements that were tried again.
    pub retries: u64,
    /// Of these, for throttling.
    pub throttles: u64,
    /// Writes that were refused because of their condition.
    pub conflicts: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    requests: AtomicU64,
    /// Tenths of units: they come in halves.
    read_tenths: AtomicU64,
    write_tenths: AtomicU64,
    items: AtomicU64,
    retries: AtomicU64,
    throttles: AtomicU64,
    conflicts: AtomicU64,
}

impl Counters {
    pub(crate) fn request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn read(&self, capacity: &[ConsumedCapacity]) {
        self.read_tenths.fetch_add(tenths(capacity), Ordering::Relaxed);
    }

    pub(crate) fn write(&self, capacity: &[ConsumedCapacity]) {
        self.write_tenths.fetch_add(tenths(capacity), Ordering::Relaxed);
    }

    pub(crate) fn items(&self, count: usize) {
        self.items.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(crate) fn retry(&self, is_throttled: bool) {
        self.retries.fetch_add(1, Ordering::Relaxed);
        self.throttles.fetch_add(u64::from(is_throttled), Ordering::Relaxed);
    }

    pub(crate) fn conflicts(&self, count: usize) {
        self.conflicts.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(crate) fn stats(&self) -> DynamoStats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        DynamoStats {
            requests: read(&self.requests),
            read_units: read(&self.read_tenths) as f64 / 10.0,
            write_units: read(&self.write_tenths) as f64 / 10.0,
            items: read(&self.items),
            retries: read(&self.retries),
            throttles: read(&self.throttles),
            conflicts: read(&self.conflicts),
        }
    }
}

fn tenths(capacity: &[ConsumedCapacity]) -> u64 {
    let units: f64 = capacity.iter().filter_map(ConsumedCapacity::capacity_units).sum();
    (units * 10.0).round() as u64
}
