//! A session over the lake's tables.

use std::sync::Arc;

use datafusion::catalog::{MemorySchemaProvider, SchemaProvider};
use datafusion::prelude::SessionContext;
use weir_engine::Lake;
use weir_tables::{LakeTable, TableName};

use crate::SqlError;
use crate::time_travel::{Moment, TimeTravel};

/// A session with the lake's tables at their newest versions, as `<layer>.<table>`; tables that do not exist yet
/// are absent.
///
/// # Errors
/// `Empty` if there is no table at all.
pub async fn session(lake: &Lake) -> Result<SessionContext, SqlError> {
    let session = lake.session();
    let mut found = 0;
    for name in TableName::ALL.iter().copied() {
        let Some(table) = Box::pin(LakeTable::open(lake, name)).await? else { continue };
        let provider = Box::pin(table.provider(&session)).await?;
        let schema = layer(&session, name.layer())?;
        schema.register_table(name.table().to_owned(), provider).map_err(SqlError::execute)?;
        found += 1;
    }
    session.register_udtf("at_version", Arc::new(TimeTravel::new(lake, &session, Moment::Version)));
    session.register_udtf("at_time", Arc::new(TimeTravel::new(lake, &session, Moment::Time)));
    if found == 0 { Err(SqlError::Empty) } else { Ok(session) }
}

fn layer(session: &SessionContext, name: &str) -> Result<Arc<dyn SchemaProvider>, SqlError> {
    let catalog = session.catalog("lake").ok_or(SqlError::Empty)?;
    if let Some(schema) = catalog.schema(name) {
        return Ok(schema);
    }
    let schema: Arc<dyn SchemaProvider> = Arc::new(MemorySchemaProvider::new());
    catalog.register_schema(name, Arc::clone(&schema)).map_err(SqlError::execute)?;
    Ok(schema)
}

/// Names of the tables in a session, for errors.
pub(crate) fn table_names(session: &SessionContext) -> String {
    let in_layer = |layer: &'static str| {
        let schema = session.catalog("lake").and_then(|catalog| catalog.schema(layer));
        let names = schema.map(|schema| schema.table_names()).unwrap_or_default();
        names.into_iter().map(move |table| format!("`{layer}.{table}`"))
    };
    let layers = ["bronze", "silver", "gold", "system"];
    let mut names = layers.into_iter().flat_map(in_layer).collect::<Vec<_>>();
    names.sort();
    names.join(", ")
}
