//! Keeping a table healthy: checkpoints, and what is older than its retention.

use std::collections::{BTreeSet, HashSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use deltalake_core::checkpoints::{cleanup_expired_logs_for, create_checkpoint};
use deltalake_core::kernel::Action;
use deltalake_core::kernel::transaction::CommitProperties;
use deltalake_core::logstore::get_actions;
use deltalake_core::operations::vacuum::VacuumMode;
use deltalake_core::table::config::TablePropertiesExt;
use futures::TryStreamExt;
use object_store::ObjectStore;
use object_store::path::Path;
use weir_engine::Lake;

use crate::{LakeTable, TablesError};

/// Days for which versions can be read, unless settings say another number.
pub const RETENTION_DAYS: u32 = 400;

impl LakeTable {
    /// Refuses a table that has a feature which this program does not know how to write.
    ///
    /// # Errors
    /// If it has one; its name is in the error.
    pub fn check_writable(&self) -> Result<(), TablesError> {
        let state = self.state("write to it")?;
        let checked = deltalake_core::kernel::transaction::PROTOCOL.can_write_to(state);
        checked.map_err(|error| TablesError::delta(self.name, "write to it")(error.into()))
    }

    /// Writes a checkpoint of this version, so that opening the table reads no long log.
    ///
    /// # Errors
    /// If the log cannot be read or written.
    pub async fn checkpoint(&self) -> Result<(), TablesError> {
        let failed = TablesError::delta(self.name, "write a checkpoint of it");
        Box::pin(create_checkpoint(&self.delta, None)).await.map_err(failed)
    }

    /// Deletes log entries that are older than the table's retention and stand before a checkpoint, and none that one of
    /// the versions to keep is read by; answers how many.
    ///
    /// # Errors
    /// If the log cannot be read or written.
    pub async fn clean_log(&self, keep: &[u64]) -> Result<usize, TablesError> {
        let failed = || TablesError::delta(self.name, "clean its log");
        let retention = self.state("clean its log")?.table_config().log_retention_duration();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let cutoff = i64::try_from(now.saturating_sub(retention).as_millis()).unwrap_or_default();
        let until = keep.iter().copied().min().unwrap_or(u64::MAX).min(self.version());
        let log = self.delta.log_store();
        Box::pin(cleanup_expired_logs_for(until, log.as_ref(), cutoff, None)).await.map_err(failed())
    }

    /// The oldest version from which on every version can be read: its log is there, and so are its files.
    ///
    /// # Errors
    /// If the log or the table's folder cannot be read.
    pub async fn oldest_readable(&self, lake: &Lake) -> Result<u64, TablesError> {
        let failed = || TablesError::delta(self.name, "read its log");
        let (files, checkpoints) = self.stored(lake).await?;
        let log = self.delta.log_store();
        for version in (0..=self.version()).rev() {
            let Some(bytes) = log.read_commit_entry(version).await.map_err(failed())? else {
                // What stands before this entry can only be read by a checkpoint.
                let first = checkpoints.range(version..).next();
                return Ok(first.map_or_else(|| self.version(), |first| (*first).max(version + 1)));
            };
            let actions = get_actions(version, &bytes).map_err(failed())?;
            let is_gone = |action: &Action| match action {
                Action::Remove(remove) => !files.contains(remove.path.as_str()),
                _ => false,
            };
            if actions.iter().any(is_gone) {
                return Ok(version);
            }
        }
        Ok(0)
    }

    /// Files of this version that are not in the store any more.
    ///
    /// # Errors
    /// If the table's folder cannot be read.
    pub async fn missing_files(&self, lake: &Lake) -> Result<usize, TablesError> {
        let (files, _) = self.stored(lake).await?;
        Ok(self.files()?.iter().filter(|file| !files.contains(&file.path)).count())
    }

    /// Paths within the table's folder, and versions that have a checkpoint.
    async fn stored(&self, lake: &Lake) -> Result<(HashSet<String>, BTreeSet<u64>), TablesError> {
        let folder = Path::from(self.name.folder());
        let store = lake.store();
        let found = store.list(Some(&folder)).try_collect::<Vec<_>>().await;
        let found = found.map_err(|error| TablesError::delta(self.name, "list its files")(error.into()))?;
        let (mut files, mut checkpoints) = (HashSet::new(), BTreeSet::new());
        for path in found
            .iter()
            .filter_map(|file| file.location.as_ref().strip_prefix(folder.as_ref())?.strip_prefix('/'))
        {
            match path.strip_prefix("_delta_log/") {
                Some(entry) if entry.contains(".checkpoint.") => {
                    checkpoints.extend(entry.split('.').next().and_then(|number| number.parse::<u64>().ok()));
                }
                Some(_) => {}
                None => drop(files.insert(path.to_owned())),
            }
        }
        Ok((files, checkpoints))
    }

    /// Deletes files that no version younger than this needs, and none of those to keep; answers how many, or with
    /// `dry_run` how many it would delete.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn vacuum(
        &mut self,
        retention: Duration,
        keep: &[u64],
        dry_run: bool,
    ) -> Result<usize, TablesError> {
        let failed = |what| TablesError::delta(self.name, what);
        let retention = chrono::Duration::from_std(retention).unwrap_or(chrono::Duration::MAX);
        let mut vacuum = self
            .delta
            .clone()
            .vacuum()
            .with_mode(VacuumMode::Full)
            .with_retention_period(retention)
            .with_enforce_retention_duration(false)
            .with_commit_properties(CommitProperties::default().with_cleanup_expired_logs(Some(false)))
            .with_dry_run(dry_run);
        if !keep.is_empty() {
            vacuum = vacuum.with_keep_versions(keep);
        }
        let vacuumed = Box::pin(std::future::IntoFuture::into_future(vacuum)).await;
        let (delta, metrics) = vacuumed.map_err(failed("delete its old files"))?;
        self.delta = delta;
        Ok(metrics.files_deleted.len())
    }
}
