//! Holds senders back before the disk is full, and while the store takes no writes; says when files run out.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio_util::sync::CancellationToken;

use super::tasks::Task;
use crate::backing::Here;
use crate::home::Home;
use crate::settings::Settings;

/// Pause between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// The machine has no file descriptor left.
const ENFILE: i32 = 23;
/// The process has none.
const EMFILE: i32 = 24;

/// Looks until `stop`. Ends with an error when there is space and the store has to be opened again to use it.
pub(super) fn start(
    home: &Home,
    settings: &Settings,
    here: &Here,
    ingest: &Arc<weir_ingest::Context>,
    stop: &CancellationToken,
) -> Task {
    let guard = Guard {
        home: home.root().to_owned(),
        least: settings.min_free_bytes,
        here: here.clone(),
        ingest: Arc::clone(ingest),
    };
    let stop = stop.clone();
    Task::start("the look at free space", async move {
        let (mut held, mut had_files) = (None, true);
        while !stop.is_cancelled() {
            held = guard.look(held)?;
            had_files = guard.look_for_files(had_files);
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        Ok(())
    })
}

struct Guard {
    home: PathBuf,
    least: u64,
    here: Here,
    ingest: Arc<weir_ingest::Context>,
}

impl Guard {
    /// Looks once; takes and answers why senders are held back.
    fn look(&self, before: Option<String>) -> Result<Option<String>> {
        // What cannot be asked, for want of file descriptors say, is asked again.
        let Ok(free) = free_bytes(&self.home) else { return Ok(before) };
        let place = self.home.display();
        let has_space = free >= self.least;
        let has_failed = self.here.store.as_ref().is_some_and(|store| store.has_failed());
        let now = match (has_space, has_failed) {
            (true, false) => None,
            (true, true) => bail!("the store stopped when a write failed; there is space now: start again"),
            (false, _) => Some(format!(
                "the disk of the home `{place}` has less than {} bytes free; free some, or lower min_free_bytes",
                self.least
            )),
        };
        match (&before, &now) {
            (None, Some(reason)) => tracing::error!("nothing more is taken in: {reason}"),
            (Some(_), None) => tracing::warn!("the disk of the home `{place}` has space again"),
            _ => {}
        }
        self.ingest.hold(now.clone());
        Ok(now)
    }

    /// Says when there is no file descriptor left, and when there is again: until then connections wait to be taken.
    fn look_for_files(&self, had_files: bool) -> bool {
        let opened = File::open(&self.home);
        let has_files = !opened.is_err_and(|error| matches!(error.raw_os_error(), Some(ENFILE | EMFILE)));
        match (had_files, has_files) {
            (true, false) => tracing::error!(
                "too many open files: connections wait until others are closed; raise the limit with `ulimit -n`"
            ),
            (false, true) => tracing::warn!("there are file descriptors again"),
            _ => {}
        }
        has_files
    }
}

/// Bytes that the disk of a folder has left for us.
fn free_bytes(folder: &Path) -> Result<u64> {
    let disk = rustix::fs::statvfs(folder).context("cannot ask how much space there is")?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}
