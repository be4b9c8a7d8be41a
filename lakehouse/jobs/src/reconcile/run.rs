//! The job itself.

use anyhow::bail;
use weir_engine::Lake;

use super::compare::Currencies;
use super::comparing::Comparing;
use super::dates::changed;
use super::pair::{Pair, ReconcileSettings};
use super::record::{Earlier, Found};
use super::tables::Tables;
use super::{outcome, record};
use crate::report::{Listener, Progress, Report};

/// Compares the stages of the dates that have changed.
///
/// # Errors
/// If anything is lost, not accounted for or different: what, and what to do; or if the lake cannot be read or written.
pub(crate) async fn run(
    lake: &Lake,
    run_id: &str,
    settings: &ReconcileSettings,
    listener: Listener<'_>,
) -> anyhow::Result<Report> {
    let tables = Tables::open(lake).await?;
    let pairs = Pair::ALL.into_iter().filter(|pair| tables.has(*pair)).collect::<Vec<_>>();
    if pairs.is_empty() {
        return Ok(Report::default());
    }
    let mut book = record::open(lake).await?;
    let earlier = Earlier::read(lake).await?;
    let mut comparing = Comparing { lake, tables: &tables, settings, currencies: Currencies::default() };
    let mut found = Found::new();
    let total = pairs.len() as u64;
    for (pair, done) in pairs.into_iter().zip(1..) {
        let asked = match &settings.dates {
            Some(dates) => comparing.forced(pair, dates)?,
            None => changed(lake, pair, &tables, &book, &earlier).await?,
        };
        comparing.pair(pair, asked, &mut found).await?;
        listener(Progress { done, total, what: format!("{} and {}", pair.from(), pair.to()) });
    }
    let mut report = Report { versions_read: tables.versions(), ..Report::default() };
    report.dates = found.keys().map(|(date, _)| date.clone()).collect();
    report.rows_read = found.values().map(|compared| compared.from_ids + compared.to_ids).sum();
    report.notes = outcome::on_the_way(&found);
    if !settings.dry_run && !found.is_empty() {
        let numbers = if settings.dates.is_some() { Vec::new() } else { tables.numbers()? };
        record::write(lake, &mut book, run_id, &found, numbers, &mut report).await?;
    }
    let differences = outcome::differences(&found);
    if !differences.is_empty() {
        let told = differences.into_iter().chain(report.notes).collect::<Vec<_>>();
        bail!("the stages do not agree\n  {}", told.join("\n  "));
    }
    Ok(report)
}
