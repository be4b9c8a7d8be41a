//! Versions that stay: whoever refers to a version of a table says so here, and `maintain` keeps what it is read by.
//!
//! A pin is a document `pins/<table>/<version>/<who>.json` in the lake: several may hold one version, and each takes
//! back its own. Nothing pins by itself yet: `weir train` reads files.

use anyhow::{Context, bail, ensure};
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use serde::{Deserialize, Serialize};
use weir_engine::Lake;
use weir_tables::{LakeTable, TableName};

use crate::now;

/// Who holds a version of a table, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// The table, `silver.transactions` for example.
    pub table: String,
    /// Its version.
    pub version: u64,
    /// Name of who refers to it: a model, a report.
    pub who: String,
    /// What for.
    pub why: String,
    /// When it was pinned.
    pub pinned_at: String,
}

/// Pins a version of a table, the newest if none is named.
///
/// # Errors
/// If there is no such table or version, or its files are no longer there; if the name is none; or if the store fails.
pub async fn pin(
    lake: &Lake,
    table: TableName,
    version: Option<u64>,
    who: &str,
    why: &str,
) -> anyhow::Result<Pin> {
    let newest = Box::pin(LakeTable::open(lake, table)).await?;
    let newest = newest.with_context(|| format!("there is no table `{table}` yet"))?;
    let version = version.unwrap_or(newest.version());
    let path = path(table, version, who)?;
    let (who, why) = (who.to_owned(), why.to_owned());
    let pin = Pin { table: table.to_string(), version, who, why, pinned_at: now().to_string() };
    // First the pin, then the look whether everything is there: so no vacuum comes in between.
    lake.store().put(&path, PutPayload::from(serde_json::to_vec(&pin)?)).await?;
    if let Err(error) = is_whole(lake, table, version).await {
        lake.store().delete(&path).await?;
        return Err(error);
    }
    Ok(pin)
}

async fn is_whole(lake: &Lake, table: TableName, version: u64) -> anyhow::Result<()> {
    let held = Box::pin(LakeTable::open_version(lake, table, version)).await?;
    let held = held.with_context(|| format!("there is no table `{table}` yet"))?;
    match held.missing_files(lake).await? {
        0 => Ok(()),
        missing => {
            bail!("version {version} of `{table}` can no longer be read: {missing} of its files are deleted")
        }
    }
}

/// Takes back a pin; whether there was one.
///
/// # Errors
/// If the name is none, or the store fails.
pub async fn unpin(lake: &Lake, table: TableName, version: u64, who: &str) -> anyhow::Result<bool> {
    let path = path(table, version, who)?;
    match lake.store().head(&path).await {
        Ok(_) => {}
        Err(object_store::Error::NotFound { .. }) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    lake.store().delete(&path).await?;
    Ok(true)
}

/// Every pin, by table and version.
///
/// # Errors
/// If one cannot be read: then nobody knows what has to stay.
pub async fn pins(lake: &Lake) -> anyhow::Result<Vec<Pin>> {
    let store = lake.store();
    let found = store.list(Some(&Path::from("pins"))).try_collect::<Vec<_>>().await?;
    let mut pins = Vec::new();
    for file in found {
        let bytes = store.get(&file.location).await?.bytes().await?;
        let pin: Pin = serde_json::from_slice(&bytes)
            .with_context(|| format!("`{}` is no pin; restore or delete it", file.location))?;
        pins.push(pin);
    }
    pins.sort_by(|one, other| {
        (&one.table, one.version, &one.who).cmp(&(&other.table, other.version, &other.who))
    });
    Ok(pins)
}

fn path(table: TableName, version: u64, who: &str) -> anyhow::Result<Path> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    ensure!(
        !who.is_empty() && who.len() <= 120 && who.bytes().all(is_name) && !who.starts_with('.'),
        "`{who}` is no name: use up to 120 letters, digits, `-`, `_` and `.`"
    );
    Ok(Path::from(format!("pins/{table}/{version:020}/{who}.json")))
}
