//! What a running system says of itself: two looks at its metrics, and a verdict a line.

mod looks;
#[cfg(test)]
mod tests;

use self::looks::Looks;
use super::{Finding, bad, good};
use crate::client::Client;
use crate::home::Home;
use crate::load::milliseconds;
use crate::metrics::{Sample, Scrape, names};

/// Slower decisions than this are worth a look, in seconds.
const SLOW_DECISION: f64 = 1.0;

/// A consumer that is so far behind, and does not catch up, is worth a look.
const LONG_LAG: f64 = 10_000.0;
/// Seconds.
const LONG_AGE: f64 = 60.0;

/// Entries of the outbox that are worth a look.
const LONG_OUTBOX: f64 = 200_000.0;

/// Longest sync that is usual, in seconds.
const LONG_SYNC: f64 = 0.5;

/// Lag of the lake that is usual, in seconds.
const LONG_LAKE_LAG: f64 = 300.0;

/// Resident memory that is usual.
const MUCH_MEMORY: f64 = (1_u64 << 30) as f64;

/// Looks at the system that runs on this home.
pub(super) async fn look(home: &Home, api_key: Option<String>) -> Vec<Finding> {
    let looked = async {
        let client = Client::find(home, None, api_key)?;
        Looks::take(&client).await.map(|looks| (client.base().to_owned(), looks))
    };
    match looked.await {
        Ok((base, looks)) => {
            std::iter::once(good("system", format!("answers at {base}"))).chain(looks.findings()).collect()
        }
        Err(error) => vec![bad("system", format!("{error:#}"))],
    }
}

impl Looks {
    fn findings(&self) -> Vec<Finding> {
        let mut findings = vec![self.throughput(), self.latency(), self.requests()];
        findings.extend(self.lags());
        findings.extend(self.ages());
        findings.extend([self.dead_letters(), self.batches()]);
        findings.extend(self.syncs());
        findings.extend([self.lake(), self.sizes(), self.process()]);
        findings
    }

    fn throughput(&self) -> Finding {
        let (taken, decided) = (self.rate(&names::TRANSACTIONS), self.rate(&names::DECISIONS));
        let all = self.now.sum(&names::DECISIONS);
        good(
            "throughput",
            format!(
                "{taken:.0} transactions a second taken, {decided:.0} decided; {all} decisions since the start"
            ),
        )
    }

    /// Of the decisions between the looks, or if there were none of all since the start.
    fn latency(&self) -> Finding {
        let nothing = Scrape::default();
        let of = |quantile, before| self.now.quantile(&names::DECISION_SECONDS, quantile, before);
        let (since, words) = match of(0.99, &self.before) {
            Some(_) => (&self.before, "now"),
            None => (&nothing, "since the start"),
        };
        let Some(((p50, _), (p99, count))) = of(0.5, since).zip(of(0.99, since)) else {
            return good("latency", "nothing was decided yet".to_owned());
        };
        let [within50, within99] = [p50, p99].map(|seconds| match seconds {
            f64::INFINITY => "over 5 minutes".to_owned(),
            seconds => format!("within {}", milliseconds(seconds * 1_000.0)),
        });
        let says =
            format!("from arrival to decision {words}: half {within50}, 99 of 100 {within99}, of {count}");
        good("latency", says)
            .unless(p99 <= SLOW_DECISION, "more arrives than is scored; lower the rate or give it more cores")
    }

    fn requests(&self) -> Finding {
        let sent_away = self.rate(&names::HTTP_SENT_AWAY);
        let (bytes, limit) =
            (self.now.sum(&names::HTTP_IN_FLIGHT), self.now.sum(&names::HTTP_IN_FLIGHT_LIMIT));
        let says = format!(
            "{} of {} in flight; {} requests sent away with 429 since the start, {sent_away:.0} a second now",
            mebibytes(bytes),
            mebibytes(limit),
            self.now.sum(&names::HTTP_SENT_AWAY)
        );
        good("requests", says)
            .unless(sent_away == 0.0, "senders are faster than the system; they are told to come back")
    }

    fn lags(&self) -> Vec<Finding> {
        let finding = |sample: &Sample| {
            let label = |name: &str| sample.labels.get(name).cloned().unwrap_or_default();
            let (consumer, stream) = (label("consumer"), label("stream"));
            let before = self.before.of(&names::LAG).find(|found| found.labels == sample.labels);
            let grows = before.is_none_or(|before| before.value <= sample.value);
            let says = format!("{consumer} has {} records of {stream} before it", sample.value);
            let is_fine = sample.value < LONG_LAG || !grows;
            good("lag", says).unless(is_fine, "it is behind and does not catch up; the log says if it fails")
        };
        self.now.of(&names::LAG).map(finding).collect()
    }

