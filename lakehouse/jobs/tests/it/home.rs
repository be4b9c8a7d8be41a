//! A lake in a folder of its own, and what lands in it.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use parquet::arrow::ArrowWriter;
use weir_engine::{EngineSettings, Lake};
use weir_landing::{COLUMNS, LandingPath};
use weir_sql::Format;

pub(crate) const SECOND: i64 = 1_000_000;

pub(crate) struct Home {
    folder: tempfile::TempDir,
    pub(crate) lake: Lake,
}

/// One record of a stream: sequence, arrival in seconds, payload.
pub(crate) type Record = (u64, i64, String);

impl Home {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::open(folder.path(), EngineSettings::default()).unwrap();
        Self { folder, lake }
    }

    /// Writes a landing file that holds these records.
    pub(crate) fn land(&self, stream: &str, shard: &str, records: &[Record]) {
        let (first, last) = (records[0].0.into(), records[records.len() - 1].0.into());
        let path = LandingPath::new(stream, shard, first, last).unwrap();
        let place = self.folder.path().join(path.to_string());
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        let texts = |text: &dyn Fn(&Record) -> String| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(records.iter().map(text)))
        };
        let arrived = records.iter().map(|record| record.1 * SECOND);
        let columns: [ArrayRef; 7] = [
            texts(&|_| stream.to_owned()),
            texts(&|_| shard.to_owned()),
            texts(&|record| record.0.to_string()),
            Arc::new(Int32Array::from_iter_values(records.iter().map(|_| 0))),
            Arc::new(TimestampMicrosecondArray::from_iter_values(arrived).with_timezone("UTC")),
            texts(&|record| format!("key-{}", record.0)),
            texts(&|record| record.2.clone()),
        ];
        let batch = RecordBatch::try_from_iter(COLUMNS.into_iter().zip(columns)).unwrap();
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        std::fs::write(place, writer.into_inner().unwrap()).unwrap();
    }

    /// Landing files that are left.
    pub(crate) fn landed(&self, stream: &str) -> usize {
        let shards = std::fs::read_dir(self.folder.path().join("landing").join(stream));
        let files =
            shards.into_iter().flatten().flat_map(|shard| std::fs::read_dir(shard.unwrap().path()).unwrap());
        files.count()
    }

    /// Plans of a table.
    pub(crate) fn plans(&self, table: &str) -> usize {
        std::fs::read_dir(self.folder.path().join("plans").join(table)).map_or(0, Iterator::count)
    }

    /// Leaves a plan's file without content.
    pub(crate) fn empty_plan(&self, table: &str, number: u64) {
        let path = weir_landing::plan_path(table, number);
        std::fs::write(self.folder.path().join(path), "").unwrap();
    }

    /// Writes a file of the lake.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let place = self.folder.path().join(path);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, text).unwrap();
    }

    /// A file of the lake.
    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(path)).unwrap()
    }

    /// Writes a checkpoint of a table and deletes the entries of its log, as Delta does after its retention.
    pub(crate) async fn forget_log(&self, table: &str) {
        let folder = self.folder.path().join("tables").join(table);
        let url = self.lake.folder_url(&format!("tables/{table}")).unwrap();
        let delta = deltalake_core::open_table(url).await.unwrap();
        deltalake_core::checkpoints::create_checkpoint(&delta, None).await.unwrap();
        for version in 0..delta.version().unwrap() {
            std::fs::remove_file(folder.join(format!("_delta_log/{version:020}.json"))).unwrap();
        }
    }

    /// Entry of a table's log.
    pub(crate) fn log(&self, table: &str, version: u64) -> String {
        let entry = format!("tables/{table}/_delta_log/{version:020}.json");
        std::fs::read_to_string(self.folder.path().join(entry)).unwrap()
    }

    /// Result of a query as CSV without its header.
    pub(crate) async fn ask(&self, query: &str) -> String {
        let text = self.answer(query, Format::Csv).await.unwrap();
        text.split_once('\n').unwrap().1.trim_end().to_owned()
    }

    /// Result of a query.
    pub(crate) async fn answer(&self, query: &str, format: Format) -> Result<String, weir_sql::SqlError> {
        let mut output = Vec::new();
        weir_sql::run(&self.lake, query, format, 3, &mut output).await?;
        Ok(String::from_utf8(output).unwrap())
    }
}
