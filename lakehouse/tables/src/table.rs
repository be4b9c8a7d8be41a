//! A Delta table of the lake, and what it says of itself.

use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::execution::context::SessionContext;
use deltalake_core::kernel::engine::arrow_conversion::TryIntoArrow;
use deltalake_core::table::state::DeltaTableState;
use deltalake_core::{DeltaTable, DeltaTableError};

use crate::{DataFile, TableName, TablesError};

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
