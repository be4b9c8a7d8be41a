//! One page: every counter read at this moment.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use weir_bridge::ShardStats;
use weir_streams::StreamStats;

use super::machine::Process;
use super::metric::Page;
use super::names;
use super::sources::{Consumer, FOLDERS, Sources};

impl Sources {
    /// The page.
    pub(super) async fn page(self: &Arc<Self>) -> Result<String> {
        let mut page = Page::default();
        page.many(&names::BUILD, [([env!("CARGO_PKG_VERSION")], 1)]);
        self.requests(&mut page);
        self.ingest(&mut page);
        self.decisions(&mut page);
        self.consumers(&mut page).await?;
        self.log(&mut page);
        self.store(&mut page).await?;
        self.services(&mut page);
        self.lake(&mut page);
        let this = Arc::clone(self);
        let (sizes, process) = tokio::task::spawn_blocking(move || this.machine()).await?;
        self.process(&mut page, &sizes, process);
        Ok(page.text())
    }

    fn requests(&self, page: &mut Page) {
        let requests = self.live().requests();
        let by_status = requests.iter().flat_map(|(route, requests)| {
            requests
                .by_status
                .iter()
                .map(|(status, count)| ([(*route).to_owned(), status.to_string()], *count))
        });
        page.many(&names::HTTP_REQUESTS, by_status);
        page.histograms(
            &names::HTTP_SECONDS,
            requests.iter().map(|(route, requests)| ([*route], &requests.took)),
        );
        page.one(&names::HTTP_SENT_AWAY, self.ingest.counted().sent_away);
        let (bytes, limit) = self.ingest.bytes_in_flight();
        page.one(&names::HTTP_IN_FLIGHT, bytes);
        page.one(&names::HTTP_IN_FLIGHT_LIMIT, limit);
    }

    fn ingest(&self, page: &mut Page) {
        let taken = self.ingest.counted();
        page.one(&names::TRANSACTIONS, taken.transactions);
        page.one(&names::TRANSACTIONS_REJECTED, taken.rejected.saturating_sub(taken.labels_rejected));
        page.one(&names::LABELS, taken.labels);
        page.one(&names::LABELS_REJECTED, taken.labels_rejected);
    }

    fn decisions(&self, page: &mut Page) {
        let counted = self.score.metrics().counted();
        let outcomes =
            [("approve", counted.approved), ("review", counted.reviewed), ("decline", counted.declined)];
        page.many(&names::DECISIONS, outcomes.map(|(outcome, count)| ([outcome], count)));
        page.histograms(&names::DECISION_SECONDS, [([], &self.live().decisions())]);
        page.one(&names::REPEATED, counted.repeated);
        let reasons = [
            ("undecodable", counted.undecodable),
            ("id_reused", counted.id_reused),
            ("currency", counted.currency),
        ];
        page.many(&names::DEAD_LETTERS, reasons.map(|(reason, count)| ([reason], count)));
        page.one(&names::LABELS_STORED, counted.labels);
        page.one(&names::LABEL_EFFECTS, counted.label_effects);
        page.one(&names::CONFLICTS, counted.conflicts);
        page.one(&names::FAILED_BATCHES, counted.failed_batches);
    }

    async fn consumers(&self, page: &mut Page) -> Result<()> {
        page.many(&names::LAG, self.lags().await?);
        let of_all = |figure: fn(&ShardStats) -> u64| {
            self.consumers.iter().map(move |consumer| {
                ([consumer.name.clone(), consumer.stream.to_owned()], figure(&consumer.stats.total()))
            })
        };
        let age = |consumer: &Consumer| {
            let seconds = Duration::from_millis(consumer.stats.total().age_ms).as_secs_f64();
            ([consumer.name.clone(), consumer.stream.to_owned()], seconds)
        };
        page.many(&names::AGE, self.consumers.iter().map(age));
        page.many(&names::CONSUMED, of_all(|stats| stats.done));
        page.many(&names::CALLS, of_all(|stats| stats.calls));
        page.many(&names::FAILURES, of_all(|stats| stats.failures));
        page.many(&names::GAPS, of_all(|stats| stats.gaps));
        page.many(&names::GIVEN_UP, of_all(|stats| stats.given_up));
        Ok(())
    }

