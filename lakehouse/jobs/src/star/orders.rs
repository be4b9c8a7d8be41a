//! The transactions of one date, as the star needs them.

use anyhow::Context;
use arrow::array::{Array, AsArray, RecordBatch, StringArray, UInt32Array};
use arrow::compute::{SortColumn, concat_batches, lexsort_to_indices, take_record_batch};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use futures::TryStreamExt;
use weir_engine::Lake;
use weir_tables::{DataFile, TableName, read};

use crate::commit::texts;
use crate::surrogate::{HashedMap, id_hash, surrogate};

/// Columns that are read.
const COLUMNS: [&str; 13] = [
    "transaction_id",
    "occurred_at",
    "amount_minor",
    "currency",
    "merchant_id",
    "payment_method",
    "product_category",
    "quantity",
    "customer_age",
    "customer_location",
    "device_type",
    "account_age_days",
    "customer_key",
];

/// What was decided of a transaction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Decided {
    pub(crate) outcome: String,
    pub(crate) score: Option<f64>,
}

/// The transactions of one date, in order of time, then of id.
pub(crate) struct Orders {
    pub(crate) date: String,
    pub(crate) rows: RecordBatch,
    /// Hash of each id.
    pub(crate) ids: Vec<u128>,
    /// Key of each customer.
    pub(crate) customers: Vec<i64>,
    pub(crate) decided: HashedMap<u128, Decided>,
}

impl Orders {
    /// Reads a date's files.
    pub(crate) async fn read(
        lake: &Lake,
        date: String,
        transactions: &[DataFile],
        decisions: &[DataFile],
    ) -> anyhow::Result<Self> {
        let mut columns = COLUMNS.to_vec();
        columns.push("device_key");
        let rows = whole(lake, TableName::SilverTransactions, transactions, &columns).await?;
        let rows = rows.with_context(|| format!("there is no transaction of {date}"))?;
        let rows = sorted(&rows)?;
        let ids = texts(&rows, "transaction_id")?;
        let ids = ids.iter().map(|id| id_hash(id.unwrap_or_default())).collect();
        let customers = texts(&rows, "customer_key")?.iter();
        let customers = customers.map(|text| surrogate("customer", text.unwrap_or_default())).collect();
        let decided = decided(lake, decisions).await?;
        Ok(Self { date, rows, ids, customers, decided })
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(crate) fn texts(&self, name: &str) -> anyhow::Result<&StringArray> {
        texts(&self.rows, name)
    }

    pub(crate) fn numbers(&self, name: &str) -> anyhow::Result<&arrow::array::Int64Array> {
        let column =
            self.rows.column_by_name(name).with_context(|| format!("there is no column `{name}`"))?;
        column.as_primitive_opt::<Int64Type>().with_context(|| format!("`{name}` holds no numbers"))
    }

    pub(crate) fn times(&self) -> anyhow::Result<&[i64]> {
        let column = self.rows.column_by_name("occurred_at").context("there is no column `occurred_at`")?;
        let times = column.as_primitive_opt::<TimestampMicrosecondType>();
        Ok(times.context("`occurred_at` holds no times")?.values())
    }
}

/// The rows of files in one batch; `None` if there are no files.
async fn whole(
    lake: &Lake,
    table: TableName,
    files: &[DataFile],
    columns: &[&str],
) -> anyhow::Result<Option<RecordBatch>> {
    let mut all = Vec::new();
    for file in files {
        let path = format!("{}/{}", table.folder(), file.path);
        let batches = read(lake, &path, Some(columns)).await?;
        all.extend(batches.try_collect::<Vec<_>>().await?);
    }
    let Some(first) = all.first() else { return Ok(None) };
    Ok(Some(concat_batches(&first.schema(), &all)?))
}

fn sorted(rows: &RecordBatch) -> anyhow::Result<RecordBatch> {
    let column = |name: &str| -> anyhow::Result<SortColumn> {
        let values = rows.column_by_name(name).with_context(|| format!("there is no column `{name}`"))?;
        Ok(SortColumn { values: std::sync::Arc::clone(values), options: None })
    };
    let times = rows.column_by_name("occurred_at").and_then(|column| column.as_primitive_opt());
    let times = times.context("`occurred_at` holds no times")? as &arrow::array::TimestampMicrosecondArray;
    let (times, ids) = (times.values(), texts(rows, "transaction_id")?);
    let is_before = |row: usize| {
        let next = row + 1;
        times[row] < times[next] || (times[row] == times[next] && ids.value(row) <= ids.value(next))
    };
    if (0..rows.num_rows().saturating_sub(1)).all(is_before) {
        return Ok(rows.clone());
    }
    let order: UInt32Array = lexsort_to_indices(&[column("occurred_at")?, column("transaction_id")?], None)?;
    Ok(take_record_batch(rows, &order)?)
}

async fn decided(lake: &Lake, files: &[DataFile]) -> anyhow::Result<HashedMap<u128, Decided>> {
    let mut decided = HashedMap::default();
    let columns = ["transaction_id", "outcome", "score"];
    let Some(rows) = whole(lake, TableName::SilverDecisions, files, &columns).await? else {
        return Ok(decided);
    };
    let (ids, outcomes) = (texts(&rows, "transaction_id")?, texts(&rows, "outcome")?);
    let scores = rows.column_by_name("score").and_then(|column| column.as_primitive_opt());
    let scores: Option<&arrow::array::Float64Array> = scores;
    for row in 0..rows.num_rows() {
        let score = scores.filter(|scores| scores.is_valid(row)).map(|scores| scores.value(row));
        let outcome = outcomes.value(row).to_owned();
        decided.insert(id_hash(ids.value(row)), Decided { outcome, score });
    }
    Ok(decided)
}
