//! The job itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;
use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use futures::{StreamExt, TryStreamExt, stream};
use tokio::task::JoinSet;
use weir_engine::Lake;
use weir_events::Timestamp;
use weir_tables::{Added, DataFile, Encoder, TableName, read};

use super::labels::{Known, newest};
use super::orders::Orders;
use super::write::{Star, definition};
use super::{JOB, StarSettings};
use crate::FaultPoint;
use crate::report::{Listener, Progress, Report};
use crate::surrogate::HashedMap;
use crate::touched::{Sources, by_date, made_from, touched};

/// Microseconds in a day.
const DAY: i64 = 86_400_000_000;

/// Dates that are read ahead, and dates that are encoded and written beside each other.
const AHEAD: usize = 4;

/// Makes the star's facts and dimensions of the dates that have changed.
///
/// # Errors
/// If the lake cannot be read or written; the next run does what this one has not finished.
pub async fn run(lake: &Lake, settings: &StarSettings, listener: Listener<'_>) -> anyhow::Result<Report> {
    let Some(sources) = Sources::open(lake).await? else { return Ok(Report::default()) };
    let star = Star::open(lake).await?;
    let all = by_date(&sources.transactions)?;
    let dates = match &settings.dates {
        Some(dates) => dates.clone(),
        None => Box::pin(touched(lake, JOB, &star.customers, &sources)).await?,
    };
    let mut report = Report { versions_read: sources.versions(), dates, ..Report::default() };
    if report.dates.is_empty() || settings.dry_run {
        return Ok(report);
    }
    let is_anew = all.keys().all(|date| report.dates.contains(date));
    let dimensions = star.dimensions(lake, is_anew).await?;
    let first = report.dates.first().cloned().unwrap_or_default();
    let labels = Arc::new(Box::pin(newest(lake, sources.labels.as_ref(), &first)).await?);
    let decisions = sources.decisions.as_ref().map(by_date).transpose()?.unwrap_or_default();
    let mut work =
        Work { lake, star, dimensions, labels, is_anew, encoding: JoinSet::new(), added: Added::default() };
    Box::pin(work.facts(&all, &decisions, &first, &mut report, listener)).await?;
    settings.fault.reach(FaultPoint::AfterStarFiles)?;
    let Work { mut star, dimensions, added, .. } = work;
    star.grow(lake, &dimensions, &mut report).await?;
    settings.fault.reach(FaultPoint::AfterStarDimensions)?;
    let dates = report.dates.clone();
    star.replace_facts(lake, &dates, added, &mut report).await?;
    settings.fault.reach(FaultPoint::AfterStarFacts)?;
    let seen = if settings.dates.is_some() { Vec::new() } else { numbers(&sources) };
    star.finish(lake, &dimensions.customers, seen, &mut report).await?;
    Ok(report)
}

/// What the star carries of the versions that it was made from.
fn numbers(sources: &Sources) -> Vec<(String, i64)> {
    let number = |table: &weir_tables::LakeTable| {
        (made_from(JOB, table.name()), i64::try_from(table.version()).unwrap_or(i64::MAX))
    };
    sources.tables().map(number).collect()
}

/// A run on its way.
struct Work<'a> {
    lake: &'a Lake,
    star: Star,
    dimensions: super::facts::Dimensions,
    labels: Arc<HashedMap<u128, Known>>,
    /// Whether every date is made, so that nothing of before counts.
    is_anew: bool,
    encoding: JoinSet<anyhow::Result<(Added, u64)>>,
    added: Added,
}

type Dated = BTreeMap<String, Vec<DataFile>>;

