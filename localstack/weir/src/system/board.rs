//! What the page shows, fed from the running system.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use async_trait::async_trait;
use tokio_util::sync::CancellationToken;
use weir_dashboard::{Board, Counters, Found, KEPT_ALERTS, Lookup, LookupError};
use weir_events::{Decision, LabelEffect, OutboxEntry, Sequence};
use weir_score::Observer;
use weir_streams::StreamError;

use super::lake::LakeLoop;
use super::parts::Parts;
use super::tasks::Task;
use crate::backing::Ledger;
use crate::metrics::Live;

/// How often the counters are copied.
const COUNTERS_EVERY: Duration = Duration::from_millis(500);

/// Shows each decision as it is committed, and measures the time to it.
pub(super) struct Recorder(pub(super) Arc<Board>, pub(super) Arc<Live>);

impl Observer for Recorder {
    fn committed(&self, decisions: &[&Decision], effects: &[LabelEffect]) {
        self.1.committed(decisions, effects);
        for decision in decisions {
            self.0.record(decision);
        }
    }
}

/// Shows the latest alerts of earlier runs.
pub(super) async fn restore(board: &Board, parts: &Parts) -> Result<()> {
    for shard in parts.streams.shards("alerts").await? {
        let Some(newest) = parts.streams.newest("alerts", &shard.id).await? else { continue };
        let newest: u64 = newest.as_str().parse().unwrap_or(0);
        let after = Sequence::from(newest.saturating_sub(KEPT_ALERTS as u64));
        let read = |after| parts.streams.read("alerts", &shard.id, after, KEPT_ALERTS, Duration::ZERO);
        let records = match read(Some(&after)).await {
            // Fewer are kept than are shown.
            Err(StreamError::Trimmed { .. }) => read(None).await?,
            // What is shown is no reason not to start.
            Err(StreamError::Damaged(damage)) => {
                tracing::error!("{damage}");
                continue;
            }
            other => other?,
        };
        for record in records {
            if let Ok(OutboxEntry::Decision(decision)) = OutboxEntry::from_json(&record.bytes) {
                board.restore_alert(&decision);
            }
        }
    }
    Ok(())
}

/// Copies counters to the board until `stop`.
pub(super) fn start_counters(
    board: &Arc<Board>,
    ingest: &Arc<weir_ingest::Context>,
    score: &Arc<weir_score::Context>,
    lake: &Arc<LakeLoop>,
    stop: &CancellationToken,
) -> Task {
    let (board, ingest, score) = (Arc::clone(board), Arc::clone(ingest), Arc::clone(score));
    let (lake, stop) = (Arc::clone(lake), stop.clone());
    Task::start("counters", async move {
        while !stop.is_cancelled() {
            let (taken, counted) = (ingest.counted(), score.metrics().counted());
            board.set_counters(Counters {
                accepted: taken.transactions,
                rejected: taken.rejected,
                decided: counted.decided,
                labels: taken.labels,
                in_lake: lake.decisions(),
                dead_letters: counted.undecodable + counted.id_reused + counted.currency,
            });
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(COUNTERS_EVERY) => {}
            }
        }
        Ok(())
    })
}

/// Finds decisions for the detail page.
pub(super) fn lookup(parts: &Parts, score: &weir_score::Context) -> Arc<dyn Lookup> {
    let features = score.features();
    let feature_names = features.features().iter().map(|feature| feature.name.clone()).collect();
    Arc::new(StoreLookup {
        store: Arc::clone(&parts.store),
        feature_set: features.version().to_owned(),
        feature_names,
    })
}

struct StoreLookup {
    store: Arc<dyn Ledger>,
    feature_set: String,
    feature_names: Vec<String>,
}

#[async_trait]
impl Lookup for StoreLookup {
    async fn decision(&self, transaction_id: &str) -> Result<Option<Found>, LookupError> {
        let item = self.store.items(&[transaction_id]).await?.pop().unwrap_or_default();
        let Some(decision) = item.decision else { return Ok(None) };
        let is_known = decision.versions.feature_set == self.feature_set;
        let feature_names = if is_known { self.feature_names.clone() } else { Vec::new() };
        Ok(Some(Found { decision, label: item.label, feature_names }))
    }
}
