//! Files and generated traffic as requests in order of time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::path::Path;

use anyhow::Result;
use weir_datasets::{Item, Options, ReadError, Reader, RejectsWriter, Row};
use weir_events::{Currency, Label, LabelSource, SCHEMA_VERSION, Timestamp, Transaction};

use crate::source::{Rows, wrong_mapping};

/// Rows of a file that are put in order of time together; a file in order needs none of it.
const SORTED_TOGETHER: usize = 200_000;

/// Microseconds in a day.
const DAY: i64 = 86_400_000_000;

/// One event of a replay.
pub(crate) enum Event {
    /// An order.
    Transaction(Box<Transaction>),
    /// What turned out.
    Label(Label),
}

/// The shop that `--generate` and the demo send: thirty days, a customer for every nine transactions.
pub(crate) fn generated(transactions: u64, seed: u64, currency: Currency) -> weir_generator::Settings {
    let customers = u32::try_from(transactions / 9).unwrap_or(u32::MAX).clamp(50, 1_000_000);
    weir_generator::Settings { seed, transactions, customers, currency, ..Default::default() }
}

/// The events of a file, labels at the time at which they become known.
pub(crate) struct FileEvents {
    reader: Reader,
    rejects: RejectsWriter,
    label_delay: i64,
    waiting: BinaryHeap<Reverse<Waiting>>,
    transactions_waiting: usize,
    rows: u64,
    read: u64,
    is_read: bool,
    latest: Option<Timestamp>,
    out_of_order: u64,
}

/// One event in the queue: ordered by time, then by place in the file.
struct Waiting {
    at: Timestamp,
    place: u64,
    event: Event,
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.place) == (other.at, other.place)
    }
}

impl Eq for Waiting {}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.place).cmp(&(other.at, other.place))
    }
}

impl FileEvents {
    pub(crate) fn open(path: &Path, options: &Options, label_delay_days: u32) -> Result<Self> {
        Ok(Self {
            reader: weir_datasets::open(path, options).map_err(wrong_mapping)?,
            rejects: RejectsWriter::beside(path)?,
            label_delay: i64::from(label_delay_days) * DAY,
            waiting: BinaryHeap::new(),
            transactions_waiting: 0,
            rows: 0,
            read: 0,
            is_read: false,
            latest: None,
            out_of_order: 0,
        })
    }

    /// How much is read of how much.
    pub(crate) fn progress(&self) -> (u64, u64) {
        self.reader.progress()
    }

    /// Events that come after a later one all the same, because the file is further out of order than is sorted.
    pub(crate) const fn out_of_order(&self) -> u64 {
        self.out_of_order
    }

    /// How many rows were read, how many of them set aside, and where these were written.
    pub(crate) fn finish(self) -> Result<Rows> {
        let (rows, rejected) = (self.rows, self.rejects.count());
        Ok(Rows { rows, rejected, rejects_file: self.rejects.finish()? })
    }

    /// The next event in order of time.
    pub(crate) fn next(&mut self) -> Result<Option<Event>> {
        while !self.is_read && self.transactions_waiting < SORTED_TOGETHER {
            self.read_one()?;
        }
        let Some(Reverse(next)) = self.waiting.pop() else { return Ok(None) };
        if matches!(next.event, Event::Transaction(_)) {
            self.transactions_waiting -= 1;
        }
        if self.latest.is_some_and(|latest| next.at < latest) {
            self.out_of_order += 1;
        }
        self.latest = self.latest.max(Some(next.at));
        Ok(Some(next.event))
    }

    fn read_one(&mut self) -> Result<()> {
        let next = self.reader.next();
        self.rows += u64::from(next.is_some());
        match next {
            None => self.is_read = true,
            Some(Ok(Item::Row(row))) => self.take(*row),
            Some(Ok(Item::Label(label))) => self.wait(label.known_at, Event::Label(label)),
            Some(Err(ReadError::Rejected(reject))) => self.rejects.write(&reject)?,
            Some(Err(error)) => return Err(error.into()),
        }
        Ok(())
    }

    fn take(&mut self, row: Row) {
        let Row { transaction, label, known_at } = row;
        let occurred_at = transaction.order.occurred_at;
        let label = label.map(|is_fraud| Label {
            schema_version: SCHEMA_VERSION,
            transaction_id: transaction.order.transaction_id.clone(),
            is_fraud,
            known_at: known_at.unwrap_or_else(|| occurred_at.plus_micros(self.label_delay)),
            source: LabelSource::Other,
        });
        self.transactions_waiting += 1;
        self.wait(occurred_at, Event::Transaction(Box::new(transaction)));
        if let Some(label) = label {
            self.wait(label.known_at, Event::Label(label));
        }
    }

    fn wait(&mut self, at: Timestamp, event: Event) {
        self.read += 1;
        self.waiting.push(Reverse(Waiting { at, place: self.read, event }));
    }
}
