//! What a run comes to, as data and in words.

use std::time::Duration;

use serde::Serialize;

use super::latency::Percentiles;
use super::plot::{milliseconds, plot};
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
    pub(crate) processor_seconds: Option<f64>,
    pub(crate) processor_seconds_per_100k: Option<f64>,
}

impl LoadReport {
    pub(super) fn new(
        settings: &LoadSettings,
        tally: &Tally,
        id_prefix: String,
        spent: Option<Duration>,
    ) -> Self {
        let counts = tally.counts();
        let (scheduled, transactions) = (settings.scheduled(), counts.transactions);
        let seconds = counts.elapsed.as_secs_f64();
        let spent = spent.map(|spent| spent.as_secs_f64());
        let hundred_thousands = transactions.sent as f64 / 100_000.0;
        Self {
            endpoint: settings.endpoint,
            rate: settings.rate,
            achieved_rate: if seconds > 0.0 {
                (transactions.accepted as f64 / seconds * 10.0).round() / 10.0
            } else {
                0.0
            },
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
            processor_seconds: spent,
            processor_seconds_per_100k: spent
                .filter(|_| transactions.sent > 0)
                .map(|spent| spent / hundred_thousands),
        }
    }

    /// Whether every transaction that was begun was taken or refused for what it is.
    pub(crate) const fn is_complete(&self) -> bool {
        self.transactions.given_up == 0 && self.labels.given_up == 0
    }

    /// The report in words, with its plot.
    pub(crate) fn words(&self) -> Vec<String> {
        let Items { sent, accepted, rejected, given_up } = self.transactions;
        let mut lines = vec![format!(
            "sent {sent} transactions in {:.1} s: {accepted} accepted, {rejected} rejected, {given_up} given up, {} not begun",
            self.seconds, self.unsent
        )];
        lines.push(format!(
            "rate        {:.0} a second achieved of {} asked, {} a request, {} connections at most",
            self.achieved_rate, self.rate, self.batch, self.connections
        ));
        if self.labels.sent > 0 {
            let Items { sent, accepted, rejected, given_up } = self.labels;
            lines.push(format!(
                "labels      {sent}: {accepted} accepted, {rejected} rejected, {given_up} given up"
            ));
        }
        let Errors { busy, server, timeouts, broken, refused } = self.errors;
        lines.push(format!(
            "errors      {busy} busy (429), {server} server (5xx), {timeouts} timeouts, {broken} connections, {refused} refused (4xx), of {} requests",
            self.requests
        ));
        lines.push(format!(
            "late        {} requests left over 10 ms late, the latest {}",
            self.late_requests,
            milliseconds(self.latest_ms)
        ));
        lines.extend(self.reasons.iter().map(|reason| format!("  rejected: {reason}")));
        if let (Some(spent), Some(each)) = (self.processor_seconds, self.processor_seconds_per_100k) {
            lines.push(format!(
                "generator   {spent:.2} s of processor time, {each:.2} s per 100,000 transactions"
            ));
        }
        if let Some(latency) = &self.latency_ms {
            lines.push(latency.words("answered"));
        }
        if let Some(latency) = &self.decided_ms {
            lines.push(latency.words("decided"));
        }
        if self.undecided > 0 {
            lines
                .push(format!("undecided   {} sampled transactions had no decision in time", self.undecided));
        }
        lines.extend(self.latency_ms.iter().flat_map(plot));
        lines
    }
}
