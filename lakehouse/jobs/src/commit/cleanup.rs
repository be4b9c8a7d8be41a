//! Deleting what no plan needs any more.

use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use weir_engine::Lake;
use weir_landing::{Watermarks, covered, plan_path, plans_prefix};

use super::landed;
use super::settings::CommitSettings;
use super::target::Target;
use crate::FaultPoint;

/// Deletes landing files that hold no row past the watermarks of a plan that every table carries; returns how many.
pub(crate) async fn landing(
    lake: &Lake,
    target: Target,
    watermarks: &Watermarks,
    settings: &CommitSettings,
) -> anyhow::Result<usize> {
    let listing = landed::list(lake, target.stream).await?;
    let files = covered(&listing, watermarks);
    if !files.is_empty() {
        settings.fault.reach(FaultPoint::BeforeCleanup)?;
    }
    for file in &files {
        delete(lake, &file.path.to_string()).await?;
        settings.fault.reach(FaultPoint::DuringCleanup)?;
    }
    Ok(files.len())
}

/// Deletes plans that stand so far behind the newest that nobody can be running them.
pub(crate) async fn plans(lake: &Lake, target: Target, newest: u64, kept: u64) -> anyhow::Result<()> {
    let Some(oldest_kept) = newest.checked_sub(kept) else { return Ok(()) };
    let first_kept = plan_path(&target.plans(), oldest_kept);
    let folder = Path::from(plans_prefix(&target.plans()));
    let found = lake.store().list(Some(&folder)).try_collect::<Vec<_>>().await?;
    for file in found.iter().filter(|file| file.location.as_ref() < first_kept.as_str()) {
        delete(lake, file.location.as_ref()).await?;
    }
    Ok(())
}

async fn delete(lake: &Lake, path: &str) -> anyhow::Result<()> {
    match lake.store().delete(&Path::from(path)).await {
        // Two runs may clean up at once.
        Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
