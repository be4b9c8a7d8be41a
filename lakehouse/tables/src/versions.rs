//! Versions of a table: those before, and what each of them did.

use std::collections::BTreeSet;

use deltalake_core::kernel::Action;
use deltalake_core::logstore::get_actions;
use weir_engine::Lake;

use crate::{DataFile, LakeTable, TableName, TablesError};

/// A version of a table, and when it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Made {
    /// The version.
    pub version: u64,
    /// Milliseconds since 1970.
    pub millis: i64,
}

impl LakeTable {
    /// The table as it was at a version; `None` if there is no such table.
    ///
    /// # Errors
    /// `NoVersion` if the version does not exist, or its files are no longer kept.
    pub async fn open_version(
        lake: &Lake,
        name: TableName,
        version: u64,
    ) -> Result<Option<Self>, TablesError> {
        let Some(mut table) = Self::open(lake, name).await? else { return Ok(None) };
        let newest = table.version();
        if version > newest {
            return Err(TablesError::NoVersion { table: name, asked: version.to_string(), newest });
        }
        let loaded = Box::pin(table.delta.load_version(version)).await;
        loaded.map_err(|_| TablesError::NoVersion { table: name, asked: version.to_string(), newest })?;
        Ok(Some(table))
    }

    /// The table as it was at a moment, in milliseconds since 1970; `None` if there is no such table.
    ///
    /// # Errors
    /// `NoVersion` if the table did not exist then.
    pub async fn open_moment(lake: &Lake, name: TableName, millis: i64) -> Result<Option<Self>, TablesError> {
        let Some(table) = Self::open(lake, name).await? else { return Ok(None) };
        let history = table.history().await?;
        let found = history.iter().filter(|made| made.millis <= millis).map(|made| made.version).max();
        match found {
            Some(version) => Self::open_version(lake, name, version).await,
            None => Err(TablesError::NoVersion {
                table: name,
                asked: "that moment".to_owned(),
                newest: table.version(),
            }),
        }
    }

    /// Versions whose log entries are kept, the oldest first, with the moments at which they were made.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub async fn history(&self) -> Result<Vec<Made>, TablesError> {
        let log = self.delta.log_store();
        let mut versions = Vec::new();
        for version in (0..=self.version()).rev() {
            let failed = || TablesError::delta(self.name, "read its log");
            let Some(bytes) = log.read_commit_entry(version).await.map_err(failed())? else { break };
            let actions = get_actions(version, &bytes).map_err(failed())?;
            let millis = actions.iter().find_map(|action| match action {
                Action::CommitInfo(info) => info.in_commit_timestamp.or(info.timestamp),
                _ => None,
            });
            versions.push(Made { version, millis: millis.unwrap_or_default() });
        }
        versions.reverse();
        Ok(versions)
    }

    /// The number that the newest commit of an application carries, as of this version.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub async fn number(&self, application: &str) -> Result<Option<i64>, TablesError> {
        let log = self.delta.log_store();
        let state = self.state("read its application number")?;
        let number = Box::pin(state.transaction_version(log.as_ref(), application)).await;
        number.map_err(TablesError::delta(self.name, "read its application number"))
    }

    /// Files that each version after `version` added, oldest first; `None` if the log no longer reaches back so far.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub async fn added_since(&self, version: u64) -> Result<Option<Vec<(u64, Vec<DataFile>)>>, TablesError> {
        let Some(versions) = self.actions_since(version).await? else { return Ok(None) };
        let added = |actions: Vec<Action>| {
            let files = actions.iter().filter_map(|action| match action {
                Action::Add(add) if add.data_change => Some(DataFile::from_add(add)),
                _ => None,
            });
            files.collect()
        };
        Ok(Some(versions.into_iter().map(|(number, actions)| (number, added(actions))).collect()))
    }

    /// Partitions that versions after `version` added files to or removed files from; `None` if the log no longer
    /// reaches back so far.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub async fn partitions_since(&self, version: u64) -> Result<Option<BTreeSet<String>>, TablesError> {
        let Some(versions) = self.actions_since(version).await? else { return Ok(None) };
        let partition = |action: Action| match action {
            Action::Add(add) if add.data_change => add.partition_values.into_values().next().flatten(),
            Action::Remove(remove) if remove.data_change => {
                remove.partition_values.and_then(|values| values.into_values().next().flatten())
            }
            _ => None,
        };
        Ok(Some(versions.into_iter().flat_map(|(_, actions)| actions).filter_map(partition).collect()))
    }

    /// What each version after `version` did, oldest first; `None` if the log no longer reaches back so far.
    async fn actions_since(&self, version: u64) -> Result<Option<Vec<(u64, Vec<Action>)>>, TablesError> {
        let log = self.delta.log_store();
        let mut versions = Vec::new();
        for number in version + 1..=self.version() {
            let failed = || TablesError::delta(self.name, "read its log");
            let Some(bytes) = log.read_commit_entry(number).await.map_err(failed())? else { return Ok(None) };
            versions.push((number, get_actions(number, &bytes).map_err(failed())?));
        }
        Ok(Some(versions))
    }
}
