//! Data files made in memory, on any thread: for work on many rows, where one writer would be too slow.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use bytes::Bytes;
use deltalake_core::kernel::Add;
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;
use weir_engine::Lake;

use crate::sample::different;
use crate::statistics::Statistics;
use crate::writer::properties;
use crate::{Added, Definition, LakeTable, TableName, TablesError, conform};

/// Makes data files of one table. It holds no file and no connection.
#[derive(Clone, Debug)]
pub struct Encoder {
    table: TableName,
    partition: Option<&'static str>,
    /// Columns of a file: those of the table without the partition column.
    schema: SchemaRef,
    statistics: Vec<String>,
    properties: WriterProperties,
}

/// A data file in memory.
#[derive(Clone, Debug)]
pub struct Encoded {
    table: TableName,
    add: Add,
    bytes: Bytes,
    rows: u64,
}

impl LakeTable {
    /// Makes data files of this table, whose definition this is.
    ///
    /// # Errors
    /// If the table has columns that Arrow does not know.
    pub fn encoder(&self, definition: &Definition) -> Result<Encoder, TablesError> {
        let schema = self.schema()?;
        let is_stored = |name: &str| definition.partition != Some(name);
        let fields = schema.fields().iter().filter(|field| is_stored(field.name())).cloned();
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let names = schema.fields().iter().map(|field| field.name().as_str());
        Ok(Encoder {
            table: self.name,
            partition: definition.partition,
            properties: properties(names),
            statistics: definition.statistics.clone(),
            schema,
        })
    }
}

impl Encoder {
    /// Encodes rows of one partition as one file; columns are matched by name.
    ///
    /// # Errors
    /// If the rows do not fit the table's columns.
    pub fn encode(&self, partition: Option<&str>, batches: &[RecordBatch]) -> Result<Encoded, TablesError> {
        let unfit = |source| TablesError::Rows { table: self.table, source };
        let failed = |source| TablesError::Encode { table: self.table, source };
        let mut statistics = Statistics::new(&self.statistics);
        let mut settings = self.properties.clone().into_builder();
        for name in different(&self.schema, batches) {
            settings = settings.set_column_dictionary_enabled(ColumnPath::from(name), false);
        }
        let settings = Some(settings.build());
        let mut writer =
            ArrowWriter::try_new(Vec::new(), Arc::clone(&self.schema), settings).map_err(failed)?;
        for batch in batches {
            let rows = conform(batch, &self.schema).map_err(unfit)?;
            statistics.take(&rows);
            writer.write(&rows).map_err(failed)?;
        }
        let bytes = Bytes::from(writer.into_inner().map_err(failed)?);
        let partition = self.partition.map(|column| (column.to_owned(), partition.map(str::to_owned)));
        let folder = match &partition {
            Some((column, Some(value))) => format!("{column}={value}/"),
            _ => String::new(),
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let add = Add {
            path: format!("{folder}part-{}.zstd.parquet", uuid::Uuid::new_v4()),
            partition_values: partition.into_iter().collect::<HashMap<_, _>>(),
            size: bytes.len() as i64,
            modification_time: i64::try_from(now.as_millis()).unwrap_or_default(),
            data_change: true,
            stats: Some(statistics.json()),
            tags: None,
            deletion_vector: None,
            base_row_id: None,
            default_row_commit_version: None,
            clustering_provider: None,
        };
        Ok(Encoded { table: self.table, add, bytes, rows: statistics.rows() })
    }
}

impl Encoded {
    /// Size of the file.
    pub fn size_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Brings the file to the lake and notes it among those that wait for their commit.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn put(self, lake: &Lake, added: &mut Added) -> Result<(), TablesError> {
        let path = Path::from(format!("{}/{}", self.table.folder(), self.add.path));
        let put = lake.store().put(&path, PutPayload::from_bytes(self.bytes)).await;
        put.map_err(|source| TablesError::delta(self.table, "write to it")(source.into()))?;
        added.rows += self.rows;
        added.adds.push(self.add);
        Ok(())
    }
}
