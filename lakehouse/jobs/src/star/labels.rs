//! What is known of transactions now: of each the label that became known last.

use anyhow::Context;
use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::TimestampMicrosecondType;
use futures::{StreamExt, TryStreamExt, stream};
use weir_engine::Lake;
use weir_tables::{LakeTable, TableName, read};

use crate::commit::texts;
use crate::surrogate::{HashedMap, id_hash};

/// Files that are read ahead.
const AHEAD: usize = 4;

/// A label: when it became known, and what it says.
pub(crate) type Known = (i64, bool);

/// The newest label of each transaction, among the labels that became known on a date or later: a label cannot be known
/// before its transaction.
pub(crate) async fn newest(
    lake: &Lake,
    labels: Option<&LakeTable>,
    from: &str,
) -> anyhow::Result<HashedMap<u128, Known>> {
    let mut newest = HashedMap::<u128, Known>::default();
    let Some(table) = labels else { return Ok(newest) };
    let files = table.files()?;
    let files = files.into_iter().filter(|file| file.partition.as_deref().is_none_or(|date| date >= from));
    let files = files.collect::<Vec<_>>();
    newest.reserve(files.iter().filter_map(|file| file.rows).sum::<u64>().try_into()?);
    let of_file = |path: String| {
        let lake = lake.clone();
        tokio::spawn(async move {
            let path = format!("{}/{path}", TableName::SilverLabels.folder());
            let columns = ["transaction_id", "is_fraud", "known_at"];
            let batches = read(&lake, &path, Some(&columns)).await?.try_collect::<Vec<_>>().await?;
            batches.iter().map(decode).collect::<anyhow::Result<Vec<_>>>()
        })
    };
    let mut read = stream::iter(files.into_iter().map(|file| of_file(file.path))).buffered(AHEAD);
    while let Some(parts) = read.next().await {
        for (id, known) in parts??.into_iter().flatten() {
            let held = newest.entry(id).or_insert(known);
            *held = (*held).max(known);
        }
    }
    Ok(newest)
}

fn decode(rows: &RecordBatch) -> anyhow::Result<Vec<(u128, Known)>> {
    let ids = texts(rows, "transaction_id")?;
    let frauds = rows.column_by_name("is_fraud").and_then(|column| column.as_boolean_opt());
    let frauds = frauds.context("`is_fraud` holds no flags")?;
    let times = rows.column_by_name("known_at");
    let times = times.and_then(|column| column.as_primitive_opt::<TimestampMicrosecondType>());
    let times = times.context("`known_at` holds no times")?;
    let label = |row| (id_hash(ids.value(row)), (times.value(row), frauds.value(row)));
    Ok((0..rows.num_rows()).map(label).collect())
}
