//! Which dates of a pair are compared, and where their records are.

use std::collections::{BTreeMap, BTreeSet};

use weir_engine::Lake;
use weir_tables::{DataFile, LakeTable, TableName};

use super::pair::Pair;
use super::record::Earlier;
use super::stage::bronze_dates;
use super::tables::Tables;
use crate::touched::dates_of;

/// Transactions of dates that are compared together: bounds the memory.
const TOGETHER: u64 = 2_000_000;

/// Dates to compare, and for pairs that begin with bronze the arrival dates of their records.
pub(crate) type Asked = BTreeMap<String, BTreeSet<String>>;

/// Dates whose tables have changed, or whose last comparison did not end equal.
pub(crate) async fn changed(
    lake: &Lake,
    pair: Pair,
    tables: &Tables,
    book: &LakeTable,
    earlier: &Earlier,
) -> anyhow::Result<Asked> {
    let mut asked = earlier.open(pair);
    for date in tables.new_dates(book, pair.to()).await? {
        asked.entry(date).or_default();
    }
    match pair {
        Pair::Transactions | Pair::Labels => {
            let Some(kind) = pair.kind() else { return Ok(asked) };
            for file in tables.new_files(book, pair.from()).await? {
                for date in bronze_dates(lake, kind, &file).await? {
                    asked.entry(date).or_default().extend(file.partition.clone());
                }
            }
        }
        Pair::Decisions | Pair::Facts => {
            for date in tables.new_dates(book, pair.from()).await? {
                asked.entry(date).or_default();
            }
        }
        Pair::LabelledFacts => {
            let labels = tables.new_files(book, pair.from()).await?;
            for date in of_labels(lake, tables, &labels).await? {
                asked.entry(date).or_default();
            }
        }
    }
    for (date, arrivals) in &mut asked {
        arrivals.extend(earlier.arrival_dates(pair, date));
    }
    Ok(asked)
}

/// Dates of the transactions that labels are about.
pub(crate) async fn of_labels(
    lake: &Lake,
    tables: &Tables,
    labels: &[DataFile],
) -> anyhow::Result<BTreeSet<String>> {
    match tables.get(TableName::SilverTransactions).filter(|_| !labels.is_empty()) {
        Some(transactions) => dates_of(lake, transactions, labels).await,
        None => Ok(BTreeSet::new()),
    }
}

/// Dates in groups of so many transactions.
pub(crate) fn grouped(asked: Asked, rows: impl Fn(&str) -> u64) -> Vec<Asked> {
    let mut groups = vec![Asked::new()];
    let mut held = 0;
    for (date, arrivals) in asked {
        let more = rows(&date);
        if held > 0 && held + more > TOGETHER {
            groups.push(Asked::new());
            held = 0;
        }
        held += more;
        if let Some(group) = groups.last_mut() {
            group.insert(date, arrivals);
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_taken_together_up_to_a_number_of_rows() {
        let dates = ["a", "b", "c", "d"].map(|date| (date.to_owned(), BTreeSet::new()));
        let rows = |date: &str| if date == "c" { 3_000_000 } else { 900_000 };
        let groups = grouped(dates.into_iter().collect(), rows);
        let names = groups.iter().map(|group| group.keys().cloned().collect::<String>());
        assert_eq!(names.collect::<Vec<_>>(), ["ab", "c", "d"]);
    }
}