impl Work<'_> {
    /// Makes the facts of the dates of the report, and of later ones to which these spread.
    async fn facts(
        &mut self,
        all: &Dated,
        decisions: &Dated,
        first: &str,
        report: &mut Report,
        listener: Listener<'_>,
    ) -> anyhow::Result<()> {
        let encoder = self.star.facts.encoder(&definition(TableName::FactTransactions))?;
        let mut done = 0;
        if self.is_anew {
            let dated = |(date, files): (&String, &Vec<DataFile>)| {
                (date.clone(), files.clone(), decisions.get(date).cloned().unwrap_or_default())
            };
            let dates = all.iter().map(dated).collect::<Vec<_>>();
            let lake = self.lake.clone();
            let read = move |(date, files, decided): (String, Vec<DataFile>, Vec<DataFile>)| {
                let lake = lake.clone();
                tokio::spawn(async move { Orders::read(&lake, date, &files, &decided).await })
            };
            let mut orders = stream::iter(dates).map(read).buffered(AHEAD);
            while let Some(orders) = orders.next().await {
                self.date(orders??, &encoder, report).await?;
                done += 1;
                listener(Progress { done, total: all.len() as u64, what: "dates".to_owned() });
            }
        } else {
            let later = all.range(first.to_owned()..).map(|(date, files)| (date.clone(), files.clone()));
            for (date, files) in later.collect::<Vec<_>>() {
                if !report.dates.contains(&date) && !self.is_spread_to(&date).await? {
                    continue;
                }
                let decided = decisions.get(&date).cloned().unwrap_or_default();
                let orders = Orders::read(self.lake, date, &files, &decided).await?;
                report.dates.insert(orders.date.clone());
                self.date(orders, &encoder, report).await?;
                done += 1;
                let total = report.dates.len() as u64;
                listener(Progress { done, total, what: "dates".to_owned() });
            }
        }
        while !self.encoding.is_empty() {
            self.put(report).await?;
        }
        Ok(())
    }

    async fn date(&mut self, orders: Orders, encoder: &Encoder, report: &mut Report) -> anyhow::Result<()> {
        report.rows_read += orders.len() as u64;
        let start = midnight(&orders.date)?;
        if !self.is_anew {
            self.dimensions.customers.begin(start, start + DAY, &orders.customers);
        }
        let facts = self.dimensions.facts(&orders, &self.labels)?;
        if !self.is_anew {
            self.dimensions.customers.end(start + DAY);
        }
        let (encoder, date) = (encoder.clone(), orders.date);
        let lake = self.lake.clone();
        self.encoding.spawn(async move {
            let file = tokio::task::spawn_blocking(move || encoder.encode(Some(&date), &[facts])).await??;
            let (mut added, bytes) = (Added::default(), file.size_bytes() as u64);
            file.put(&lake, &mut added).await?;
            Ok((added, bytes))
        });
        while self.encoding.len() > AHEAD {
            self.put(report).await?;
        }
        Ok(())
    }

    async fn put(&mut self, report: &mut Report) -> anyhow::Result<()> {
        let Some(file) = self.encoding.join_next().await else { return Ok(()) };
        let (added, bytes) = file??;
        self.added.join(added);
        report.bytes_written += bytes;
        Ok(())
    }

    /// Whether facts of a date point to versions of customers that changed before it.
    async fn is_spread_to(&self, date: &str) -> anyhow::Result<bool> {
        if !self.dimensions.customers.has_disturbed() {
            return Ok(false);
        }
        let files = self.star.facts.files()?;
        for file in files.iter().filter(|file| file.partition.as_deref() == Some(date)) {
            let path = format!("{}/{}", TableName::FactTransactions.folder(), file.path);
            let mut batches = read(self.lake, &path, Some(&["customer_key"])).await?;
            while let Some(batch) = batches.try_next().await? {
                let keys = batch.column(0).as_primitive::<Int64Type>();
                if keys.values().iter().any(|key| self.dimensions.customers.is_disturbed(*key)) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

pub(crate) fn midnight(date: &str) -> anyhow::Result<i64> {
    let moment: Timestamp =
        format!("{date}T00:00:00Z").parse().ok().with_context(|| format!("`{date}` is no date"))?;
    Ok(moment.micros())
}
