//! Opening a table, and making it if there is none.

use std::sync::Arc;

use arrow::datatypes::{Field, Schema};
use deltalake_core::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake_core::kernel::transaction::CommitProperties;
use deltalake_core::kernel::{StructField, StructType};
use deltalake_core::logstore::{LogStoreRef, StorageConfig, default_logstore};
use deltalake_core::operations::create::CreateBuilder;
use deltalake_core::protocol::SaveMode;
use deltalake_core::{DeltaTable, DeltaTableError};
use futures::TryStreamExt;
use object_store::ObjectStore;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use weir_engine::Lake;

use crate::{Definition, LakeTable, TableName, TablesError};

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
