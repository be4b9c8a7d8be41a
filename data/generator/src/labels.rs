//! What becomes known of a transaction, and when.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use weir_events::{Label, LabelSource, SCHEMA_VERSION, Timestamp};

use crate::random::{Purpose, Random};
use crate::settings::{LabelSettings, Settings};
use crate::world::{MICROS_PER_DAY, MICROS_PER_SECOND};

/// Labels that wait for their time. Memory: 24 bytes for each transaction of the delay's length.
#[derive(Clone, Debug, Default)]
pub(crate) struct Labels {
    waiting: BinaryHeap<Reverse<Waiting>>,
}

/// Known at (microseconds since 1970), number of the transaction, source, is fraud.
type Waiting = (i64, u64, u8, bool);

const SOURCES: [LabelSource; 4] =
    [LabelSource::Chargeback, LabelSource::Analyst, LabelSource::Customer, LabelSource::Other];

impl Labels {
    /// Draws the label of a transaction, if it ever gets one.
    pub(crate) fn add(&mut self, settings: &Settings, number: u64, at: Timestamp, is_fraud: bool) {
        let labels = &settings.labels;
        let mut random = Random::new(settings.seed, Purpose::Label, number, 0);
        if random.chance(labels.share_never) {
            return;
        }
        let is_wrong =
            random.chance(if is_fraud { labels.share_fraud_missed } else { labels.share_legit_disputed });
        let says_fraud = is_fraud != is_wrong;
        let source = source(says_fraud, &mut random);
        let known_at = at.micros() + delay(labels, &mut random);
        self.waiting.push(Reverse((known_at, number, source, says_fraud)));
    }

    /// Time of the next label.
    pub(crate) fn next_at(&self) -> Option<Timestamp> {
        self.waiting.peek().map(|Reverse((known_at, ..))| Timestamp::from_micros(*known_at))
    }

    /// The next label; `id` turns a transaction's number into its id.
    pub(crate) fn pop(&mut self, id: impl Fn(u64) -> String) -> Option<Label> {
        let Reverse((known_at, number, source, is_fraud)) = self.waiting.pop()?;
        Some(Label {
            schema_version: SCHEMA_VERSION,
            transaction_id: id(number),
            is_fraud,
            known_at: Timestamp::from_micros(known_at),
            source: SOURCES[usize::from(source)],
        })
    }
}

/// Frauds come back as chargebacks, now and then from an analyst or the customer.
const fn source(is_fraud: bool, random: &mut Random) -> u8 {
    match random.below(10) {
        _ if !is_fraud => 3,
        0..7 => 0,
        7 => 1,
        _ => 2,
    }
}

/// Whole seconds between the shortest and the longest delay; the product of two numbers favours the early half.
const fn delay(labels: &LabelSettings, random: &mut Random) -> i64 {
    let least = labels.delay_days_min as i64 * MICROS_PER_DAY;
    let range = (labels.delay_days_max - labels.delay_days_min) as f64 * 86_400.0;
    let unit = 1.0 - random.unit() * 0.5 - random.unit() * 0.5;
    least + (range * unit * unit) as i64 * MICROS_PER_SECOND
}
