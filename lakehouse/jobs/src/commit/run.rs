//! The job itself.

use std::time::Instant;

use anyhow::Context;
use tracing::info;
use weir_engine::Lake;
use weir_landing::Plan;
use weir_tables::{Change, Number, TablesError};

use super::rows::Effects;
use super::target::{Numbered, TARGETS, Target};
use super::{APPLICATION, CommitMetrics, CommitSettings, cleanup, landed, plans, rows};
use crate::FaultPoint;

/// Commits what has landed when it begins.
///
/// Two runs at once are safe: one of them commits a plan, the other one finds it done.
///
/// # Errors
/// If the lake cannot be read or written; the next run goes on where this one stopped.
pub async fn run(lake: &Lake, settings: &CommitSettings) -> anyhow::Result<CommitMetrics> {
    let started = Instant::now();
    let mut metrics = CommitMetrics::default();
    for target in TARGETS {
        let committed = Box::pin(commit_stream(lake, target, settings, &mut metrics)).await;
        committed.with_context(|| format!("cannot commit what landed of stream `{}`", target.stream))?;
    }
    metrics.elapsed = started.elapsed();
    if metrics.plans > 0 {
        let rows = metrics.total_rows();
        info!(rows, plans = metrics.plans, elapsed_ms = metrics.elapsed.as_millis(), "committed {rows} rows");
    }
    Ok(metrics)
}

async fn commit_stream(
    lake: &Lake,
    target: Target,
    settings: &CommitSettings,
    metrics: &mut CommitMetrics,
) -> anyhow::Result<()> {
    let mut opened = target.open(lake, &settings.feature_names).await?;
    // What lands meanwhile waits for the next run: under load the streams after this one would never get their turn.
    let mut files_left = landed::list(lake, target.stream).await?.len();
    for _ in 0..settings.most_plans {
        let carried = carried_by_all(&opened);
        let watermarks = plans::watermarks(lake, target, carried).await?;
        let made = plans::find_or_make(lake, target, carried + 1, &watermarks, settings).await?;
        let Some(plan) = made else {
            metrics.files_deleted += cleanup::landing(lake, target, &watermarks, settings).await?;
            break;
        };
        settings.fault.reach(FaultPoint::AfterPlan)?;
        let mut effects = Effects::default();
        for numbered in opened.iter_mut().filter(|numbered| numbered.number < plan.number) {
            commit_table(lake, numbered, &plan, settings, &mut effects, metrics).await?;
        }
        metrics.plans += 1;
        opened = target.open(lake, &settings.feature_names).await?;
        if carried_by_all(&opened) >= plan.number {
            metrics.files_deleted += cleanup::landing(lake, target, &plan.watermarks, settings).await?;
            cleanup::plans(lake, target, plan.number, settings.kept_plans).await?;
        }
        files_left = files_left.saturating_sub(plan.files.len());
        if files_left == 0 {
            break;
        }
    }
    Ok(())
}

fn carried_by_all(opened: &[Numbered]) -> u64 {
    opened.iter().map(|numbered| numbered.number).min().unwrap_or_default()
}

async fn commit_table(
    lake: &Lake,
    numbered: &mut Numbered,
    plan: &Plan,
    settings: &CommitSettings,
    effects: &mut Effects,
    metrics: &mut CommitMetrics,
) -> anyhow::Result<()> {
    let table = &mut numbered.table;
    let name = table.name();
    let written = match Box::pin(rows::write(lake, table, plan, settings, effects, metrics)).await {
        Ok(added) => added,
        // Whoever finished this plan before us has deleted its files.
        Err(error) if is_missing(&error) && is_done(lake, numbered, plan, settings).await? => return Ok(()),
        Err(error) => return Err(error),
    };
    settings.fault.reach(FaultPoint::AfterDataFiles)?;
    let (rows, files) = (written.rows, written.files());
    let number = Number::Next(i64::try_from(plan.number)?);
    let change = Change::appending(written, APPLICATION, number);
    match Box::pin(table.commit(lake, change)).await {
        Ok(version) => {
            metrics.versions.insert(name.to_string(), version);
            *metrics.rows.entry(name.to_string()).or_default() += rows;
            metrics.files_written += files;
            settings.fault.reach(FaultPoint::AfterDeltaCommit)
        }
        Err(TablesError::Done { .. } | TablesError::Conflict { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn is_missing(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(TablesError::Missing { .. }))
}

async fn is_done(
    lake: &Lake,
    numbered: &Numbered,
    plan: &Plan,
    settings: &CommitSettings,
) -> anyhow::Result<bool> {
    let name = numbered.table.name();
    let definition = weir_tables::Definition::of(name, &settings.feature_names);
    let newest = Box::pin(weir_tables::LakeTable::open_or_create(lake, &definition)).await?;
    let number = newest.number(APPLICATION).await?.unwrap_or_default();
    Ok(u64::try_from(number)? >= plan.number)
}