    fn log(&self, page: &mut Page) {
        let Some(log) = &self.here.log else { return };
        let stats: Vec<(&str, StreamStats)> = log.stats().collect();
        let seconds = |took: Duration| took.as_secs_f64();
        page.many(&names::LOG_RECORDS, stats.iter().map(|(stream, stats)| ([stream], stats.records)));
        page.many(&names::LOG_WRITTEN, stats.iter().map(|(stream, stats)| ([stream], stats.bytes)));
        page.many(&names::LOG_SYNCS, stats.iter().map(|(stream, stats)| ([stream], stats.syncs)));
        page.many(
            &names::LOG_SYNC_SECONDS,
            stats.iter().map(|(stream, stats)| ([stream], seconds(stats.sync_time))),
        );
        page.many(
            &names::LOG_LONGEST_SYNC,
            stats.iter().map(|(stream, stats)| ([stream], seconds(stats.longest_sync))),
        );
        page.many(
            &names::LOG_REMOVED,
            stats.iter().map(|(stream, stats)| ([stream], stats.segments_removed)),
        );
        page.one(&names::LOG_QUEUE, log.queued());
    }

    async fn store(&self, page: &mut Page) -> Result<()> {
        let Some(store) = &self.here.store else { return Ok(()) };
        let (stats, counts) = (store.stats(), self.store.counts().await?);
        page.one(&names::STORE_COMMITS, stats.commits);
        page.one(&names::STORE_WRITES, stats.groups);
        page.one(&names::STORE_WRITE_SECONDS, stats.write_time.as_secs_f64());
        page.one(&names::STORE_LONGEST_WRITE, stats.longest_write.as_secs_f64());
        page.one(&names::STORE_QUEUE, stats.queued);
        page.one(&names::STORE_DECISIONS, counts.decisions);
        page.one(&names::STORE_LABELS, counts.labels);
        page.one(&names::STORE_STATES, counts.states);
        page.one(&names::OUTBOX, counts.outbox);
        page.many(&names::STORE_BYTES, stats.bytes.map(|(table, bytes)| ([table], bytes)));
        Ok(())
    }

    /// What services were asked, if there are any.
    fn services(&self, page: &mut Page) {
        let counted = self.here.services.iter().flat_map(|service| service.counted());
        page.many(&names::SERVICES, counted.map(|(service, what, count)| ([service, what], count)));
    }

    fn lake(&self, page: &mut Page) {
        let counted = self.lake.counted();
        let seconds = |took: Duration| took.as_secs_f64();
        page.many(&names::LAKE_PASSES, [(["done"], counted.passes), (["failed"], counted.failures)]);
        page.one(&names::LAKE_PASS_SECONDS, seconds(counted.pass_time));
        page.one(&names::LAKE_LAST_PASS, seconds(counted.last_pass));
        page.one(&names::LAKE_LAG, seconds(counted.up_to.elapsed()));
        page.one(&names::LAKE_COMMITS, counted.plans);
        page.many(&names::LAKE_ROWS, counted.rows.iter().map(|(table, rows)| ([table], *rows)));
    }

    fn process(&self, page: &mut Page, sizes: &[u64], process: Process) {
        page.many(&names::HOME_BYTES, FOLDERS.iter().zip(sizes).map(|(folder, size)| ([folder], *size)));
        page.one(&names::MEMORY, process.memory_bytes);
        page.one(&names::PROCESSOR, process.processor_seconds);
        page.one(&names::FILES, process.open_files);
        page.one(&names::FILES_LIMIT, process.most_files);
        page.one(&names::STARTED, self.started.micros() as f64 / 1e6);
    }
}
