//! Leases: one run of a job at a time, whatever becomes of the one that has it.
//!
//! A lease has generations, files that are made by create-if-absent. The newest one counts: whoever wants the lease makes
//! the next, if the newest is released, has expired, or belongs to a process of this machine that is gone. The holder
//! writes its file again before it expires. The lease keeps two runs from doing the same work twice; what keeps them from
//! doing harm is the number that a commit carries.

use std::time::Duration;

use anyhow::bail;
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;
use weir_engine::Lake;

use crate::now;

/// How long a lease holds without being renewed.
const HOLDS: Duration = Duration::from_secs(60);

/// How often it is renewed.
const RENEWED: Duration = Duration::from_secs(15);

/// Generations kept behind the newest.
const KEPT: usize = 3;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Holder {
    run: String,
    machine: String,
    process: u32,
    expires_at: i64,
    is_released: bool,
}

/// A lease that is held; it is released when that is asked for, or found expired when the process is gone.
#[derive(Debug)]
pub struct Lease {
    lake: Lake,
    path: Path,
    holder: Holder,
    renewing: JoinHandle<()>,
}

impl Lease {
    /// Takes the lease of a name, a table with a date for example.
    ///
    /// # Errors
    /// If another run holds it, or the store fails.
    pub async fn take(lake: &Lake, name: &str, run: &str) -> anyhow::Result<Self> {
        let folder = Path::from(format!("leases/{name}"));
        let mut found = lake.store().list(Some(&folder)).try_collect::<Vec<_>>().await?;
        found.sort_by(|one, other| one.location.cmp(&other.location));
        let newest = found.last().map(|file| file.location.clone());
        if let Some(path) = &newest
            && let Some(holder) = read(lake, path).await?
            && holder.holds()
        {
            bail!(
                "run `{}` of process {} on `{}` holds `{name}`; wait for it, or for {} s after its end",
                holder.run,
                holder.process,
                holder.machine,
                HOLDS.as_secs()
            );
        }
        let generation =
            newest.as_ref().and_then(|path| path.filename()?.strip_suffix(".json")?.parse::<u64>().ok());
        let path =
            Path::from(format!("leases/{name}/{:010}.json", generation.map_or(0, |number| number + 1)));
        let holder = Holder {
            run: run.to_owned(),
            machine: machine(),
            process: std::process::id(),
            expires_at: expiry(),
            is_released: false,
        };
        let options = PutOptions::from(PutMode::Create);
        match lake.store().put_opts(&path, payload(&holder)?, options).await {
            Ok(_) => {}
            Err(object_store::Error::AlreadyExists { .. }) => bail!("another run has just taken `{name}`"),
            Err(error) => return Err(error.into()),
        }
        for old in found.iter().rev().skip(KEPT) {
            // Another run may delete it too.
            let _ = lake.store().delete(&old.location).await;
        }
        let renewing = tokio::spawn(renew(lake.clone(), path.clone(), holder.clone()));
        Ok(Self { lake: lake.clone(), path, holder, renewing })
    }

    /// Gives it back.
    ///
    /// # Errors
    /// If the store fails; then it expires.
    pub async fn release(mut self) -> anyhow::Result<()> {
        self.renewing.abort();
        self.holder.is_released = true;
        if self.lake.store().put(&self.path, payload(&self.holder)?).await.is_err() {
            // A disk that is full can delete still.
            self.lake.store().delete(&self.path).await?;
        }
        Ok(())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.renewing.abort();
    }
}

impl Holder {
    fn holds(&self) -> bool {
        let is_gone = self.machine == machine() && !is_running(self.process);
        !self.is_released && !is_gone && self.expires_at > now().micros()
    }
}

/// Whether a process of this machine is there; where the system does not say, it may be.
fn is_running(process: u32) -> bool {
    let processes = std::path::Path::new("/proc");
    !processes.join("self").exists() || processes.join(process.to_string()).exists()
}

/// This machine since it was started.
fn machine() -> String {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{} {}", name.trim(), boot.trim())
}

fn expiry() -> i64 {
    now().micros().saturating_add(i64::try_from(HOLDS.as_micros()).unwrap_or(i64::MAX))
}

fn payload(holder: &Holder) -> anyhow::Result<PutPayload> {
    Ok(PutPayload::from(serde_json::to_vec(holder)?))
}

/// Who holds a generation; `None` if its file cannot be read, which a crash while it was written may leave.
async fn read(lake: &Lake, path: &Path) -> anyhow::Result<Option<Holder>> {
    let bytes = lake.store().get(path).await?.bytes().await?;
    Ok(serde_json::from_slice(&bytes).ok())
}

async fn renew(lake: Lake, path: Path, mut holder: Holder) {
    loop {
        tokio::time::sleep(RENEWED).await;
        holder.expires_at = expiry();
        let Ok(payload) = payload(&holder) else { return };
        if let Err(error) = lake.store().put(&path, payload).await {
            tracing::warn!("a lease could not be renewed: {error}");
        }
    }
}
