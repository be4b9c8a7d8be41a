//! Bringing the star's tables up to date.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use anyhow::Context;
use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use futures::TryStreamExt;
use weir_engine::Lake;
use weir_tables::{Added, Change, DataFile, Definition, LakeTable, Number, TableName, read};

use super::APPLICATION;
use super::customers::Customers;
use super::facts::Dimensions;
use super::members::{Members, time_rows};
use crate::commit::texts;
use crate::report::Report;

/// The tables of the star.
pub(crate) struct Star {
    pub(crate) facts: LakeTable,
    pub(crate) customers: LakeTable,
    time: LakeTable,
    members: [LakeTable; 4],
}

/// Dimensions of one column: table, name in keys, columns of key and name.
const MEMBERS: [(TableName, &str, &str, &str); 4] = [
    (TableName::DimPaymentMethods, "payment_method", "payment_method_key", "payment_method"),
    (TableName::DimProductCategories, "product_category", "product_category_key", "product_category"),
    (TableName::DimDevices, "device", "device_key", "device_type"),
    (TableName::DimMerchants, "merchant", "merchant_key", "merchant"),
];

/// A definition of one of the star's tables.
pub(crate) fn definition(name: TableName) -> Definition {
    Definition::of(name, &[])
}

/// Opens a table on a task of its own, since reading the log of many dates keeps a core busy.
async fn open(lake: &Lake, name: TableName) -> anyhow::Result<LakeTable> {
    let lake = lake.clone();
    let opening = tokio::spawn(async move { LakeTable::open_or_create(&lake, &definition(name)).await });
    Ok(opening.await??)
}

impl Star {
    pub(crate) async fn open(lake: &Lake) -> anyhow::Result<Self> {
        let [payments, categories, devices, merchants] = MEMBERS.map(|member| open(lake, member.0));
        let (facts, customers, time, payments, categories, devices, merchants) = tokio::try_join!(
            open(lake, TableName::FactTransactions),
            open(lake, TableName::DimCustomers),
            open(lake, TableName::DimTime),
            payments,
            categories,
            devices,
            merchants,
        )?;
        Ok(Self { facts, customers, time, members: [payments, categories, devices, merchants] })
    }

    /// What the dimensions hold; customers only if some of them stay.
    pub(crate) async fn dimensions(&self, lake: &Lake, is_anew: bool) -> anyhow::Result<Dimensions> {
        let mut customers = Customers::default();
        if !is_anew {
            for rows in rows(lake, &self.customers, None).await? {
                customers.load(&rows)?;
            }
        }
        let mut members = Vec::new();
        for (table, (_, dimension, _, column)) in self.members.iter().zip(MEMBERS) {
            let mut held = Vec::new();
            for rows in rows(lake, table, Some(&[column])).await? {
                held.extend(texts(&rows, column)?.iter().flatten().map(str::to_owned));
            }
            let is_begun = !held.is_empty();
            // The member without a name is not one that an order could name.
            held.retain(|name| name != "unknown");
            members.push(Members::new(dimension, held, is_begun));
        }
        let [payment_methods, product_categories, devices, merchants] =
            members.try_into().ok().context("there are four dimensions of one column")?;
        Ok(Dimensions {
            customers,
            payment_methods,
            product_categories,
            devices,
            merchants,
            hours: Default::default(),
            starts: BTreeMap::new(),
        })
    }

    /// Adds the new members of the dimensions that only grow.
    pub(crate) async fn grow(
        &mut self,
        lake: &Lake,
        dimensions: &Dimensions,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let all = [
            &dimensions.payment_methods,
            &dimensions.product_categories,
            &dimensions.devices,
            &dimensions.merchants,
        ];
        for ((table, members), (_, _, key, name)) in self.members.iter_mut().zip(all).zip(MEMBERS) {
            if let Some(rows) = members.new_rows(key, name)? {
                append(lake, table, rows, report).await?;
            }
        }
        let mut held = HashSet::new();
        for rows in rows(lake, &self.time, Some(&["time_key"])).await? {
            held.extend(rows.column(0).as_primitive::<Int64Type>().values().iter().copied());
        }
        let starts = dimensions.starts.iter().filter(|(key, _)| !held.contains(*key));
        let starts = starts.map(|(_, start)| *start).collect::<Vec<_>>();
        if !starts.is_empty() {
            append(lake, &mut self.time, time_rows(&starts)?, report).await?;
        }
        Ok(())
    }

    /// Replaces the facts of dates.
    pub(crate) async fn replace_facts(
        &mut self,
        lake: &Lake,
        dates: &BTreeSet<String>,
        added: Added,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let files = self.facts.files()?.into_iter();
        let removed = files.filter(|file| file.partition.as_ref().is_none_or(|date| dates.contains(date)));
        let removed = removed.collect::<Vec<DataFile>>();
        report.rows_written += added.rows;
        let change = Change::replacing(added, removed, APPLICATION, Number::Following);
        let version = Box::pin(self.facts.commit(lake, change)).await?;
        report.versions_written.insert(TableName::FactTransactions.to_string(), version);
        Ok(())
    }

    /// Writes the customers, if they changed, and in any case what the star was made from.
    pub(crate) async fn finish(
        &mut self,
        lake: &Lake,
        customers: &Customers,
        made_from: Vec<(String, i64)>,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let (mut added, mut removed) = (Added::default(), Vec::new());
        if customers.is_changed() {
            let encoder = self.customers.encoder(&definition(TableName::DimCustomers))?;
            let rows = customers.rows()?;
            let file = tokio::task::spawn_blocking(move || encoder.encode(None, &[rows])).await??;
            report.bytes_written += file.size_bytes() as u64;
            file.put(lake, &mut added).await?;
            removed = self.customers.files()?;
        }
        report.rows_written += added.rows;
        let mut change = Change::replacing(added, removed, APPLICATION, Number::Following);
        change.also = made_from;
        let version = Box::pin(self.customers.commit(lake, change)).await?;
        report.versions_written.insert(TableName::DimCustomers.to_string(), version);
        Ok(())
    }
}

/// Rows of a small table.
pub(crate) async fn rows(
    lake: &Lake,
    table: &LakeTable,
    columns: Option<&[&str]>,
) -> anyhow::Result<Vec<RecordBatch>> {
    let mut all = Vec::new();
    for file in table.files()? {
        let path = format!("{}/{}", table.name().folder(), file.path);
        all.extend(read(lake, &path, columns).await?.try_collect::<Vec<_>>().await?);
    }
    Ok(all)
}

/// Adds rows to a small table.
async fn append(
    lake: &Lake,
    table: &mut LakeTable,
    rows: RecordBatch,
    report: &mut Report,
) -> anyhow::Result<()> {
    let file = table.encoder(&definition(table.name()))?.encode(None, &[rows])?;
    let mut added = Added::default();
    report.bytes_written += file.size_bytes() as u64;
    file.put(lake, &mut added).await?;
    report.rows_written += added.rows;
    let change = Change::appending(added, APPLICATION, Number::Following);
    let version = Box::pin(table.commit(lake, change)).await?;
    report.versions_written.insert(table.name().to_string(), version);
    Ok(())
}
