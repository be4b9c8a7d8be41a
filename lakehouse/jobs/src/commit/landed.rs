//! Listing landing files.

use futures::TryStreamExt;
use object_store::ObjectStore;
use object_store::path::Path;
use weir_engine::Lake;
use weir_landing::{LandingFile, LandingPath, stream_prefix};

/// Landing files of a stream. Other files in the folder are left alone.
pub(crate) async fn list(lake: &Lake, stream: &str) -> anyhow::Result<Vec<LandingFile>> {
    let folder = Path::from(stream_prefix(stream));
    let found = lake.store().list(Some(&folder)).try_collect::<Vec<_>>().await?;
    let landing = found.into_iter().filter_map(|file| {
        let path = file.location.as_ref().parse::<LandingPath>().ok()?;
        Some(LandingFile { path, size_bytes: file.size })
    });
    Ok(landing.collect())
}
