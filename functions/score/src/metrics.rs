//! What this process has counted.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use weir_events::{DeadLetterReason, Decision, Outcome};

/// Counters since the process started; reading one never waits.
#[derive(Debug, Default)]
pub struct Metrics {
    decided: AtomicU64,
    approved: AtomicU64,
    reviewed: AtomicU64,
    declined: AtomicU64,
    repeated: AtomicU64,
    undecodable: AtomicU64,
    id_reused: AtomicU64,
    currency: AtomicU64,
    labels: AtomicU64,
    label_effects: AtomicU64,
    conflicts: AtomicU64,
    failed_batches: AtomicU64,
}

/// The counters at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// Decisions committed.
    pub decided: u64,
    /// Of these approved.
    pub approved: u64,
    /// Of these to be reviewed.
    pub reviewed: u64,
    /// Of these declined.
    pub declined: u64,
    /// Records that had their decision already.
    pub repeated: u64,
    /// Dead letters: not an event of this schema.
    pub undecodable: u64,
    /// Dead letters: an id used before with other content.
    pub id_reused: u64,
    /// Dead letters: another currency.
    pub currency: u64,
    /// Labels stored.
    pub labels: u64,
    /// Label effects committed.
    pub label_effects: u64,
    /// Commits refused because somebody else wrote in between.
    pub conflicts: u64,
    /// Batches that were handed back.
    pub failed_batches: u64,
}

impl Metrics {
    /// The counters now; each is exact, together they may be of slightly different moments.
    pub fn counted(&self) -> Counted {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counted {
            decided: read(&self.decided),
            approved: read(&self.approved),
            reviewed: read(&self.reviewed),
            declined: read(&self.declined),
            repeated: read(&self.repeated),
            undecodable: read(&self.undecodable),
            id_reused: read(&self.id_reused),
            currency: read(&self.currency),
            labels: read(&self.labels),
            label_effects: read(&self.label_effects),
            conflicts: read(&self.conflicts),
            failed_batches: read(&self.failed_batches),
        }
    }

    pub(crate) fn decided(&self, decisions: &[&Decision]) {
        for decision in decisions {
            add(&self.decided, 1);
            add(
                match decision.outcome {
                    Outcome::Approve => &self.approved,
                    Outcome::Review => &self.reviewed,
                    Outcome::Decline => &self.declined,
                },
                1,
            );
        }
    }

    pub(crate) fn dead_letter(&self, reason: DeadLetterReason) {
        let counter = match reason {
            DeadLetterReason::Undecodable => &self.undecodable,
            DeadLetterReason::IdReused => &self.id_reused,
            DeadLetterReason::Currency => &self.currency,
        };
        add(counter, 1);
    }

    pub(crate) fn repeated(&self, count: usize) {
        add(&self.repeated, count as u64);
    }

    pub(crate) fn labelled(&self, labels: usize, effects: usize) {
        add(&self.labels, labels as u64);
        add(&self.label_effects, effects as u64);
    }

    pub(crate) fn conflict(&self) {
        add(&self.conflicts, 1);
    }

    pub(crate) fn failed_batch(&self) {
        add(&self.failed_batches, 1);
    }
}

fn add(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Ordering::Relaxed);
}