    /// By age, where what waits cannot be counted.
    fn ages(&self) -> Vec<Finding> {
        let is_counted = |sample: &Sample| self.now.of(&names::LAG).any(|lag| lag.labels == sample.labels);
        let finding = |sample: &Sample| {
            let label = |name: &str| sample.labels.get(name).cloned().unwrap_or_default();
            let (consumer, stream) = (label("consumer"), label("stream"));
            let says = format!("{consumer} works on what came to {stream} {:.1} s ago", sample.value);
            let is_fine = sample.value < LONG_AGE;
            good("lag", says).unless(is_fine, "it is behind; the log says if it fails")
        };
        self.now.of(&names::AGE).filter(|sample| !is_counted(sample)).map(finding).collect()
    }

    fn dead_letters(&self) -> Finding {
        let all = self.now.sum(&names::DEAD_LETTERS);
        let says = format!("{all} since the start");
        good("dead letters", says).unless(all == 0.0, "`weir dead-letters list` says which and why")
    }

    fn batches(&self) -> Finding {
        let (failed, conflicts) = (self.now.sum(&names::FAILED_BATCHES), self.now.sum(&names::CONFLICTS));
        let says = format!("{failed} failed and came again, {conflicts} conflicts, since the start");
        good("batches", says)
            .unless(self.rate(&names::FAILED_BATCHES) == 0.0, "batches fail now; the log says why")
    }

    /// Nothing, if neither log nor store is here.
    fn syncs(&self) -> Option<Finding> {
        self.now.of(&names::LOG_LONGEST_SYNC).chain(self.now.of(&names::STORE_LONGEST_WRITE)).next()?;
        let log = self.now.largest(&names::LOG_LONGEST_SYNC);
        let store = self.now.largest(&names::STORE_LONGEST_WRITE);
        let queues = self.now.sum(&names::LOG_QUEUE) + self.now.sum(&names::STORE_QUEUE);
        let [log_ms, store_ms] = [log, store].map(|seconds| milliseconds(seconds * 1_000.0));
        let says = format!(
            "longest sync of the log {log_ms}, longest write of the store {store_ms}; {queues} writes wait"
        );
        let finding = good("disk", says);
        Some(finding.unless(log.max(store) < LONG_SYNC, "the disk was slow at times; decisions wait for it"))
    }

    fn lake(&self) -> Finding {
        let (lag, took) = (self.now.sum(&names::LAKE_LAG), self.now.sum(&names::LAKE_LAST_PASS));
        let says = format!("what landed {lag:.0} s ago is in the tables; the last pass took {took:.1} s");
        good("lake", says)
            .unless(lag < LONG_LAKE_LAG, "passes over the lake fail or take long; the log says why")
    }

    fn sizes(&self) -> Finding {
        let folders = self.now.of(&names::HOME_BYTES).map(|sample| {
            let folder = sample.labels.get("folder").cloned().unwrap_or_default();
            format!("{folder} {}", mebibytes(sample.value))
        });
        let (states, outbox) = (self.now.sum(&names::STORE_STATES), self.now.sum(&names::OUTBOX));
        let mut says = folders.collect::<Vec<_>>().join(", ");
        if self.now.of(&names::STORE_STATES).next().is_some() {
            says += &format!("; {states} states, {outbox} entries in the outbox");
        }
        good("sizes", says).unless(
            outbox < LONG_OUTBOX,
            "the outbox grows until archive and relay have read it; see their lag",
        )
    }

    fn process(&self) -> Finding {
        let (memory, files) = (self.now.sum(&names::MEMORY), self.now.sum(&names::FILES));
        let most = self.now.sum(&names::FILES_LIMIT);
        let says = format!("{} of memory, {files} of {most} files open", mebibytes(memory));
        let is_fine = memory < MUCH_MEMORY && (most == 0.0 || files < most * 0.8);
        good("process", says).unless(
            is_fine,
            "more than is usual; raise the limit of open files (`ulimit -n`) or give it memory",
        )
    }
}

fn mebibytes(bytes: f64) -> String {
    format!("{:.1} MiB", bytes / f64::from(1 << 20))
}
