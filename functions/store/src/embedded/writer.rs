//! The one thread that writes: while it syncs a group, the next one gathers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use fjall::PersistMode;
use tokio::sync::{mpsc, oneshot, watch};

use super::group::Group;
use super::home::Tables;
use super::layout::{HEAD_KEY, Head};
use super::prepared::Prepared;
use super::stats::Counters;
use super::versions::Versions;
use crate::StoreError;

/// Commits that one sync may carry.
const GROUP_LIMIT: usize = 256;
/// Outbox entries forgotten by one batch.
const TRIM_LIMIT: u64 = 4096;

/// Where the writer answers.
pub(super) type Answer = oneshot::Sender<Result<(), StoreError>>;

/// What the writer is asked to do.
pub(super) enum Command {
    /// Write changes.
    Commit(Prepared, Answer),
    /// Forget outbox entries up to a sequence.
    Trim(u64, Answer),
}

/// Owns every write.
pub(super) struct Writer {
    pub(super) tables: Arc<Tables>,
    pub(super) head: Head,
    pub(super) mode: PersistMode,
    pub(super) newest: watch::Sender<u64>,
    pub(super) versions: Versions,
    pub(super) counters: Arc<Counters>,
    /// Set when a write has failed.
    pub(super) failed: Arc<AtomicBool>,
}

impl Writer {
    /// Works until the store is dropped.
    pub(super) fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut waiting = Vec::with_capacity(GROUP_LIMIT);
        while commands.blocking_recv_many(&mut waiting, GROUP_LIMIT) > 0 {
            let mut commits = Vec::new();
            let mut trims = Vec::new();
            for command in waiting.drain(..) {
                match command {
                    Command::Commit(prepared, answer) => commits.push((prepared, answer)),
                    Command::Trim(sequence, answer) => trims.push((sequence, answer)),
                }
            }
            self.commit(commits);
            for (sequence, answer) in trims {
                // Whoever asked may have gone; the work is done all the same.
                let _ = answer.send(self.trim(sequence));
            }
        }
    }

    fn commit(&mut self, commits: Vec<(Prepared, Answer)>) {
        let mut group = Group::new(&self.tables, &mut self.versions, self.head);
        let mut taken = Vec::with_capacity(commits.len());
        for (prepared, answer) in commits {
            match group.take(prepared) {
                Ok(()) => taken.push(answer),
                Err(error) => {
                    let _ = answer.send(Err(error));
                }
            }
        }
        if taken.is_empty() {
            return;
        }
        let begun = Instant::now();
        match group.write(self.mode) {
            Ok(head) => {
                self.counters.wrote(taken.len(), begun.elapsed());
                self.acknowledge(head, taken);
            }
            Err(error) => {
                self.failed.store(true, Ordering::Relaxed);
                self.refuse(&error, taken);
            }
        }
    }

    fn acknowledge(&mut self, head: Head, taken: Vec<Answer>) {
        self.head = head;
        self.newest.send_replace(head.newest);
        for answer in taken {
            let _ = answer.send(Ok(()));
        }
    }

    fn refuse(&self, error: &StoreError, taken: Vec<Answer>) {
        for answer in taken {
            let _ = answer.send(Err(StoreError::Write {
                location: self.tables.path.display().to_string(),
                source: describe(error).into(),
            }));
        }
    }

    /// Not synced: a trim that a crash forgets is asked for again.
    fn trim(&mut self, sequence: u64) -> Result<(), StoreError> {
        let end = sequence.min(self.head.newest);
        while self.head.trimmed < end {
            let trimmed = end.min(self.head.trimmed + TRIM_LIMIT);
            let mut batch = self.tables.database.batch().durability(Some(PersistMode::Buffer));
            for forgotten in self.head.trimmed + 1..=trimmed {
                batch.remove(&self.tables.outbox, forgotten.to_be_bytes());
            }
            let head = Head { trimmed, ..self.head };
            batch.insert(&self.tables.meta, HEAD_KEY, head.encode());
            batch.commit().map_err(|error| self.tables.write_error(error))?;
            self.head = head;
            self.tables.recent.trim(trimmed);
        }
        Ok(())
    }
}

/// An error and its causes in one line, for every commit of a group that failed together.
fn describe(error: &StoreError) -> String {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
