//! `weir job`: one job of the lake.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail};
use weir_features::FeatureSet;
use weir_jobs::{JOBS, JobOptions, JobOutcome, MaintainSettings, Progress, date_range, run_job};

use crate::backing::existing_lake;
use crate::cli;
use crate::fault::fault;
use crate::home::Home;
use crate::output;
use crate::settings::{Settings, SettingsError};

/// Dates that are named to people; of more the first and the last are.
const NAMED: usize = 7;

pub(crate) async fn run(arguments: &cli::Job, global: &cli::Global, home: &Home) -> Result<ExitCode> {
    if !JOBS.iter().any(|(name, _)| *name == arguments.name) {
        let names = JOBS.map(|(name, _)| name).join("`, `");
        return Err(SettingsError::new(
            "NAME",
            format!("expected one of `{names}`, found `{}`", arguments.name),
        )
        .into());
    }
    let settings = Settings::load(global.config.as_deref())?;
    let Some(lake) = Box::pin(existing_lake(home, &settings)).await? else {
        bail!(
            "there is no lake in {} yet: run `weir import FILE` or `weir demo --exit`, or choose another with --home",
            home.root().display()
        );
    };
    let options = options(arguments, &settings)?;
    let bar = output::progress();
    let mut show = |progress: Progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.done);
        bar.set_message(progress.what);
    };
    let outcome = Box::pin(run_job(&lake, &arguments.name, &options, &mut show)).await;
    bar.finish_and_clear();
    let outcome = outcome?;
    if global.json {
        output::json(&outcome)?;
    } else {
        tell(arguments, &outcome)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn options(arguments: &cli::Job, settings: &Settings) -> Result<JobOptions> {
    let set = FeatureSet::full();
    Ok(JobOptions {
        dates: dates(&arguments.days)?,
        dry_run: arguments.dry_run,
        feature_names: set.features().iter().map(|feature| feature.name.clone()).collect(),
        maintain: MaintainSettings {
            retention: arguments
                .retention_days
                .map_or(settings.jobs.retention(), |days| Duration::from_secs(u64::from(days) * 86_400)),
            ..MaintainSettings::default()
        },
        waiting: Some(
            arguments
                .waiting_seconds
                .map_or(settings.jobs.waiting(), |seconds| Duration::from_secs(seconds.into())),
        ),
        fault: fault()?,
        ..JobOptions::default()
    })
}

fn dates(days: &cli::Days) -> Result<Option<BTreeSet<String>>> {
    let (key, from, to) = match (&days.date, &days.from, &days.to) {
        (Some(date), _, _) => ("--date", date, date),
        (None, Some(from), Some(to)) => ("--from", from, to),
        _ => return Ok(None),
    };
    match date_range(from, to) {
        Ok(dates) => Ok(Some(dates)),
        Err(error) => {
            Err(SettingsError::new(key, format!("expected days such as `2026-01-31`: {error}")).into())
        }
    }
}

fn tell(arguments: &cli::Job, outcome: &JobOutcome) -> Result<()> {
    let (name, report) = (&arguments.name, &outcome.report);
    let would = if arguments.dry_run { "would make" } else { "made" };
    match report.dates.len() {
        0 if report.notes.is_empty() && report.rows_written == 0 => {
            output::line(format!("{name}: nothing has changed"))?;
        }
        0 => {}
        count if count <= NAMED => {
            let dates = report.dates.iter().cloned().collect::<Vec<_>>().join(", ");
            output::line(format!("{name}: {would} {dates}"))?;
        }
        count => {
            let first = report.dates.first().map_or("", String::as_str);
            let last = report.dates.last().map_or("", String::as_str);
            output::line(format!("{name}: {would} {count} dates from {first} to {last}"))?;
        }
    }
    if report.rows_written > 0 {
        output::line(format!(
            "{name}: {} rows, {} bytes written",
            report.rows_written, report.bytes_written
        ))?;
    }
    report.notes.iter().try_for_each(|note| output::line(format!("  {note}")))
}
