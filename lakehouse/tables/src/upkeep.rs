//! Keeping a table healthy: checkpoints, and what is older than its retention.

use std::time::Duration;

use deltalake_core::checkpoints::{cleanup_metadata, create_checkpoint};
use deltalake_core::operations::vacuum::VacuumMode;

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

    /// Deletes log entries that are older than the table's retention and stand before a checkpoint; answers how many.
    ///
    /// # Errors
    /// If the log cannot be read or written.
    pub async fn clean_log(&self) -> Result<usize, TablesError> {
        let failed = TablesError::delta(self.name, "clean its log");
        Box::pin(cleanup_metadata(&self.delta, None)).await.map_err(failed)
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
