//! The switch outside the disk: power, space, speed, and what the disk has counted.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::Disk;

/// What the disk has counted since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Syncs of files.
    pub file_syncs: u64,
    /// Syncs of directories.
    pub directory_syncs: u64,
    /// Writes.
    pub writes: u64,
    /// Bytes written.
    pub bytes_written: u64,
    /// Writes and new names that found no space.
    pub refused_full: u64,
    /// Power cuts.
    pub cuts: u64,
    /// Unsynced pages that cuts have lost.
    pub pages_lost: u64,
    /// Unsynced changes of names that cuts have lost.
    pub names_lost: u64,
}

impl fmt::Display for Counters {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "file_syncs {} directory_syncs {} writes {} bytes_written {} refused_full {} cuts {} pages_lost {} \
             names_lost {}",
            self.file_syncs,
            self.directory_syncs,
            self.writes,
            self.bytes_written,
            self.refused_full,
            self.cuts,
            self.pages_lost,
            self.names_lost
        )
    }
}

/// Controls a disk while programs use it; clones control the same one.
#[derive(Clone)]
pub struct Switch {
    disk: Arc<Mutex<Disk>>,
    sync_micros: Arc<AtomicU64>,
}

impl Switch {
    /// A switch on a disk.
    pub fn new(disk: Disk) -> Self {
        Self { disk: Arc::new(Mutex::new(disk)), sync_micros: Arc::default() }
    }

    /// The disk itself, held by the caller for as long as it keeps the guard.
    pub fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Cuts the power; see [`Disk::cut`].
    pub fn cut(&self, seed: Option<u64>) {
        self.disk().cut(seed);
    }

    /// Gives the power back.
    pub fn power_on(&self) {
        self.disk().power_on();
    }

    /// Leaves no space.
    pub fn fill(&self) {
        self.disk().fill();
    }

    /// Leaves space for so many bytes more.
    pub fn leave(&self, bytes: u64) {
        self.disk().leave(bytes);
    }

    /// Gives space again.
    pub fn free(&self) {
        self.disk().free();
    }

    /// Lets every sync take this long.
    pub fn slow(&self, each: Duration) {
        self.sync_micros.store(u64::try_from(each.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// How long a sync takes.
    pub fn sync_takes(&self) -> Duration {
        Duration::from_micros(self.sync_micros.load(Ordering::Relaxed))
    }

    /// What was counted so far.
    pub fn counters(&self) -> Counters {
        self.disk().counters
    }
}
