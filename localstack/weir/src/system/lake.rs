//! The lake's jobs, one pass after another: commit what has landed, then make it clean.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use weir_engine::Lake;
use weir_features::FeatureSet;
use weir_jobs::commit::{CommitMetrics, CommitSettings};
use weir_jobs::silver::{SilverMetrics, SilverSettings};
use weir_jobs::{Fault, FaultPoint};

use super::tasks::Task;
use crate::settings::SettingsError;

/// Names a moment at which tests let the process die.
const FAULT: &str = "WEIR_FAULT";

/// Runs the jobs, never two passes at once.
pub(crate) struct LakeLoop {
    lake: Lake,
    commit: CommitSettings,
    silver: SilverSettings,
    passes: tokio::sync::Mutex<()>,
    /// Whose turn it is among the other jobs.
    turns: tokio::sync::Mutex<()>,
    decisions: AtomicU64,
    last: Mutex<Option<Pass>>,
    counted: Mutex<Counted>,
}

/// What the passes have come to since the start of this process.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    /// Passes done, and passes that failed.
    pub(crate) passes: u64,
    pub(crate) failures: u64,
    /// Time that all of them took, and the last one that was done.
    pub(crate) pass_time: Duration,
    pub(crate) last_pass: Duration,
    /// What had landed then is in the tables.
    pub(crate) up_to: Instant,
    /// Plans finished.
    pub(crate) plans: u64,
    /// Rows committed, by table.
    pub(crate) rows: BTreeMap<String, u64>,
}

/// What one pass did.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Pass {
    commit: CommitMetrics,
    silver: SilverMetrics,
}

impl LakeLoop {
    pub(super) fn new(lake: Lake, features: &FeatureSet) -> Result<Self, SettingsError> {
        let feature_names = features.features().iter().map(|feature| feature.name.clone()).collect();
        let fault = fault()?;
        Ok(Self {
            lake,
            commit: CommitSettings { feature_names, fault, ..CommitSettings::default() },
            silver: SilverSettings { fault, ..SilverSettings::default() },
            passes: tokio::sync::Mutex::new(()),
            turns: tokio::sync::Mutex::new(()),
            decisions: AtomicU64::new(0),
            last: Mutex::new(None),
            counted: Mutex::new(Counted::new(Instant::now())),
        })
    }

    /// Commits everything that has landed and brings the clean tables up to it.
    pub(crate) async fn pass(&self) -> Result<()> {
        let _one_at_a_time = self.passes.lock().await;
        let begun = Instant::now();
        let done = Box::pin(self.work()).await;
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        counted.take(begun, done.as_ref().ok().map(|pass| &pass.commit));
        let pass = done?;
        if pass.commit.plans > 0 {
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(pass);
        }
        Ok(())
    }

    async fn work(&self) -> Result<Pass> {
        let commit = Box::pin(weir_jobs::commit::run(&self.lake, &self.commit)).await?;
        let silver = Box::pin(weir_jobs::silver::run(&self.lake, &self.silver)).await?;
        let decisions = commit.rows.get("silver.decisions").copied().unwrap_or(0);
        self.decisions.fetch_add(decisions, Ordering::Relaxed);
        Ok(Pass { commit, silver })
    }

    /// The lake.
    pub(super) const fn lake(&self) -> &Lake {
        &self.lake
    }

    /// Waits for a turn among the other jobs: one of them is at work at a time.
    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turns.lock().await
    }

    /// Whether a pass is at work now.
    pub(super) fn is_at_work(&self) -> bool {
        self.passes.try_lock().is_err()
    }

    /// What the passes have come to.
    pub(crate) fn counted(&self) -> Counted {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Decisions committed to their table since the start of this process.
    pub(super) fn decisions(&self) -> u64 {
        self.decisions.load(Ordering::Relaxed)
    }

    /// The last pass that had something to do.
    pub(super) fn last(&self) -> Option<Pass> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// How many rows a table has of each transaction id.
pub(crate) async fn ids(lake: &Lake, table: &str) -> Result<HashMap<String, u64>> {
    #[derive(Deserialize)]
    struct Row {
        transaction_id: String,
        rows: u64,
    }
    let query = format!("SELECT transaction_id, count(*) AS rows FROM {table} GROUP BY transaction_id");
    let rows: Vec<Row> = serde_json::from_slice(&answer(lake, &query).await?)?;
    Ok(rows.into_iter().map(|row| (row.transaction_id, row.rows)).collect())
}

/// Rows of a table beyond one for each transaction.
pub(super) async fn twice(lake: &Lake, table: &str) -> Result<u64> {
    #[derive(Deserialize)]
    struct Row {
        twice: u64,
    }
    let query = format!("SELECT count(*) - count(DISTINCT transaction_id) AS twice FROM {table}");
    let rows: Vec<Row> = serde_json::from_slice(&answer(lake, &query).await?)?;
    rows.first().map(|row| row.twice).context("the lake answered no row")
}

async fn answer(lake: &Lake, query: &str) -> Result<Vec<u8>> {
    let mut answer = Vec::new();
    Box::pin(weir_sql::run(lake, query, weir_sql::Format::Json, usize::MAX, &mut answer)).await?;
    Ok(answer)
}

impl Counted {
    const fn new(now: Instant) -> Self {
        let (pass_time, last_pass) = (Duration::ZERO, Duration::ZERO);
        Self { passes: 0, failures: 0, pass_time, last_pass, up_to: now, plans: 0, rows: BTreeMap::new() }
    }

    /// Counts a pass that began then and has ended now, with what it committed unless it failed.
    fn take(&mut self, begun: Instant, commit: Option<&CommitMetrics>) {
        let took = begun.elapsed();
        self.pass_time += took;
        let Some(commit) = commit else {
            self.failures += 1;
            return;
        };
        self.passes += 1;
        self.last_pass = took;
        self.up_to = begun;
        self.plans += commit.plans as u64;
        for (table, rows) in &commit.rows {
            *self.rows.entry(table.clone()).or_default() += rows;
        }
    }
}

/// The moment that the environment names, if it does.
fn fault() -> Result<Fault, SettingsError> {
    match std::env::var(FAULT) {
        Ok(name) => {
            let point: FaultPoint = name.parse().map_err(|error: weir_jobs::UnknownFaultPoint| {
                SettingsError::new(FAULT, error.to_string())
            })?;
            Ok(Fault::Abort(point))
        }
        Err(_) => Ok(Fault::None),
    }
}

/// A pass every `interval`, and one at the end; a pass that fails is logged and tried again.
pub(super) fn start(
    lake: &Arc<LakeLoop>,
    interval: Duration,
    stop: &CancellationToken,
    behind: &Handle,
) -> Task {
    let (lake, stop) = (Arc::clone(lake), stop.clone());
    Task::start_on(behind, "jobs of the lake", async move {
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(interval) => {}
            }
            // On its own, since a library that panics on a disk that refuses must not end the system.
            let of_pass = Arc::clone(&lake);
            let pass = tokio::spawn(async move { Box::pin(of_pass.pass()).await });
            if let Err(error) = pass.await.map_err(anyhow::Error::from).flatten() {
                tracing::error!("a pass over the lake failed and is tried again: {error:#}");
            }
        }
        Ok(())
    })
}
