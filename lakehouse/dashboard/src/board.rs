//! What happened lately, in memory, shared by the scorer and the page.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde::Serialize;
use tokio::sync::watch;
use weir_events::{Decision, Outcome};

use crate::histogram::Histogram;
use crate::window::Window;
use crate::{Alert, Latency, Outcomes, Snapshot, Survival};

/// Alerts that the page lists.
pub const KEPT_ALERTS: usize = 50;
/// Whole seconds that the rate is taken over.
const RATE_SECONDS: u64 = 10;
const MINUTE: u64 = 60;

/// What the process counted so far; each number only grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Transactions that ingest took.
    pub accepted: u64,
    /// Transactions that ingest refused.
    pub rejected: u64,
    /// Decisions committed.
    pub decided: u64,
    /// Labels taken.
    pub labels: u64,
    /// Decisions that a table of the lake holds.
    pub in_lake: u64,
    /// Records set aside.
    pub dead_letters: u64,
}

/// The live numbers. Recording takes well under a microsecond but for alerts, which are copied.
pub struct Board {
    started: Instant,
    inner: Mutex<Inner>,
    closed: watch::Sender<bool>,
}

struct Inner {
    counters: Counters,
    outcomes: Outcomes,
    latency: Histogram,
    window: Window,
    alerts: VecDeque<Alert>,
    alert_sequence: u64,
    survival: Option<Survival>,
}

impl Inner {
    fn alert(&mut self, decision: &Decision) {
        self.alert_sequence += 1;
        let alert = Alert::new(self.alert_sequence, decision);
        self.alerts.truncate(KEPT_ALERTS - 1);
        self.alerts.push_front(alert);
    }
}

impl Default for Board {
    fn default() -> Self {
        Self::new()
    }
}

impl Board {
    /// An empty board that starts to count now.
    pub fn new() -> Self {
        let inner = Inner {
            counters: Counters::default(),
            outcomes: Outcomes::default(),
            latency: Histogram::new(),
            window: Window::new(),
            alerts: VecDeque::with_capacity(KEPT_ALERTS),
            alert_sequence: 0,
            survival: None,
        };
        Self { started: Instant::now(), inner: Mutex::new(inner), closed: watch::Sender::new(false) }
    }

    /// Takes a committed decision in, as of now.
    pub fn record(&self, decision: &Decision) {
        self.record_at(decision, self.second());
    }

    /// Lists an alert of an earlier run again; it counts in none of the live numbers.
    pub fn restore_alert(&self, decision: &Decision) {
        self.lock().alert(decision);
    }

    /// Sets what the process counted.
    pub fn set_counters(&self, counters: Counters) {
        self.lock().counters = counters;
    }

    /// Sets what became of the traffic, where things are broken on purpose.
    pub fn set_survival(&self, survival: Survival) {
        self.lock().survival = Some(survival);
    }

    /// The board as of now.
    pub fn snapshot(&self) -> Snapshot {
        self.snapshot_at(self.second())
    }

    /// The latest alerts, newest first.
    pub fn alerts(&self) -> Vec<Alert> {
        self.lock().alerts.iter().cloned().collect()
    }

    /// Ends every live connection, now and from now on, so that a server that waits for its connections can stop.
    pub fn close(&self) {
        self.closed.send_replace(true);
    }

    pub(crate) fn closed(&self) -> watch::Receiver<bool> {
        self.closed.subscribe()
    }

    fn second(&self) -> u64 {
        self.started.elapsed().as_secs()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Each change is complete before the lock is given back, so a panic elsewhere leaves usable numbers.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record_at(&self, decision: &Decision, second: u64) {
        let latency = decision.decided_at.micros().saturating_sub(decision.arrived_at.micros()).max(0) as u64;
        let mut inner = self.lock();
        inner.outcomes.count(decision.outcome);
        inner.latency.record(latency);
        inner.window.record(second, decision.outcome, latency);
        if decision.outcome != Outcome::Approve {
            inner.alert(decision);
        }
    }

    fn snapshot_at(&self, now: u64) -> Snapshot {
        let inner = self.lock();
        let rate_seconds = now.clamp(1, RATE_SECONDS);
        Snapshot {
            uptime_seconds: now,
            counters: inner.counters,
            decisions_per_second: inner.window.outcomes(now, RATE_SECONDS).total() as f64
                / rate_seconds as f64,
            outcomes: inner.outcomes,
            alert_share: inner.outcomes.alert_share(),
            alert_share_last_minute: inner.window.outcomes(now, MINUTE).alert_share(),
            latency: latency(&inner, now),
            seconds: inner.window.series(now),
            alert_sequence: inner.alert_sequence,
            chaos: inner.survival,
        }
    }
}

/// Latency of the last minute, or of everything if nothing was decided in it.
fn latency(inner: &Inner, now: u64) -> Option<Latency> {
    let minute = inner.window.latency(now, MINUTE);
    let is_last_minute = minute.total() > 0;
    let histogram = if is_last_minute { &minute } else { &inner.latency };
    Some(Latency {
        is_last_minute,
        count: histogram.total(),
        p50_ms: histogram.quantile_ms(0.50)?,
        p95_ms: histogram.quantile_ms(0.95)?,
        p99_ms: histogram.quantile_ms(0.99)?,
    })
}

#[cfg(test)]
#[path = "board_tests.rs"]
mod tests;
