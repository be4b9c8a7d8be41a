//! What a run comes to, as data and in words.

use std::time::Duration;

use serde::Serialize;

use super::latency::Percentiles;
use super::settings::{Endpoint, LoadSettings};
use super::tally::{Errors, Items, Tally};

/// The result of one run.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LoadReport {
    pub(crate) endpoint: Endpoint,
    /// Transactions a second that were asked for.
    pub(crate) rate: u64,
    /// Transactions a second that were taken, from the start to the last answer.
    pub(crate) achieved_rate: f64,
    /// From the start to the last answer.
    pub(crate) seconds: f64,
    /// Transactions that the schedule held.
    pub(crate) scheduled: u64,
    /// Of these never begun, since the time was over or the run was stopped.
    pub(crate) unsent: u64,
    pub(crate) transactions: Items,
    pub(crate) labels: Items,
    /// What every id begins with; the rest is a number from 1, eight digits or more.
    pub(crate) id_prefix: String,
    pub(crate) batch: usize,
    pub(crate) connections: usize,
    /// Requests answered or failed, repeated ones included.
    pub(crate) requests: u64,
    pub(crate) errors: Errors,
    /// Requests that left more than 10 ms after they were due.
    pub(crate) late_requests: u64,
    pub(crate) latest_ms: f64,
    pub(crate) reasons: Vec<String>,
    /// From the scheduled moment of a request to its answer, once for each of its transactions.
    pub(crate) latency_ms: Option<Percentiles>,
    /// From the scheduled moment to the committed decision, of the sampled transactions.
    pub(crate) decided_ms: Option<Percentiles>,
    pub(crate) undecided: u64,
    /// Processor time of the generator itself, where the operating system tells it.
    pub(crate) processor: Option<Processor>,
}

/// Processor time of the generator, in seconds: making bodies, keeping the time, sending.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Processor {
    pub(crate) making_seconds: f64,
    pub(crate) timing_seconds: f64,
    pub(crate) sending_seconds: f64,
    pub(crate) seconds_per_100k: f64,
}

impl Processor {
    fn new([making, timing, sending]: [Option<Duration>; 3], transactions: u64) -> Option<Self> {
        let [making_seconds, timing_seconds, sending_seconds] =
            [making?, timing?, sending?].map(|spent| spent.as_secs_f64());
        let all = making_seconds + timing_seconds + sending_seconds;
        let seconds_per_100k = all * 100_000.0 / transactions.max(1) as f64;
        Some(Self { making_seconds, timing_seconds, sending_seconds, seconds_per_100k })
    }
}

impl LoadReport {
    pub(super) fn new(
        settings: &LoadSettings,
        tally: &Tally,
        id_prefix: String,
        spent: [Option<Duration>; 3],
    ) -> Self {
        let counts = tally.counts();
        let (scheduled, transactions) = (settings.scheduled(), counts.transactions);
        let seconds = counts.elapsed.as_secs_f64();
        let achieved_rate = if seconds > 0.0 { transactions.accepted as f64 / seconds } else { 0.0 };
        Self {
            endpoint: settings.endpoint,
            rate: settings.rate,
            achieved_rate: (achieved_rate * 10.0).round() / 10.0,
            seconds,
            scheduled,
            unsent: scheduled.saturating_sub(transactions.sent),
            transactions,
            labels: counts.labels,
            id_prefix,
            batch: settings.request_size(),
            connections: settings.connections,
            requests: counts.requests,
            errors: counts.errors,
            late_requests: counts.late,
            latest_ms: counts.latest.as_secs_f64() * 1_000.0,
            reasons: counts.reasons.clone(),
            latency_ms: counts.answered.percentiles(),
            decided_ms: counts.decided.percentiles(),
            undecided: counts.undecided,
            processor: Processor::new(spent, transactions.sent),
        }
    }

    /// Whether every transaction that was begun was taken or refused for what it is.
    pub(crate) const fn is_complete(&self) -> bool {
        self.transactions.given_up == 0 && self.labels.given_up == 0
    }
}
