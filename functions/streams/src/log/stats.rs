//! What a log has counted since it was opened.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::LogStreams;

/// Counters of one shard.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    records: AtomicU64,
    bytes: AtomicU64,
    syncs: AtomicU64,
    sync_micros: AtomicU64,
    longest_sync_micros: AtomicU64,
    segments_removed: AtomicU64,
}

/// The counters of one stream at one moment, its shards together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamStats {
    /// Records written.
    pub records: u64,
    /// Bytes written.
    pub bytes: u64,
    /// Syncs of segments; none with [`Durability::Process`](crate::Durability::Process).
    pub syncs: u64,
    /// Time that these took together; shards sync side by side.
    pub sync_time: Duration,
    /// The longest of them.
    pub longest_sync: Duration,
    /// Segments removed since nobody needed them any more.
    pub segments_removed: u64,
}

impl Counters {
    pub(crate) fn written(&self, records: usize, bytes: usize) {
        self.records.fetch_add(records as u64, Ordering::Relaxed);
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(crate) fn synced(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.syncs.fetch_add(1, Ordering::Relaxed);
        self.sync_micros.fetch_add(micros, Ordering::Relaxed);
        self.longest_sync_micros.fetch_max(micros, Ordering::Relaxed);
    }

    pub(crate) fn removed(&self) {
        self.segments_removed.fetch_add(1, Ordering::Relaxed);
    }

    fn add_to(&self, stats: &mut StreamStats) {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        stats.records += read(&self.records);
        stats.bytes += read(&self.bytes);
        stats.syncs += read(&self.syncs);
        stats.sync_time += Duration::from_micros(read(&self.sync_micros));
        stats.longest_sync = stats.longest_sync.max(Duration::from_micros(read(&self.longest_sync_micros)));
        stats.segments_removed += read(&self.segments_removed);
    }
}

impl LogStreams {
    /// What was counted of each stream since the log was opened.
    pub fn stats(&self) -> impl Iterator<Item = (&str, StreamStats)> {
        self.streams.iter().map(|(name, stream)| {
            let mut stats = StreamStats::default();
            stream.shards.iter().for_each(|shard| shard.counters.add_to(&mut stats));
            (name.as_str(), stats)
        })
    }

    /// Publishers that wait for the thread that writes.
    pub fn queued(&self) -> usize {
        self.queue.as_ref().map_or(0, |queue| queue.max_capacity() - queue.capacity())
    }
}
