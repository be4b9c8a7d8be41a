//! Any job by its name: with a lease, and a row in `system.job_runs`.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::sync::watch;
use weir_engine::Lake;

use crate::commit::{self, CommitSettings};
use crate::maintain::{MaintainSettings, maintain};
use crate::reconcile::{self, ReconcileSettings, WAITING};
use crate::report::{Listener, Report};
use crate::silver::{self, SilverSettings};
use crate::star::{self, StarSettings, midnight};
use crate::{Fault, Lease, check, label, metrics, now, runs};

/// Microseconds in a day.
const DAY: i64 = 86_400_000_000;

/// The jobs in the order in which they build on each other, and what each does.
pub const JOBS: [(&str, &str); 8] = [
    ("commit", "landing files into bronze, decisions into silver"),
    ("silver", "bronze into silver: each transaction and label once"),
    ("label", "what was known of each transaction, and from when on"),
    ("star", "facts and dimensions of the dates that have changed"),
    ("metrics", "sums by day"),
    ("reconcile", "each stage beside the next, by date: what is waiting, lost or different"),
    ("check", "keys, references, counts and sums"),
    ("maintain", "compaction, checkpoints, and what is older than the retention deleted"),
];

/// How a job is run.
#[derive(Clone, Debug, Default)]
pub struct JobOptions {
    /// Dates to make again; `None` for those that have changed.
    pub dates: Option<BTreeSet<String>>,
    /// Only say what would be done.
    pub dry_run: bool,
    /// Columns of `silver.decisions`.
    pub feature_names: Vec<String>,
    /// How long a transaction may be without a decision before `reconcile` calls it lost.
    pub waiting: Option<Duration>,
    /// Settings of `maintain`.
    pub maintain: MaintainSettings,
    /// Leaves no row for a run that finds nothing to do, as those do that come by the clock.
    pub is_quiet: bool,
    /// Becomes `true` when the run is to end at once; what it has not committed is void.
    pub stop: Option<watch::Receiver<bool>>,
    /// Where a test stops the run.
    pub fault: Fault,
}

/// The run was asked to stop; the next one does its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

impl std::fmt::Display for Stopped {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("stopped before its end as it was asked to; the next run does its work")
    }
}

impl std::error::Error for Stopped {}

/// What a run did.
#[derive(Clone, Debug, serde::Serialize)]
pub struct JobOutcome {
    /// The run.
    pub run_id: String,
    /// What it did.
    pub report: Report,
}

/// Dates from one to another, `2026-01-31` each.
///
/// # Errors
/// If one is no date, or the first comes after the last.
pub fn date_range(from: &str, to: &str) -> anyhow::Result<BTreeSet<String>> {
    let (from, to) = (midnight(from)?, midnight(to)?);
    anyhow::ensure!(from <= to, "the first date comes after the last one");
    Ok((from / DAY..=to / DAY).filter_map(|day| Some(crate::date_text(i32::try_from(day).ok()?))).collect())
}

