//! The lake's other jobs by themselves: one at a time, between two passes, on a thread of their own.
//!
//! Commit and silver come first: a job begins when no pass is at work, and what it computes does not stand in the way of
//! the runtime that answers requests and makes the passes. Each run takes the lease that `weir job` takes. A run that
//! fails is logged, is in `system.job_runs`, and comes again at its next time; one that is at work when the system stops
//! is given up, which the jobs are made for.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::sync::{oneshot, watch};
use tokio_util::sync::CancellationToken;
use weir_engine::Lake;
use weir_jobs::{JobOptions, MaintainSettings, Stopped, last_runs, run_job};

use super::behind::{HELPERS, give_way};
use super::lake::LakeLoop;
use super::tasks::Task;
use crate::settings::JobSettings;

/// How often it is looked whether a job is due.
const LOOK: Duration = Duration::from_secs(1);

/// Runs among which the last one of `maintain` is looked for, so that a restart does not put it off.
const RUNS: usize = 200;

/// Jobs that make what people query.
const TABLES: [&str; 3] = ["label", "star", "metrics"];

/// Starts the schedule; `None` if every job is turned off.
pub(super) fn start(lake: &Arc<LakeLoop>, settings: JobSettings, stop: &CancellationToken) -> Option<Task> {
    if settings.times().is_empty() {
        return None;
    }
    let (lake, stop) = (Arc::clone(lake), stop.clone());
    Some(Task::start("schedule of the lake's jobs", async move {
        let (ended, end) = oneshot::channel();
        let thread = std::thread::Builder::new().name("lake jobs".to_owned());
        thread.spawn(move || drop(ended.send(on_its_own(&Schedule { lake, settings, stop }))))?;
        end.await.context("the thread of the lake's jobs ended")?
    }))
}

/// A runtime for the jobs alone.
fn on_its_own(schedule: &Schedule) -> Result<()> {
    give_way();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(HELPERS)
        .thread_name("lake jobs")
        .on_thread_start(give_way)
        .enable_all()
        .build()?;
    runtime.block_on(schedule.run());
    // What a job that was given up still reads or encodes is not waited for.
    runtime.shutdown_background();
    Ok(())
}

/// Makes the tables that people query, now; what fails is logged.
pub(super) async fn make_tables(lake: &LakeLoop, settings: &JobSettings) {
    let (_never, stop) = watch::channel(false);
    for (name, _) in settings.times().into_iter().filter(|(name, _)| TABLES.contains(name)) {
        let _turn = lake.turn().await;
        if let Err(error) =
            Box::pin(run_job(lake.lake(), name, &options(settings, stop.clone()), &mut |_| ())).await
        {
            tracing::warn!("job `{name}` failed and is tried again at its next time: {error:#}");
        }
    }
}

struct Schedule {
    lake: Arc<LakeLoop>,
    settings: JobSettings,
    stop: CancellationToken,
}

impl Schedule {
    async fn run(&self) {
        let mut due = self.first().await;
        while !self.stop.is_cancelled() {
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
            for (name, every) in self.settings.times() {
                let is_due = due.get(name).is_none_or(|next| *next <= Instant::now());
                if is_due && !self.stop.is_cancelled() && !self.lake.is_at_work() {
                    self.one(name).await;
                    due.insert(name, Instant::now() + every);
                }
            }
        }
    }

    /// When each job is due first: after its time, but `maintain` after the time since its last run.
    async fn first(&self) -> BTreeMap<&'static str, Instant> {
        let now = Instant::now();
        let mut due = self
            .settings
            .times()
            .into_iter()
            .map(|(name, every)| (name, now + every))
            .collect::<BTreeMap<_, _>>();
        if let Some(next) = due.get_mut("maintain")
            && let Some(since) = since_maintained(self.lake.lake()).await
        {
            *next = next.checked_sub(since).unwrap_or(now).max(now);
        }
        due
    }

    async fn one(&self, name: &'static str) {
        let _turn = tokio::select! {
            turn = self.lake.turn() => turn,
            () = self.stop.cancelled() => return,
        };
        let (ask, asked) = watch::channel(false);
        let (lake, options) = (self.lake.lake().clone(), options(&self.settings, asked));
        // On its own, since a library that panics on a disk that refuses must not end the system.
        let mut run =
            tokio::spawn(async move { Box::pin(run_job(&lake, name, &options, &mut |_| ())).await });
        let ended = tokio::select! {
            ended = &mut run => ended,
            () = self.stop.cancelled() => {
                ask.send_replace(true);
                run.await
            }
        };
        match ended.map_err(anyhow::Error::from).flatten() {
            Ok(outcome) if outcome.report.versions_written.is_empty() => {}
            Ok(outcome) => tracing::info!(
                rows.written = outcome.report.rows_written,
                dates = outcome.report.dates.len(),
                "job `{name}` is done"
            ),
            Err(error) if error.is::<Stopped>() => {
                tracing::info!("job `{name}` was stopped; its next run does its work")
            }
            Err(error) => {
                tracing::error!("job `{name}` failed and is tried again at its next time: {error:#}")
            }
        }
    }
}

fn options(settings: &JobSettings, stop: watch::Receiver<bool>) -> JobOptions {
    JobOptions {
        waiting: Some(settings.waiting()),
        maintain: MaintainSettings {
            retention: settings.retention(),
            tells_oldest: false,
            ..MaintainSettings::default()
        },
        is_quiet: true,
        stop: Some(stop),
        ..JobOptions::default()
    }
}

/// How long ago the lake was maintained, if that is known.
async fn since_maintained(lake: &Lake) -> Option<Duration> {
    let runs = Box::pin(last_runs(lake, RUNS)).await.ok()?;
    let last = runs.into_iter().find(|run| run.job == "maintain" && run.status == "done")?;
    let started: weir_events::Timestamp = format!("{}Z", last.started_at.replace(' ', "T")).parse().ok()?;
    let micros = weir_jobs::now().micros().saturating_sub(started.micros());
    Some(Duration::from_micros(u64::try_from(micros).ok()?))
}
