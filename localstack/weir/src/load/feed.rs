//! The requests of a run, made ahead of their time from a generated shop.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;
use weir_events::Label;
use weir_generator::{EventKind, Generator};

use super::lines;
use super::schedule::Schedule;
use super::settings::{Endpoint, LoadSettings};

/// Labels in one request.
const LABELS: usize = 200;

/// How long labels wait for more of them.
const LABELS_WAIT: Duration = Duration::from_secs(1);

/// What a request holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Transactions,
    Labels,
}

/// One request, with the moment at which it is due.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// From the start of the run.
    pub(super) due: Duration,
    pub(super) content: Content,
    pub(super) path: &'static str,
    pub(super) body: Bytes,
    /// Transactions or labels in it.
    pub(super) items: u64,
    /// The transaction whose decision is looked for.
    pub(super) sample: Option<String>,
    /// How often it was sent, and when first.
    pub(super) tries: u32,
    pub(super) begun: Option<Instant>,
}

/// Makes the requests.
pub(super) struct Feed {
    shop: Generator,
    schedule: Schedule,
    settings: LoadSettings,
    /// Transactions asked of the shop so far.
    number: u64,
    total: u64,
    next_sample: Duration,
    sample: Option<String>,
    transactions: Lines,
    labels: Lines,
    /// When the first label of the next request became known.
    labels_since: Duration,
    ready: VecDeque<Job>,
}

/// A body in the making.
#[derive(Default)]
struct Lines {
    bytes: Vec<u8>,
    items: u64,
}

impl Feed {
    /// A feed from a shop on a schedule.
    pub(super) fn new(shop: Generator, schedule: Schedule, settings: &LoadSettings) -> Self {
        Self {
            shop,
            schedule,
            number: 0,
            total: settings.scheduled(),
            settings: settings.clone(),
            next_sample: Duration::ZERO,
            sample: None,
            transactions: Lines::default(),
            labels: Lines::default(),
            labels_since: Duration::ZERO,
            ready: VecDeque::new(),
        }
    }

    fn transaction(&mut self, mut transaction: weir_events::Transaction) {
        transaction.order.occurred_at = self.schedule.occurs_at(self.number);
        let due = self.schedule.offset(self.number);
        if let Some(rate) = self.settings.decided
            && self.sample.is_none()
            && due >= self.next_sample
        {
            self.sample = Some(transaction.order.transaction_id.clone());
            self.next_sample = due + Duration::from_secs(1) / rate.max(1);
        }
        lines::write(&transaction, &mut self.transactions.bytes);
        self.transactions.bytes.push(b'\n');
        self.transactions.items += 1;
        self.number += 1;
        if self.transactions.items >= self.settings.request_size() as u64 || self.number == self.total {
            self.finish(due);
        }
    }

    /// A label becomes known when the next transaction occurs: between its neighbours, as in the shop's own time.
    fn label(&mut self, label: Label) {
        let known_at = self.schedule.occurs_at(self.number);
        if self.labels.items == 0 {
            self.labels_since = self.schedule.offset(self.number);
        }
        lines::json(&Label { known_at, ..label }, &mut self.labels.bytes);
        self.labels.bytes.push(b'\n');
        self.labels.items += 1;
        if self.labels.items >= LABELS as u64 {
            self.finish_labels(self.schedule.offset(self.number));
        }
    }

    fn finish(&mut self, due: Duration) {
        let path = match self.settings.endpoint {
            Endpoint::Transactions => "/transactions",
            Endpoint::Score => "/score",
        };
        let sample = self.sample.take();
        let job = self.transactions.job(due, Content::Transactions, path, sample);
        self.ready.push_back(job);
        // Labels wait for a full request of their own, but not longer than a second.
        let is_late = due.saturating_sub(self.labels_since) >= LABELS_WAIT || self.number == self.total;
        if self.labels.items > 0 && is_late {
            self.finish_labels(due);
        }
    }

    fn finish_labels(&mut self, due: Duration) {
        let job = self.labels.job(due, Content::Labels, "/labels", None);
        self.ready.push_back(job);
    }
}

impl Lines {
    fn job(&mut self, due: Duration, content: Content, path: &'static str, sample: Option<String>) -> Job {
        let capacity = self.bytes.len() + self.bytes.len() / 8;
        let bytes = std::mem::replace(&mut self.bytes, Vec::with_capacity(capacity));
        let items = std::mem::take(&mut self.items);
        Job { due, content, path, body: Bytes::from(bytes), items, sample, tries: 0, begun: None }
    }
}

impl Iterator for Feed {
    type Item = Job;

    fn next(&mut self) -> Option<Job> {
        loop {
            if let Some(job) = self.ready.pop_front() {
                return Some(job);
            }
            // Labels that would become known after the last transaction are left out.
            if self.number >= self.total {
                return None;
            }
            match self.shop.next()?.kind {
                EventKind::Transaction { transaction, .. } => self.transaction(*transaction),
                EventKind::Label(label) if self.settings.has_labels => self.label(label),
                EventKind::Label(_) => {}
            }
        }
    }
}
