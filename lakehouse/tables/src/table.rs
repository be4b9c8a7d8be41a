//! A Delta table of the lake: opening, making, looking.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::execution::context::SessionContext;
use deltalake_core::kernel::engine::arrow_conversion::{TryIntoArrow, TryIntoKernel};
use deltalake_core::kernel::transaction::CommitProperties;
use deltalake_core::kernel::{Action, StructField, StructType};
use deltalake_core::logstore::{LogStoreRef, StorageConfig, default_logstore, get_actions};
use deltalake_core::operations::create::CreateBuilder;
use deltalake_core::protocol::SaveMode;
use deltalake_core::table::state::DeltaTableState;
use deltalake_core::{DeltaTable, DeltaTableError};
use futures::TryStreamExt;
use object_store::ObjectStore;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use weir_engine::Lake;

use crate::{DataFile, Definition, TableName, TablesError};

/// A version of a table, and when it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Made {
    /// The version.
    pub version: u64,
    /// Milliseconds since 1970.
    pub millis: i64,
}

/// A table of the lake as of one version.
#[derive(Clone)]
pub struct LakeTable {
    pub(crate) name: TableName,
    pub(crate) delta: DeltaTable,
}

impl std::fmt::Debug for LakeTable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "LakeTable({} at {:?})", self.name, self.delta.version())
    }
}

impl LakeTable {
    /// The table's newest version; `None` if there is no such table yet.
    ///
    /// # Errors
    /// If its log cannot be read.
    pub async fn open(lake: &Lake, name: TableName) -> Result<Option<Self>, TablesError> {
        if !has_log(lake, name).await? {
            return Ok(None);
        }
        let failed = TablesError::delta(name, "open it");
        let log = log_store(lake, name)?;
        let mut delta = DeltaTable::new(log);
        Box::pin(delta.load()).await.map_err(failed)?;
        Ok(Some(Self { name, delta }))
    }

    /// The table's newest version; makes the table if there is none, and adds the columns it lacks.
    ///
    /// # Errors
    /// If its log cannot be read or written.
    pub async fn open_or_create(lake: &Lake, definition: &Definition) -> Result<Self, TablesError> {
        let table = match Self::open(lake, definition.name).await? {
            Some(table) => table,
            None => Self::create(lake, definition).await?,
        };
        match table.with_columns_of(definition).await {
            // Somebody else added columns at the same moment.
            Err(TablesError::Conflict { table: name }) => match Self::open(lake, name).await? {
                Some(newer) => newer.with_columns_of(definition).await,
                None => Err(TablesError::Conflict { table: name }),
            },
            finished => finished,
        }
    }

    async fn create(lake: &Lake, definition: &Definition) -> Result<Self, TablesError> {
        let name = definition.name;
        let columns = kernel_fields(&definition.schema).map_err(TablesError::delta(name, "describe it"))?;
        let log = log_store(lake, name)?;
        // With a retry, the loser of a race would write the description a second time, over the winner's.
        let once = CommitProperties::default().with_max_retries(0);
        let made = CreateBuilder::new()
            .with_commit_properties(once)
            .with_log_store(log)
            .with_table_name(name.to_string())
            .with_save_mode(SaveMode::Ignore)
            .with_columns(columns)
            .with_partition_columns(definition.partition)
            .with_configuration(definition.configuration());
        match Box::pin(made.into_future()).await {
            Ok(delta) => Ok(Self { name, delta }),
            // Somebody else may have made it at the same moment.
            Err(error) => match Self::open(lake, name).await? {
                Some(table) => Ok(table),
                None => Err(TablesError::delta(name, "make it")(error)),
            },
        }
    }

