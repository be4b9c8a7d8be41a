//! One commit to a table.

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use deltalake_core::kernel::transaction::{CommitBuilder, CommitProperties, TableReference};
use deltalake_core::kernel::{Action, Add, Remove, Transaction};
use deltalake_core::protocol::{DeltaOperation, SaveMode};
use weir_engine::Lake;

use crate::{Added, DataFile, LakeTable, TablesError};

/// Which number a commit carries for its application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// This one; the commit is refused if the table carries it already, or a later one.
    Next(i64),
    /// One more than the table carries. Two such commits at once exclude each other.
    Following,
    /// The one that the table carries. Two such commits at once still exclude each other.
    Unchanged,
}

/// What one commit changes; all of it becomes visible at once.
#[derive(Debug)]
pub struct Change {
    /// Files to add.
    pub added: Added,
    /// Files to remove.
    pub removed: Vec<DataFile>,
    /// Application of the number.
    pub application: &'static str,
    /// The number.
    pub number: Number,
    /// Numbers of other applications that this commit carries beside it: what it was made from.
    pub also: Vec<(String, i64)>,
    /// Whether rows change; `false` where files are only written anew with the rows that they had.
    pub is_data_change: bool,
}

impl Change {
    /// Adds files and removes none, with a number.
    pub fn appending(added: Added, application: &'static str, number: Number) -> Self {
        Self::replacing(added, Vec::new(), application, number)
    }

    /// Adds files in place of others, with a number.
    pub fn replacing(
        added: Added,
        removed: Vec<DataFile>,
        application: &'static str,
        number: Number,
    ) -> Self {
        Self { added, removed, application, number, also: Vec::new(), is_data_change: true }
    }
}

impl LakeTable {
    /// Commits a change and moves on to the version made. Data files are on the disk for good before the commit, the
    /// commit itself is when this returns.
    ///
    /// Delta does not refuse a number that it carries already, so it is compared here, in the version that the commit
    /// is based on; a commit that comes in between with the same application is refused by Delta.
    ///
    /// # Errors
    /// `Done` or `Conflict` if another commit was first: then nothing is visible, and the files written are deleted.
    pub async fn commit(&mut self, lake: &Lake, change: Change) -> Result<u64, TablesError> {
        let (application, name) = (change.application, self.name);
        let carried = self.number(application).await?;
        let number = match change.number {
            Number::Next(number) if carried.is_some_and(|carried| carried >= number) => {
                change.added.discard(lake, name).await;
                return Err(TablesError::Done { table: name, application, number });
            }
            Number::Next(number) => number,
            Number::Following => carried.unwrap_or_default() + 1,
            Number::Unchanged => carried.unwrap_or_default(),
        };
        lake.sync(change.added.paths(name)).await?;
        let also = change.also.iter().map(|(application, number)| Transaction::new(application, *number));
        let transactions = std::iter::once(Transaction::new(application, number)).chain(also).collect();
        // Cleaning the log lists all of it, and knows nothing of versions that are to stay: that is upkeep.
        let properties = CommitProperties::default()
            .with_application_transactions(transactions)
            .with_cleanup_expired_logs(Some(false));
        let actions = self.actions(&change)?;
        let state = self.state("commit to it")?;
        let commit = CommitBuilder::from(properties).with_actions(actions).build(
            Some(state as &dyn TableReference),
            self.delta.log_store(),
            operation(&change),
        );
        match commit.await {
            Ok(finished) => self.delta.state = Some(finished.snapshot()),
            Err(error) => {
                let error = TablesError::delta(name, "commit to it")(error);
                if matches!(error, TablesError::Conflict { .. }) {
                    change.added.discard(lake, name).await;
                }
                return Err(error);
            }
        }
        self.sync_log(lake).await?;
        Ok(self.version())
    }

    /// Returns when the commit that made this version is on the disk for good.
    ///
    /// # Errors
    /// If the system refuses to sync it.
    pub async fn sync_log(&self, lake: &Lake) -> Result<(), TablesError> {
        let entry = format!("{}/_delta_log/{:020}.json", self.name.folder(), self.version());
        Ok(lake.sync(vec![entry]).await?)
    }

    fn actions(&self, change: &Change) -> Result<Vec<Action>, TablesError> {
        let columns = self.state("commit to it")?.metadata().partition_columns().to_vec();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let removed = change.removed.iter().map(|file| {
            let partition = columns.first().map(|column| (column.clone(), file.partition.clone()));
            Action::Remove(Remove {
                path: file.path.clone(),
                data_change: change.is_data_change,
                deletion_timestamp: i64::try_from(now.as_millis()).ok(),
                extended_file_metadata: Some(true),
                partition_values: Some(partition.into_iter().collect::<HashMap<_, _>>()),
                size: Some(file.size_bytes),
                ..Remove::default()
            })
        });
        let as_changed = |mut add: Add| {
            add.data_change = change.is_data_change;
            Action::Add(add)
        };
        let added = change.added.adds.iter().cloned().map(as_changed);
        Ok(removed.chain(added).collect())
    }
}

fn operation(change: &Change) -> DeltaOperation {
    let mode = if change.removed.is_empty() { SaveMode::Append } else { SaveMode::Overwrite };
    DeltaOperation::Write { mode, partition_by: None, predicate: None }
}