/// Runs a job.
///
/// # Errors
/// If there is no such job, another run has it, or it fails; `Stopped` if it was asked to stop.
pub async fn run_job(
    lake: &Lake,
    name: &str,
    options: &JobOptions,
    listener: Listener<'_>,
) -> anyhow::Result<JobOutcome> {
    if !JOBS.iter().any(|(job, _)| *job == name) {
        let names = JOBS.map(|(job, _)| job).join("`, `");
        bail!("there is no job `{name}`; use one of `{names}`");
    }
    let (run_id, started_at) = (uuid::Uuid::new_v4().to_string(), now());
    if options.dry_run {
        let report = Box::pin(dispatch(lake, name, &run_id, options, listener)).await?;
        return Ok(JobOutcome { run_id, report });
    }
    let dates = options.dates.as_ref().and_then(|dates| dates.first().cloned());
    let leased = format!("{name}/{}", dates.as_deref().unwrap_or("changed"));
    let lease = Lease::take(lake, &leased, &run_id).await?;
    let done = tokio::select! {
        done = Box::pin(dispatch(lake, name, &run_id, options, listener)) => done,
        () = stopped(options.stop.clone()) => Err(Stopped.into()),
    };
    if let Err(error) = lease.release().await {
        tracing::warn!("the lease of `{name}` expires, since it could not be given back: {error:#}");
    }
    let is_idle = |report: &Report| report.versions_written.is_empty() && report.dates.is_empty();
    let is_told = match &done {
        Ok(report) => !options.is_quiet || name == "maintain" || !is_idle(report),
        Err(error) => !error.is::<Stopped>(),
    };
    if !is_told {
        return Ok(JobOutcome { run_id, report: done? });
    }
    let outcome = done.as_ref().map(Report::clone).map_err(|error| format!("{error:#}"));
    let recorded = Box::pin(runs::record(lake, &run_id, name, started_at, &outcome)).await;
    // Why the run failed is told first.
    let report = done?;
    recorded.context("the run cannot be recorded")?;
    Ok(JobOutcome { run_id, report })
}

/// Returns when the run is to stop.
async fn stopped(stop: Option<watch::Receiver<bool>>) {
    match stop {
        // An end without a word is one too.
        Some(mut stop) => drop(stop.wait_for(|is_asked| *is_asked).await),
        None => std::future::pending().await,
    }
}

async fn dispatch(
    lake: &Lake,
    name: &str,
    run_id: &str,
    options: &JobOptions,
    listener: Listener<'_>,
) -> anyhow::Result<Report> {
    match name {
        "commit" | "silver" if options.dates.is_some() || options.dry_run => {
            bail!("`{name}` goes by what has arrived: it takes neither dates nor --dry-run")
        }
        "commit" => commit_all(lake, options).await,
        "silver" => silver_all(lake, options).await,
        "label" => Box::pin(label::run(lake, options, listener)).await,
        "star" => {
            let settings =
                StarSettings { dates: options.dates.clone(), dry_run: options.dry_run, fault: options.fault };
            Box::pin(star::run(lake, &settings, listener)).await
        }
        "metrics" => Box::pin(metrics::run(lake, options)).await,
        "reconcile" => {
            let settings = ReconcileSettings {
                dates: options.dates.clone(),
                waiting: options.waiting.unwrap_or(WAITING),
                dry_run: options.dry_run,
            };
            Box::pin(reconcile::run(lake, run_id, &settings, listener)).await
        }
        "check" => Box::pin(check(lake)).await,
        "maintain" => {
            let settings = MaintainSettings {
                dry_run: options.dry_run,
                fault: options.fault,
                ..options.maintain.clone()
            };
            Box::pin(maintain(lake, &settings, listener)).await
        }
        _ => bail!("there is no job `{name}`"),
    }
}

async fn commit_all(lake: &Lake, options: &JobOptions) -> anyhow::Result<Report> {
    let settings = CommitSettings {
        feature_names: options.feature_names.clone(),
        fault: options.fault,
        ..CommitSettings::default()
    };
    let metrics = Box::pin(commit::run(lake, &settings)).await?;
    Ok(Report {
        rows_read: metrics.total_rows(),
        rows_written: metrics.total_rows(),
        versions_written: metrics.versions,
        ..Report::default()
    })
}

async fn silver_all(lake: &Lake, options: &JobOptions) -> anyhow::Result<Report> {
    let settings = SilverSettings { fault: options.fault, ..SilverSettings::default() };
    let metrics = Box::pin(silver::run(lake, &settings)).await?;
    let mut report = Report::default();
    for (name, table) in metrics.tables {
        report.rows_read += table.read;
        report.rows_written += table.added;
        report.dates.extend(table.dates);
        report.versions_written.extend(table.version.map(|version| (name, version)));
    }
    Ok(report)
}
