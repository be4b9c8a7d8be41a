//! Writing data files; nothing is visible before the commit.

use arrow::array::RecordBatch;
use deltalake_core::kernel::Add;
use deltalake_core::writer::{DeltaWriter, RecordBatchWriter};
use object_store::ObjectStoreExt;
use object_store::path::Path;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use weir_engine::Lake;
use weir_landing::{KEY, PAYLOAD, SEQUENCE};

use crate::{FEATURE_PREFIX, LakeTable, TableName, TablesError};

/// Size at which a data file is closed and the next one begun.
const FILE_BYTES: u64 = 64 << 20;

/// Writes data files of one table, one per partition until it has 64 MiB.
pub struct TableWriter {
    table: TableName,
    writer: RecordBatchWriter,
    rows: u64,
}

/// Data files that are written and wait for their commit.
#[derive(Debug, Default)]
pub struct Added {
    pub(crate) adds: Vec<Add>,
    /// Rows in all of them.
    pub rows: u64,
}

impl Added {
    /// Takes in what another has.
    pub fn join(&mut self, other: Self) {
        self.adds.extend(other.adds);
        self.rows += other.rows;
    }

    /// How many files.
    pub fn files(&self) -> usize {
        self.adds.len()
    }

    /// Their paths under the lake's root.
    pub fn paths(&self, table: TableName) -> Vec<String> {
        self.adds.iter().map(|add| format!("{}/{}", table.folder(), add.path)).collect()
    }

    /// Deletes the files, when their commit was refused.
    pub async fn discard(self, lake: &Lake, table: TableName) {
        for path in self.paths(table) {
            // A file that stays behind belongs to no version and is swept up by a later vacuum.
            let _ = lake.store().delete(&Path::from(path)).await;
        }
    }
}

impl LakeTable {
    /// A writer for this table.
    ///
    /// # Errors
    /// If the table has a feature that the writer does not know.
    pub fn writer(&self) -> Result<TableWriter, TablesError> {
        let failed = TablesError::delta(self.name, "write to it");
        let writer = RecordBatchWriter::for_table(&self.delta).map_err(failed)?;
        let schema = self.schema()?;
        let names = schema.fields().iter().map(|field| field.name().as_str());
        let writer = writer.with_writer_properties(properties(names)).with_target_file_size(FILE_BYTES);
        Ok(TableWriter { table: self.name, writer, rows: 0 })
    }
}

/// Columns whose values are different in almost every row.
const DIFFERENT: [&str; 9] = [
    "transaction_id",
    "content_hash",
    "ip_key",
    "shipping_address_key",
    "billing_address_key",
    "sealed_nonce",
    "sealed_ciphertext",
    "occurred_at",
    "received_at",
];

/// Columns that cannot be compressed, since they are encrypted or random.
const SECRET: [&str; 2] = ["sealed_nonce", "sealed_ciphertext"];

/// Bytes of different values after which a feature's column gives its dictionary up. A feature that has few values, as
/// counts and flags do, has fewer; of the others there are hundreds, each of which would keep a megabyte and its hash
/// table while a file is written, and look every value up in vain.
const FEATURE_DICTIONARY_BYTES: usize = 64 << 10;

/// Zstandard. What is different in every row gets no dictionary, and what nobody compares gets no statistics.
pub(crate) fn properties<'a>(columns: impl Iterator<Item = &'a str>) -> WriterProperties {
    let compression = ZstdLevel::try_new(1).map_or(Compression::SNAPPY, Compression::ZSTD);
    let mut builder = WriterProperties::builder().set_compression(compression);
    for name in columns {
        let column = ColumnPath::from(name);
        if [SEQUENCE, KEY, PAYLOAD].contains(&name) || DIFFERENT.contains(&name) {
            builder = builder.set_column_dictionary_enabled(column.clone(), false);
        }
        if SECRET.contains(&name) {
            builder = builder.set_column_compression(column.clone(), Compression::UNCOMPRESSED);
        }
        if name.starts_with(FEATURE_PREFIX) {
            builder = builder.set_column_dictionary_page_size_limit(column.clone(), FEATURE_DICTIONARY_BYTES);
        }
        if name == PAYLOAD || SECRET.contains(&name) || name.starts_with(FEATURE_PREFIX) {
            builder = builder.set_column_statistics_enabled(column, EnabledStatistics::None);
        }
    }
    builder.build()
}

impl TableWriter {
    /// Adds rows; columns are matched by name.
    ///
    /// # Errors
    /// If the rows do not fit or the store fails; then all that was written is void.
    pub async fn write(&mut self, rows: RecordBatch) -> Result<(), TablesError> {
        if rows.num_rows() == 0 {
            return Ok(());
        }
        self.rows += rows.num_rows() as u64;
        Box::pin(self.writer.write(rows)).await.map_err(TablesError::delta(self.table, "write to it"))
    }

    /// Finishes the files.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn finish(mut self) -> Result<Added, TablesError> {
        let adds =
            Box::pin(self.writer.flush()).await.map_err(TablesError::delta(self.table, "write to it"))?;
        Ok(Added { adds, rows: self.rows })
    }
}
