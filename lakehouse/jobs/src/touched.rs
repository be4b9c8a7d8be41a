//! Which event dates have changed since a version, and for labels which dates their transactions have.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use arrow::array::AsArray;
use futures::TryStreamExt;
use weir_engine::Lake;
use weir_tables::{DataFile, LakeTable, TableName, read};

use crate::surrogate::{HashedSet, id_hash};

/// Tables that a job reads, as of one moment.
#[derive(Clone, Debug)]
pub(crate) struct Sources {
    pub(crate) transactions: LakeTable,
    pub(crate) labels: Option<LakeTable>,
    pub(crate) decisions: Option<LakeTable>,
}

impl Sources {
    /// `None` if there is no transaction yet.
    pub(crate) async fn open(lake: &Lake) -> anyhow::Result<Option<Self>> {
        let (transactions, labels, decisions) = tokio::try_join!(
            open(lake, TableName::SilverTransactions),
            open(lake, TableName::SilverLabels),
            open(lake, TableName::SilverDecisions),
        )?;
        Ok(transactions.map(|transactions| Self { transactions, labels, decisions }))
    }

    pub(crate) fn tables(&self) -> impl Iterator<Item = &LakeTable> {
        [Some(&self.transactions), self.labels.as_ref(), self.decisions.as_ref()].into_iter().flatten()
    }

    pub(crate) fn versions(&self) -> BTreeMap<String, u64> {
        self.tables().map(|table| (table.name().to_string(), table.version())).collect()
    }
}

/// Opens a table on a task of its own, since reading the log of many dates keeps a core busy.
async fn open(lake: &Lake, name: TableName) -> anyhow::Result<Option<LakeTable>> {
    let lake = lake.clone();
    Ok(tokio::spawn(async move { LakeTable::open(&lake, name).await }).await??)
}

/// Files of a table by the date they are of.
pub(crate) fn by_date(table: &LakeTable) -> anyhow::Result<BTreeMap<String, Vec<DataFile>>> {
    let mut dates = BTreeMap::<String, Vec<DataFile>>::new();
    for file in table.files()? {
        dates.entry(file.partition.clone().unwrap_or_default()).or_default().push(file);
    }
    Ok(dates)
}

/// Application that says which version of a table a made table was made from.
pub(crate) fn made_from(job: &str, table: TableName) -> String {
    format!("weir.{job}/{table}")
}

/// Dates whose transactions, decisions or labels have changed since the versions that `made` was made from. All dates
/// if that is not known any more.
pub(crate) async fn touched(
    lake: &Lake,
    job: &str,
    made: &LakeTable,
    sources: &Sources,
) -> anyhow::Result<BTreeSet<String>> {
    let all = by_date(&sources.transactions)?.into_keys().collect::<BTreeSet<_>>();
    let mut dates = BTreeSet::new();
    let mut labelled = Vec::new();
    for table in sources.tables() {
        let name = table.name();
        let seen = made.number(&made_from(job, name)).await?;
        let Some(files) = added(table, seen).await? else {
            if name == TableName::SilverLabels {
                labelled = table.files()?;
                continue;
            }
            return Ok(all);
        };
        match name {
            TableName::SilverLabels => labelled = files,
            _ => dates.extend(files.into_iter().filter_map(|file| file.partition)),
        }
    }
    // Decisions of a day may come before its transactions do.
    dates.retain(|date| all.contains(date));
    if dates.len() < all.len() && !labelled.is_empty() {
        dates.extend(dates_of(lake, &sources.transactions, &labelled).await?);
    }
    Ok(dates)
}

/// Files added since a version; `None` if that is all of them, or not known.
pub(crate) async fn added(table: &LakeTable, seen: Option<i64>) -> anyhow::Result<Option<Vec<DataFile>>> {
    let Some(seen) = seen.and_then(|version| u64::try_from(version).ok()) else { return Ok(None) };
    if seen >= table.version() {
        return Ok(Some(Vec::new()));
    }
    let Some(versions) = table.added_since(seen).await? else { return Ok(None) };
    Ok(Some(versions.into_iter().flat_map(|(_, files)| files).collect()))
}

/// Dates of the transactions that these labels are about: the newest are looked through first, since most labels come
/// within weeks.
pub(crate) async fn dates_of(
    lake: &Lake,
    transactions: &LakeTable,
    labelled: &[DataFile],
) -> anyhow::Result<BTreeSet<String>> {
    let mut wanted = HashedSet::<u128>::default();
    for file in labelled {
        each_id(lake, TableName::SilverLabels, file, |id| {
            wanted.insert(id);
        })
        .await?;
    }
    let mut dates = BTreeSet::new();
    for (date, files) in by_date(transactions)?.into_iter().rev() {
        if wanted.is_empty() {
            break;
        }
        for file in files {
            let mut is_found = false;
            each_id(lake, TableName::SilverTransactions, &file, |id| is_found |= wanted.remove(&id)).await?;
            if is_found {
                dates.insert(date.clone());
            }
        }
    }
    Ok(dates)
}

async fn each_id(
    lake: &Lake,
    table: TableName,
    file: &DataFile,
    mut visit: impl FnMut(u128),
) -> anyhow::Result<()> {
    let path = format!("{}/{}", table.folder(), file.path);
    let mut batches = read(lake, &path, Some(&["transaction_id"])).await?;
    while let Some(batch) = batches.try_next().await? {
        let ids = batch.column(0).as_string_opt::<i32>().context("`transaction_id` is no text")?;
        ids.iter().flatten().for_each(|id| visit(id_hash(id)));
    }
    Ok(())
}
