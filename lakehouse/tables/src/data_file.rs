//! Data files of a table.

use deltalake_core::kernel::Add;

/// One data file of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFile {
    /// Path within the table's folder.
    pub path: String,
    /// Value of the partition column, a date as text.
    pub partition: Option<String>,
    /// Rows, if the table's statistics say it.
    pub rows: Option<u64>,
    /// Size.
    pub size_bytes: i64,
}

impl DataFile {
    pub(crate) fn from_add(add: &Add) -> Self {
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Statistics {
            num_records: Option<u64>,
        }
        let statistics = add.stats.as_deref().and_then(|text| serde_json::from_str::<Statistics>(text).ok());
        Self {
            path: add.path.clone(),
            partition: add.partition_values.values().next().cloned().flatten(),
            rows: statistics.and_then(|known| known.num_records),
            size_bytes: add.size,
        }
    }
}
