//! Reading what stages hold of dates.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use arrow::array::{Array, AsArray, PrimitiveArray, RecordBatch};
use arrow::datatypes::Date32Type;
use futures::TryStreamExt;
use weir_engine::Lake;
use weir_landing::{ARRIVED_AT, STREAM};
use weir_tables::{DataFile, EVENT_DATE, TableName, read};

use super::columns::{Columns, times};
use super::compare::{Currencies, Held, Stage};
use crate::commit::texts;
use crate::date_text;
use crate::silver::{Kind, SilverTableMetrics, decode};
use crate::surrogate::{HashedMap, id_hash};

/// Stream of rows that come from files: they have neither records nor decisions.
const IMPORT: &str = "import";

/// Stages by date.
pub(crate) type Stages = BTreeMap<String, Stage>;

/// The events of a bronze file by their dates, those of other dates left out.
pub(crate) async fn bronze(
    lake: &Lake,
    kind: Kind,
    (file, is_pending): (&DataFile, bool),
    dates: &BTreeSet<String>,
    currencies: &mut Currencies,
    stages: &mut Stages,
) -> anyhow::Result<()> {
    for rows in &decoded(lake, kind, file).await? {
        let days = days(rows)?;
        let columns = Columns::of(rows, kind)?;
        let found = days.values().iter().copied().collect::<BTreeSet<_>>();
        for (day, date) in found.into_iter().map(|day| (day, date_text(day))) {
            if !dates.contains(&date) {
                continue;
            }
            let stage = stages.entry(date).or_default();
            stage.arrival_dates.extend(file.partition.clone());
            for row in (0..rows.num_rows()).filter(|row| days.value(*row) == day) {
                let (id, held) = columns.row(row, currencies);
                stage.take(id, Held { is_pending, ..held });
            }
        }
    }
    Ok(())
}

/// Dates of the events of a bronze file.
pub(crate) async fn bronze_dates(
    lake: &Lake,
    kind: Kind,
    file: &DataFile,
) -> anyhow::Result<BTreeSet<String>> {
    let mut dates = BTreeSet::new();
    for rows in &decoded(lake, kind, file).await? {
        dates.extend(days(rows)?.values().iter().copied());
    }
    Ok(dates.into_iter().map(date_text).collect())
}

async fn decoded(lake: &Lake, kind: Kind, file: &DataFile) -> anyhow::Result<Vec<RecordBatch>> {
    let path = format!("{}/{}", kind.bronze().folder(), file.path);
    let mut batches = read(lake, &path, None).await?;
    let mut all = Vec::new();
    while let Some(batch) = batches.try_next().await? {
        all.push(decode::decode(kind, &batch, &mut SilverTableMetrics::default())?);
        // Decoding is work for the processor: others may want it in between.
        tokio::task::yield_now().await;
    }
    Ok(all)
}

fn days(rows: &RecordBatch) -> anyhow::Result<&PrimitiveArray<Date32Type>> {
    let column = rows.column_by_name(EVENT_DATE).and_then(|column| column.as_primitive_opt());
    column.context("`event_date` holds no days")
}

/// What a silver table holds of a date; `is_stream_only` leaves out what was imported.
pub(crate) async fn silver(
    lake: &Lake,
    kind: Kind,
    files: &[DataFile],
    is_stream_only: bool,
    currencies: &mut Currencies,
) -> anyhow::Result<Stage> {
    let mut wanted = kind.key_columns().to_vec();
    wanted.extend([ARRIVED_AT, STREAM]);
    if kind == Kind::Transactions {
        wanted.extend(["amount_minor", "currency"]);
    }
    let (mut stage, mut arrived) = (Stage::default(), BTreeSet::new());
    for file in files {
        let path = format!("{}/{}", kind.silver().folder(), file.path);
        let mut batches = read(lake, &path, Some(&wanted)).await?;
        while let Some(rows) = batches.try_next().await? {
            let (columns, streams) = (Columns::of(&rows, kind)?, texts(&rows, STREAM)?);
            for row in (0..rows.num_rows()).filter(|row| !is_stream_only || streams.value(*row) != IMPORT) {
                let (id, held) = columns.row(row, currencies);
                arrived.insert(crate::day(held.at));
                stage.take(id, held);
            }
        }
    }
    stage.arrival_dates = arrived.into_iter().map(date_text).collect();
    Ok(stage)
}

/// What the decisions or the facts hold of a date.
pub(crate) async fn made(
    lake: &Lake,
    table: TableName,
    files: &[DataFile],
    currencies: &mut Currencies,
) -> anyhow::Result<Stage> {
    let at = if table == TableName::SilverDecisions { "decided_at" } else { "occurred_at" };
    let mut stage = Stage::default();
    for file in files {
        let path = format!("{}/{}", table.folder(), file.path);
        let wanted = ["transaction_id", at, "amount_minor", "currency"];
        let mut batches = read(lake, &path, Some(&wanted)).await?;
        while let Some(rows) = batches.try_next().await? {
            let columns = Columns::with(&rows, None, at, true)?;
            for row in 0..rows.num_rows() {
                let (id, held) = columns.row(row, currencies);
                stage.take(id, held);
            }
        }
    }
    Ok(stage)
}

/// Ids of the facts of a date that have a label.
pub(crate) async fn labelled_facts(lake: &Lake, files: &[DataFile]) -> anyhow::Result<Stage> {
    let mut stage = Stage::default();
    for file in files {
        let path = format!("{}/{}", TableName::FactTransactions.folder(), file.path);
        let mut batches = read(lake, &path, Some(&["transaction_id", "label_known_at"])).await?;
        while let Some(rows) = batches.try_next().await? {
            let ids = texts(&rows, "transaction_id")?;
            let known = times(&rows, "label_known_at")?;
            for row in (0..rows.num_rows()).filter(|row| known.is_valid(*row)) {
                let held = Held { amount: None, at: known.value(row), is_pending: false };
                stage.take(id_hash(ids.value(row)), held);
            }
        }
    }
    Ok(stage)
}

/// Ids of a table's file.
pub(crate) async fn ids(lake: &Lake, table: TableName, file: &DataFile) -> anyhow::Result<Vec<u128>> {
    let path = format!("{}/{}", table.folder(), file.path);
    let mut batches = read(lake, &path, Some(&["transaction_id"])).await?;
    let mut found = Vec::new();
    while let Some(rows) = batches.try_next().await? {
        found.extend(texts(&rows, "transaction_id")?.iter().flatten().map(id_hash));
    }
    Ok(found)
}

/// Transactions of a stage that have a label.
pub(crate) fn labelled(transactions: &Stage, labels: &HashedMap<u128, (i64, bool)>) -> Stage {
    let mut stage = Stage::default();
    for id in transactions.ids.keys() {
        if let Some((at, _)) = labels.get(id) {
            stage.take(*id, Held { amount: None, at: *at, is_pending: false });
        }
    }
    stage
}
