//! The job itself.

use std::collections::HashSet;
use std::time::Instant;

use anyhow::Context;
use futures::TryStreamExt;
use tracing::info;
use weir_engine::Lake;
use weir_tables::{Change, Definition, LakeTable, TablesError, conform, read};

use super::candidates::Candidates;
use super::existing::{date_text, look_up};
use super::group::{Group, groups};
use super::kind::Kind;
use super::metrics::{SilverMetrics, SilverTableMetrics};
use super::{APPLICATION, SilverSettings, decode, rewrite};
use crate::FaultPoint;

/// Brings the silver tables up to the newest bronze versions.
///
/// Two runs at once are safe: the second one to commit finds its work done.
///
/// # Errors
/// If the lake cannot be read or written; the next run goes on where this one stopped.
pub async fn run(lake: &Lake, settings: &SilverSettings) -> anyhow::Result<SilverMetrics> {
    let started = Instant::now();
    let mut metrics = SilverMetrics::default();
    for kind in Kind::ALL {
        let table = metrics.tables.entry(kind.silver().to_string()).or_default();
        let made = Box::pin(make(lake, kind, settings, table)).await;
        made.with_context(|| format!("cannot make `{}`", kind.silver()))?;
        if table.version.is_some() {
            info!(
                rows.added = table.added,
                rows.repeated = table.repeated,
                "brought `{}` up to date",
                kind.silver()
            );
        }
    }
    metrics.elapsed = started.elapsed();
    Ok(metrics)
}

async fn make(
    lake: &Lake,
    kind: Kind,
    settings: &SilverSettings,
    metrics: &mut SilverTableMetrics,
) -> anyhow::Result<()> {
    let Some(bronze) = Box::pin(LakeTable::open(lake, kind.bronze())).await? else { return Ok(()) };
    let definition = Definition::of(kind.silver(), &[]);
    let mut silver = Box::pin(LakeTable::open_or_create(lake, &definition)).await?;
    let processed = silver.number(APPLICATION).await?.unwrap_or_default();
    for group in groups(&bronze, u64::try_from(processed)?, settings.group_rows).await? {
        match Box::pin(take_group(lake, kind, &mut silver, group, settings, metrics)).await {
            Ok(()) => {}
            Err(error) if is_done_by_another(&error) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn is_done_by_another(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(TablesError::Done { .. } | TablesError::Conflict { .. }))
}

async fn take_group(
    lake: &Lake,
    kind: Kind,
    silver: &mut LakeTable,
    group: Group,
    settings: &SilverSettings,
    metrics: &mut SilverTableMetrics,
) -> anyhow::Result<()> {
    let mut candidates = candidates(lake, kind, &group, metrics).await?;
    let files = silver.files()?;
    let replaced = look_up(lake, &files, &mut candidates).await?;
    let touched = candidates.dates().into_iter().map(date_text).collect::<HashSet<_>>();
    let rewritten = rewrite::choose(files, &replaced, &touched, settings);
    metrics.repeated += candidates.repeated();
    metrics.replaced += replaced.keys.len() as u64;
    let mut writer = silver.writer()?;
    rewrite::rewrite(lake, kind, silver, &rewritten, &replaced.keys, &mut writer).await?;
    let schema = silver.schema()?;
    for rows in candidates.into_rows()? {
        metrics.added += rows.num_rows() as u64;
        writer.write(conform(&rows, &schema)?).await?;
    }
    let added = writer.finish().await?;
    settings.fault.reach(FaultPoint::AfterSilverFiles)?;
    metrics.files_written += added.files();
    metrics.files_rewritten += rewritten.len();
    metrics.dates.extend(touched);
    let change = Change::replacing(added, rewritten, APPLICATION, group.number);
    metrics.version = Some(Box::pin(silver.commit(lake, change)).await?);
    Ok(())
}

async fn candidates(
    lake: &Lake,
    kind: Kind,
    group: &Group,
    metrics: &mut SilverTableMetrics,
) -> anyhow::Result<Candidates> {
    let mut candidates = Candidates::new(kind);
    for file in &group.files {
        let path = format!("{}/{}", kind.bronze().folder(), file.path);
        let mut batches = read(lake, &path, None).await?;
        while let Some(batch) = batches.try_next().await? {
            candidates.push(decode::decode(kind, &batch, metrics)?)?;
        }
    }
    Ok(candidates)
}