    async fn with_columns_of(self, definition: &Definition) -> Result<Self, TablesError> {
        let known = self.schema()?;
        self.refuse_other_types(&known, definition)?;
        let is_missing = |field: &&Arc<Field>| known.field_with_name(field.name()).is_err();
        let missing = definition.schema.fields().iter().filter(is_missing).cloned().collect::<Vec<_>>();
        if missing.is_empty() {
            return Ok(self);
        }
        let name = self.name;
        let failed = || TablesError::delta(name, "add columns to it");
        let fields = kernel_fields(&Schema::new(missing)).map_err(failed())?;
        let properties = CommitProperties::default().with_cleanup_expired_logs(Some(false));
        let added = self.delta.add_columns().with_fields(fields).with_commit_properties(properties);
        let delta = Box::pin(added.into_future()).await.map_err(failed())?;
        Ok(Self { name, delta })
    }

    /// A column that has another type than it had is refused: files with the old one could not be read as the new.
    fn refuse_other_types(&self, known: &Schema, definition: &Definition) -> Result<(), TablesError> {
        for field in definition.schema.fields() {
            let Ok(held) = known.field_with_name(field.name()) else { continue };
            if held.data_type() != field.data_type() {
                return Err(TablesError::ColumnType {
                    table: self.name,
                    column: field.name().clone(),
                    held: held.data_type().to_string(),
                    wanted: field.data_type().to_string(),
                });
            }
        }
        Ok(())
    }

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

    /// Its name.
    pub const fn name(&self) -> TableName {
        self.name
    }

    /// Its version.
    pub fn version(&self) -> u64 {
        self.delta.version().unwrap_or_default()
    }

    /// Its columns, the partition column included.
    ///
    /// # Errors
    /// If it holds a type that Arrow does not know.
    pub fn schema(&self) -> Result<SchemaRef, TablesError> {
        let schema = self.state("read its columns")?.schema();
        let arrow: Schema = schema
            .as_ref()
            .try_into_arrow()
            .map_err(|source| TablesError::Rows { table: self.name, source })?;
        Ok(Arc::new(arrow))
    }

    pub(crate) fn state(&self, what: &'static str) -> Result<&DeltaTableState, TablesError> {
        self.delta.snapshot().map_err(TablesError::delta(self.name, what))
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

    /// Its data files.
    ///
    /// # Errors
    /// If the table is not loaded.
    pub fn files(&self) -> Result<Vec<DataFile>, TablesError> {
        let state = self.state("list its files")?;
        let listed = state.log_data().into_iter().map(|view| DataFile {
            path: view.path().into_owned(),
            partition: view.partition_values_map().into_values().next().flatten(),
            rows: view.num_records().map(|rows| rows as u64),
            size_bytes: view.size(),
        });
        Ok(listed.collect())
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

    /// The table for a query in a session.
    ///
    /// # Errors
    /// If the session cannot be prepared for it.
    pub async fn provider(&self, session: &SessionContext) -> Result<Arc<dyn TableProvider>, TablesError> {
        let failed = || TablesError::delta(self.name, "query it");
        self.delta.update_datafusion_session(&session.state()).map_err(failed())?;
        let built = Box::pin(self.delta.table_provider().into_future()).await;
        built.map_err(|error| failed()(DeltaTableError::from(error)))
    }
}

async fn has_log(lake: &Lake, name: TableName) -> Result<bool, TablesError> {
    let folder = Path::from(format!("{}/_delta_log", name.folder()));
    let store = lake.store();
    let first = store.list(Some(&folder)).try_next().await;
    first
        .map(|found| found.is_some())
        .map_err(|source| TablesError::delta(name, "look for it")(source.into()))
}

/// The table's log, in files that are whole or absent after a power cut.
fn log_store(lake: &Lake, name: TableName) -> Result<LogStoreRef, TablesError> {
    let url = lake.folder_url(&name.folder())?;
    let whole = lake.store_by_whole_path();
    let path = Path::from_url_path(url.path())
        .map_err(|error| TablesError::delta(name, "find it")(DeltaTableError::generic(error.to_string())))?;
    let below: Arc<dyn ObjectStore> = Arc::new(PrefixStore::new(Arc::clone(&whole), path));
    Ok(default_logstore(below, whole, &url, &StorageConfig::default()))
}

fn kernel_fields(schema: &Schema) -> Result<Vec<StructField>, DeltaTableError> {
    let kernel: StructType = schema.try_into_kernel()?;
    Ok(kernel.fields().cloned().collect())
}
