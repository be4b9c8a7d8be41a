//! What an embedded store has counted since it was opened.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::EmbeddedStore;

/// Counters that the writer keeps.
#[derive(Debug, Default)]
pub(super) struct Counters {
    commits: AtomicU64,
    groups: AtomicU64,
    write_micros: AtomicU64,
    longest_write_micros: AtomicU64,
}

/// The counters at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoreStats {
    /// Commits and trims that wait for the thread that writes.
    pub queued: usize,
    /// Commits written.
    pub commits: u64,
    /// Batches of the engine that carried them, one sync each with [`Durability::Power`](crate::Durability::Power).
    pub groups: u64,
    /// Time that these took together, the sync in it.
    pub write_time: Duration,
    /// The longest of them.
    pub longest_write: Duration,
    /// Newest sequence of the outbox.
    pub newest: u64,
    /// Bytes on disk of states, their pieces, items and the outbox.
    pub bytes: [(&'static str, u64); 4],
}

impl Counters {
    pub(super) fn wrote(&self, commits: usize, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.commits.fetch_add(commits as u64, Ordering::Relaxed);
        self.groups.fetch_add(1, Ordering::Relaxed);
        self.write_micros.fetch_add(micros, Ordering::Relaxed);
        self.longest_write_micros.fetch_max(micros, Ordering::Relaxed);
    }
}

impl EmbeddedStore {
    /// What was counted since the store was opened; reading it never waits.
    pub fn stats(&self) -> StoreStats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let micros = |counter: &AtomicU64| Duration::from_micros(read(counter));
        let (tables, counters) = (&self.tables, &self.counters);
        let commands = self.commands.as_ref();
        StoreStats {
            queued: commands.map_or(0, |commands| commands.max_capacity() - commands.capacity()),
            commits: read(&counters.commits),
            groups: read(&counters.groups),
            write_time: micros(&counters.write_micros),
            longest_write: micros(&counters.longest_write_micros),
            newest: *self.newest.borrow(),
            bytes: [
                ("states", tables.states.disk_space()),
                ("parts", tables.parts.disk_space()),
                ("items", tables.items.disk_space()),
                ("outbox", tables.outbox.disk_space()),
            ],
        }
    }
}
