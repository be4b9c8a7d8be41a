//! `system.reconcile`: what earlier runs found, and what this one did.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use serde::Deserialize;
use weir_engine::Lake;
use weir_events::Timestamp;
use weir_tables::{Added, Change, Definition, LakeTable, Number, TableName};

use super::APPLICATION;
use super::compare::{Amounts, Compared};
use super::dates::Asked;
use super::pair::Pair;
use crate::report::Report;
use crate::star::midnight;

const TABLE: TableName = TableName::Reconcile;

const QUERY: &str = "SELECT CAST(event_date AS VARCHAR) AS event_date, from_table, to_table, status, arrival_dates \
    FROM (SELECT *, row_number() OVER (PARTITION BY event_date, from_table, to_table ORDER BY compared_at DESC) AS age \
    FROM system.reconcile) WHERE age = 1";

/// What a comparison found.
pub(crate) type Found = BTreeMap<(String, Pair), Compared>;

#[derive(Clone, Debug, Deserialize)]
struct Last {
    event_date: String,
    from_table: String,
    to_table: String,
    status: String,
    arrival_dates: Option<String>,
}

/// The last comparison of each date and pair.
#[derive(Debug, Default)]
pub(crate) struct Earlier(Vec<Last>);

impl Earlier {
    pub(crate) async fn read(lake: &Lake) -> anyhow::Result<Self> {
        let mut answer = Vec::new();
        Box::pin(weir_sql::run(lake, QUERY, weir_sql::Format::Json, usize::MAX, &mut answer)).await?;
        Ok(Self(serde_json::from_slice(&answer)?))
    }

    fn of(&self, pair: Pair) -> impl Iterator<Item = &Last> {
        let (from, to) = (pair.from().to_string(), pair.to().to_string());
        self.0.iter().filter(move |last| last.from_table == from && last.to_table == to)
    }

    /// Dates whose last comparison did not end equal.
    pub(crate) fn open(&self, pair: Pair) -> Asked {
        let open = self.of(pair).filter(|last| last.status != "equal");
        open.map(|last| (last.event_date.clone(), BTreeSet::new())).collect()
    }

    /// Arrival dates of the records that were compared.
    pub(crate) fn arrival_dates(&self, pair: Pair, date: &str) -> BTreeSet<String> {
        let last = self.of(pair).find(|last| last.event_date == date);
        let text = last.and_then(|last| last.arrival_dates.as_deref()).unwrap_or_default();
        text.split_whitespace().map(str::to_owned).collect()
    }
}

pub(crate) async fn open(lake: &Lake) -> anyhow::Result<LakeTable> {
    Ok(Box::pin(LakeTable::open_or_create(lake, &Definition::of(TABLE, &[]))).await?)
}

/// Adds what was found, and the versions in which it was.
pub(crate) async fn write(
    lake: &Lake,
    book: &mut LakeTable,
    run: &str,
    found: &Found,
    numbers: Vec<(String, i64)>,
    report: &mut Report,
) -> anyhow::Result<()> {
    let definition = Definition::of(TABLE, &[]);
    let mut added = Added::default();
    let file = book.encoder(&definition)?.encode(None, &[rows(run, found)?])?;
    report.bytes_written = file.size_bytes() as u64;
    file.put(lake, &mut added).await?;
    report.rows_written = added.rows;
    let mut change = Change::appending(added, APPLICATION, Number::Following);
    change.also = numbers;
    let version = Box::pin(book.commit(lake, change)).await?;
    report.versions_written.insert(TABLE.to_string(), version);
    Ok(())
}

fn rows(run: &str, found: &Found) -> anyhow::Result<RecordBatch> {
    let now: Timestamp = crate::now();
    let text = |text: &dyn Fn(&(String, Pair), &Compared) -> String| -> ArrayRef {
        Arc::new(found.iter().map(|(key, compared)| Some(text(key, compared))).collect::<StringArray>())
    };
    let number = |number: &dyn Fn(&Compared) -> u64| -> ArrayRef {
        Arc::new(Int64Array::from_iter_values(found.values().map(|compared| number(compared) as i64)))
    };
    let day = |(date, _): &(String, Pair)| -> anyhow::Result<i32> { Ok(crate::day(midnight(date)?)) };
    let days = found.keys().map(day).collect::<anyhow::Result<Vec<_>>>()?;
    let times = TimestampMicrosecondArray::from(vec![now.micros(); found.len()]).with_timezone("UTC");
    let columns: [(&str, ArrayRef); 15] = [
        ("run_id", text(&|_, _| run.to_owned())),
        ("compared_at", Arc::new(times)),
        ("event_date", Arc::new(Date32Array::from(days))),
        ("from_table", text(&|(_, pair), _| pair.from().to_string())),
        ("to_table", text(&|(_, pair), _| pair.to().to_string())),
        ("status", text(&|_, compared| compared.status().to_owned())),
        ("rows_read", number(&|compared| compared.rows_read)),
        ("from_ids", number(&|compared| compared.from_ids)),
        ("to_ids", number(&|compared| compared.to_ids)),
        ("missing", number(&|compared| compared.missing.len() as u64)),
        ("waiting", number(&|compared| compared.waiting)),
        ("surplus", number(&|compared| compared.surplus.len() as u64)),
        ("from_amounts", text(&|_, compared| amounts(&compared.from_amounts))),
        ("to_amounts", text(&|_, compared| amounts(&compared.to_amounts))),
        (
            "arrival_dates",
            text(&|_, compared| compared.arrival_dates.iter().cloned().collect::<Vec<_>>().join(" ")),
        ),
    ];
    Ok(RecordBatch::try_from_iter(columns)?)
}

/// Sums as people and programs read them: `{"EUR":1999}`.
fn amounts(amounts: &Amounts) -> String {
    let parts = amounts.iter().map(|(currency, minor)| format!("\"{currency}\":{minor}"));
    format!("{{{}}}", parts.collect::<Vec<_>>().join(","))
}
