//! Comparing the dates of a pair.

use std::collections::{BTreeMap, BTreeSet};

use weir_engine::Lake;
use weir_tables::{DataFile, TableName};

use super::compare::{Compared, Currencies, Held, Stage, compare};
use super::dates::{Asked, grouped, of_labels};
use super::pair::{Pair, ReconcileSettings};
use super::record::Found;
use super::stage::{self, Stages};
use super::tables::Tables;
use crate::silver::Kind;
use crate::star::newest;
use crate::surrogate::HashedSet;

/// What a comparison works with.
pub(crate) struct Comparing<'a> {
    pub(crate) lake: &'a Lake,
    pub(crate) tables: &'a Tables,
    pub(crate) settings: &'a ReconcileSettings,
    pub(crate) currencies: Currencies,
}

type Dated = BTreeMap<String, Vec<DataFile>>;

impl Comparing<'_> {
    /// Dates that are asked for, with every arrival date there is.
    pub(crate) fn forced(&self, pair: Pair, dates: &BTreeSet<String>) -> anyhow::Result<Asked> {
        let arrivals: BTreeSet<String> = match pair.kind() {
            Some(_) => {
                self.tables.files(pair.from())?.into_iter().filter_map(|file| file.partition).collect()
            }
            None => BTreeSet::new(),
        };
        Ok(dates.iter().map(|date| (date.clone(), arrivals.clone())).collect())
    }

    /// Compares dates of a pair.
    pub(crate) async fn pair(&mut self, pair: Pair, asked: Asked, found: &mut Found) -> anyhow::Result<()> {
        if asked.is_empty() {
            return Ok(());
        }
        let (from, to) = (dated(self.tables, pair.from())?, dated(self.tables, pair.to())?);
        let rows = |date: &str| to.get(date).into_iter().flatten().filter_map(|file| file.rows).sum();
        let compared = match pair.kind() {
            Some(kind) => {
                let mut all = Vec::new();
                for group in grouped(asked, rows) {
                    all.extend(self.records(pair, kind, group, &to).await?);
                }
                all
            }
            None => self.stages(pair, asked, &from, &to).await?,
        };
        for (date, mut compared) in compared {
            self.look_elsewhere(pair, &mut compared).await?;
            if !compared.is_empty() {
                found.insert((date, pair), compared);
            }
        }
        Ok(())
    }

    /// Compares records of the stream with what was made of them.
    async fn records(
        &mut self,
        pair: Pair,
        kind: Kind,
        asked: Asked,
        silver: &Dated,
    ) -> anyhow::Result<Vec<(String, Compared)>> {
        let mut made = Stages::new();
        let (mut dates, mut arrivals) = (BTreeSet::new(), BTreeSet::new());
        for (date, arrived) in asked {
            let files = silver.get(&date).map(Vec::as_slice).unwrap_or_default();
            let stage = stage::silver(self.lake, kind, files, true, &mut self.currencies).await?;
            arrivals.extend(arrived);
            arrivals.extend(stage.arrival_dates.iter().cloned());
            made.insert(date.clone(), stage);
            dates.insert(date);
        }
        let pending = self.tables.pending_files(pair).await?.into_iter().map(|file| file.path);
        let pending = pending.collect::<BTreeSet<_>>();
        let mut records = Stages::new();
        for file in self.tables.files(pair.from())? {
            if file.partition.as_ref().is_none_or(|date| arrivals.contains(date)) {
                let with = (&file, pending.contains(&file.path));
                stage::bronze(self.lake, kind, with, &dates, &mut self.currencies, &mut records).await?;
            }
        }
        let of_date = |date: String| {
            let (from, to) =
                (records.remove(&date).unwrap_or_default(), made.remove(&date).unwrap_or_default());
            let compared = compare(&from, &to, &self.currencies, |held| held.is_pending);
            (date, compared)
        };
        Ok(dates.into_iter().map(of_date).collect())
    }

    /// Compares stages that are in tables by event date.
    async fn stages(
        &mut self,
        pair: Pair,
        asked: Asked,
        from: &Dated,
        to: &Dated,
    ) -> anyhow::Result<Vec<(String, Compared)>> {
        let pending = self.pending(pair).await?;
        let waiting = i64::try_from(self.settings.waiting.as_micros()).unwrap_or(i64::MAX);
        let lost_before = crate::now().micros().saturating_sub(waiting);
        let labels = match (pair, asked.keys().next()) {
            (Pair::LabelledFacts, Some(first)) => {
                newest(self.lake, self.tables.get(TableName::SilverLabels), first).await?
            }
            _ => Default::default(),
        };
        let transactions = dated(self.tables, TableName::SilverTransactions)?;
        let mut all = Vec::new();
        for date in asked.into_keys() {
            let files = |dated: &Dated| dated.get(&date).cloned().unwrap_or_default();
            let (one, other) = match pair {
                Pair::LabelledFacts => {
                    let held = self.silver(&files(&transactions), false).await?;
                    (stage::labelled(&held, &labels), stage::labelled_facts(self.lake, &files(to)).await?)
                }
                _ => {
                    let held = self.silver(&files(from), pair == Pair::Decisions).await?;
                    let made = stage::made(self.lake, pair.to(), &files(to), &mut self.currencies).await?;
                    (held, made)
                }
            };
            let is_waiting = |held: &Held| pair == Pair::Decisions && held.at > lost_before;
            let mut compared = compare(&one, &other, &self.currencies, is_waiting);
            compared.arrival_dates.clear();
            if pending.contains(&date) {
                compared.wait();
            }
            all.push((date, compared));
        }
        Ok(all)
    }

    async fn silver(&mut self, files: &[DataFile], is_stream_only: bool) -> anyhow::Result<Stage> {
        stage::silver(self.lake, Kind::Transactions, files, is_stream_only, &mut self.currencies).await
    }

    /// Dates that the next run of a job makes anew.
    async fn pending(&self, pair: Pair) -> anyhow::Result<BTreeSet<String>> {
        let files = self.tables.pending_files(pair).await?;
        match pair {
            Pair::LabelledFacts => {
                let mut dates = of_labels(self.lake, self.tables, &files).await?;
                let transactions = self.tables.pending_files(Pair::Facts).await?;
                dates.extend(transactions.into_iter().filter_map(|file| file.partition));
                Ok(dates)
            }
            _ => Ok(files.into_iter().filter_map(|file| file.partition).collect()),
        }
    }

    /// An id that was used again for another day is there once, on the day of the first.
    async fn look_elsewhere(&self, pair: Pair, compared: &mut Compared) -> anyhow::Result<()> {
        if !matches!(pair, Pair::Transactions | Pair::Decisions) {
            return Ok(());
        }
        if !compared.missing.is_empty() {
            self.remove_found(pair.to(), &mut compared.missing).await?;
        }
        if !compared.surplus.is_empty() && pair == Pair::Decisions {
            self.remove_found(pair.from(), &mut compared.surplus).await?;
        }
        Ok(())
    }

    async fn remove_found(&self, table: TableName, ids: &mut Vec<u128>) -> anyhow::Result<()> {
        let mut sought = ids.iter().copied().collect::<HashedSet<u128>>();
        for file in self.tables.files(table)? {
            for id in stage::ids(self.lake, table, &file).await? {
                sought.remove(&id);
            }
        }
        ids.retain(|id| sought.contains(id));
        Ok(())
    }
}

fn dated(tables: &Tables, name: TableName) -> anyhow::Result<Dated> {
    match tables.get(name) {
        Some(table) => crate::touched::by_date(table),
        None => Ok(Dated::new()),
    }
}
