//! Sends events to a running system, in batches and at a pace.
//!
//! History is sent no faster than it is scored: shards are scored side by side, so if days of history were in work at
//! once, one shard could be days ahead of another, and what they share (a merchant, a card) would see its past late.

mod in_work;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Serialize;
use weir_events::{Label, Timestamp, Transaction};

use in_work::InWork;

use crate::client::{Client, Rejected};
use crate::load::{Latencies, Percentiles};
use crate::replay::Event;

/// Rejected items whose reason is kept for the report.
const KEPT_REJECTS: usize = 5;

/// Requests a second when there is a pace.
const REQUESTS_A_SECOND: u64 = 10;

/// Most history in one request, in microseconds of its own time.
const REQUEST_SPAN: i64 = 6 * 3_600 * 1_000_000;

/// Pause between two looks at how far scoring has come.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// How long scoring may stand still before sending goes on all the same.
const STANDSTILL: Duration = Duration::from_secs(30);

/// What has been sent and what came of it.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Sent {
    /// Transactions sent.
    pub(crate) sent: u64,
    /// Transactions taken.
    pub(crate) accepted: u64,
    /// Transactions not taken.
    pub(crate) rejected: u64,
    /// Labels taken.
    pub(crate) labels: u64,
    /// Labels not taken.
    pub(crate) labels_rejected: u64,
    /// Why the first ones were not taken.
    pub(crate) reasons: Vec<String>,
}

/// Collects events into requests.
pub(crate) struct Sender {
    client: Client,
    batch: usize,
    rate: u64,
    started: Option<Instant>,
    /// Of each transaction from the moment it was due, where there is a pace.
    latencies: Latencies,
    transactions: Vec<Transaction>,
    labels: Vec<Label>,
    in_work: InWork,
    standstill: Duration,
    pub(crate) sent: Sent,
}

impl Sender {
    /// A sender of requests of at most `batch` transactions, `rate` transactions a second (0: as they are taken).
    pub(crate) fn new(client: Client, batch: usize, rate: u64) -> Self {
        let paced = usize::try_from(rate / REQUESTS_A_SECOND).unwrap_or(usize::MAX).max(1);
        let batch = if rate == 0 { batch.max(1) } else { batch.clamp(1, paced) };
        Self {
            client,
            batch,
            rate,
            started: None,
            latencies: Latencies::new(),
            transactions: Vec::with_capacity(batch),
            labels: Vec::new(),
            in_work: InWork::default(),
            standstill: STANDSTILL,
            sent: Sent::default(),
        }
    }

    /// Takes one event; sends when a request is full.
    pub(crate) async fn push(&mut self, event: Event) -> Result<()> {
        match event {
            Event::Transaction(transaction) => {
                let at = transaction.order.occurred_at;
                if self.first().is_some_and(|first| at.micros().saturating_sub(first.micros()) > REQUEST_SPAN)
                {
                    self.flush().await?;
                }
                self.transactions.push(*transaction);
            }
            Event::Label(label) => self.labels.push(label),
        }
        if self.transactions.len() >= self.batch || self.labels.len() >= self.batch.max(200) {
            self.flush().await?;
        }
        Ok(())
    }

    /// Sends what is left: transactions, then the labels that became known meanwhile.
    pub(crate) async fn flush(&mut self) -> Result<()> {
        if !self.transactions.is_empty() {
            let due = self.due();
            self.wait_for_scoring().await?;
            let first = self.first();
            let body = lines(self.transactions.iter().map(Transaction::to_json));
            let count = self.transactions.len() as u64;
            let answer = self.client.post_lines("/transactions?replay=true", body).await?;
            self.transactions.clear();
            self.latencies.record(due.elapsed(), count);
            self.sent.sent += count;
            self.sent.accepted += answer.accepted;
            self.sent.rejected += answer.rejected.len() as u64;
            self.keep(&answer.rejected);
            self.in_work.requests.extend(first.map(|first| (self.sent.accepted, first)));
            self.wait().await;
        }
        if !self.labels.is_empty() {
            let body = lines(self.labels.iter().map(Label::to_json));
            let answer = self.client.post_lines("/labels", body).await?;
            self.labels.clear();
            self.sent.labels += answer.accepted;
            self.sent.labels_rejected += answer.rejected.len() as u64;
            self.keep(&answer.rejected);
        }
        Ok(())
    }

    /// When the first transaction of the next request occurred.
    fn first(&self) -> Option<Timestamp> {
        self.transactions.first().map(|transaction| transaction.order.occurred_at)
    }

    /// Waits while too much history is in work; gives up waiting if scoring stands still.
    async fn wait_for_scoring(&mut self) -> Result<()> {
        let Some(last) = self.transactions.last().map(|transaction| transaction.order.occurred_at) else {
            return Ok(());
        };
        if self.in_work.scored_before.is_none() {
            self.in_work.scored_before = Some(self.client.scored().await?);
        }
        let mut moved = Instant::now();
        while self.in_work.is_too_much(last) {
            let before = self.in_work.scored_before.unwrap_or(0);
            let scored = self.client.scored().await?.saturating_sub(before);
            if scored > self.in_work.scored {
                (self.in_work.scored, moved) = (scored, Instant::now());
                continue;
            }
            if moved.elapsed() > self.standstill {
                tracing::warn!("scoring stands still; sending goes on");
                self.in_work.requests.clear();
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }

    fn keep(&mut self, rejected: &[Rejected]) {
        let left = KEPT_REJECTS.saturating_sub(self.sent.reasons.len());
        let reasons = rejected.iter().take(left);
        self.sent.reasons.extend(reasons.map(|item| {
            format!("line {} of a request, `{}`: expected {}", item.line, item.field, item.expected)
        }));
    }

    /// Keeps to the pace.
    async fn wait(&mut self) {
        if self.rate > 0 {
            let due = self.due();
            tokio::time::sleep_until(due.into()).await;
        }
    }

    /// When the next transaction is due: the first at once, the others at the pace.
    fn due(&mut self) -> Instant {
        let started = *self.started.get_or_insert_with(Instant::now);
        started + Duration::from_secs_f64(self.sent.sent as f64 / self.rate.max(1) as f64)
    }

    /// From the moments at which transactions were due; nothing where there is no pace.
    pub(crate) fn latency(&self) -> Option<Percentiles> {
        self.latencies.percentiles().filter(|_| self.rate > 0)
    }
}

fn lines(events: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut body = Vec::new();
    for event in events {
        body.extend(event);
        body.push(b'\n');
    }
    body
}
