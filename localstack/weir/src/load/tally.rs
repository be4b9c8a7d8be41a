//! What has come of the load so far; read while it runs.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;

use super::latency::Latencies;

/// Reasons of rejections that are kept.
const KEPT_REASONS: usize = 5;

/// How late a request may leave before it counts as late.
const LATE: Duration = Duration::from_millis(10);

/// Items of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Items {
    /// Sent at least once.
    pub(crate) sent: u64,
    /// Taken by the system.
    pub(crate) accepted: u64,
    /// Refused for what they are; sending them again would not help.
    pub(crate) rejected: u64,
    /// Sent again and again until patience ran out; whether they were taken is unknown.
    pub(crate) given_up: u64,
}

/// Requests that did not end well, by kind; each was sent again but the refused ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Errors {
    /// Told to come back later (429).
    pub(crate) busy: u64,
    /// Failed on the other side (5xx).
    pub(crate) server: u64,
    /// Not answered in time.
    pub(crate) timeouts: u64,
    /// Connections refused or broken.
    pub(crate) broken: u64,
    /// Refused as a whole (4xx).
    pub(crate) refused: u64,
}

/// Everything that is counted.
#[derive(Debug)]
pub(crate) struct Counts {
    pub(crate) transactions: Items,
    pub(crate) labels: Items,
    pub(crate) requests: u64,
    pub(crate) errors: Errors,
    /// Requests that left later than they were due, and how late the latest was.
    pub(crate) late: u64,
    pub(crate) latest: Duration,
    /// Why the first were rejected.
    pub(crate) reasons: Vec<String>,
    /// From the scheduled moment to the answer.
    pub(crate) answered: Latencies,
    /// From the scheduled moment to the committed decision.
    pub(crate) decided: Latencies,
    /// Sampled transactions whose decision was not found in time.
    pub(crate) undecided: u64,
    /// From the start to the last answer to transactions.
    pub(crate) elapsed: Duration,
}

/// The counts behind a lock that is hardly ever contended: one thread writes, a progress line reads.
#[derive(Debug)]
pub(crate) struct Tally(Mutex<Counts>);

impl Tally {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Counts {
            transactions: Items::default(),
            labels: Items::default(),
            requests: 0,
            errors: Errors::default(),
            late: 0,
            latest: Duration::ZERO,
            reasons: Vec::new(),
            answered: Latencies::new(),
            decided: Latencies::new(),
            undecided: 0,
            elapsed: Duration::ZERO,
        }))
    }

    /// The counts; held for a moment only.
    pub(crate) fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    /// A request leaves so much after it was due.
    pub(super) fn left(&mut self, delay: Duration) {
        if delay > LATE {
            self.late += 1;
        }
        self.latest = self.latest.max(delay);
    }

    pub(super) fn keep(&mut self, reason: impl FnOnce() -> String) {
        if self.reasons.len() < KEPT_REASONS {
            self.reasons.push(reason());
        }
    }
}
