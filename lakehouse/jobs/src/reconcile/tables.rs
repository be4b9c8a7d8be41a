//! The tables that are compared, as of one moment.

use std::collections::{BTreeMap, BTreeSet};

use weir_engine::Lake;
use weir_tables::{DataFile, LakeTable, TableName};

use super::JOB;
use super::pair::Pair;
use crate::touched::{added, by_date, made_from};

/// In order from the end of the flow to its beginning.
const ORDER: [TableName; 7] = [
    TableName::DimCustomers,
    TableName::FactTransactions,
    TableName::SilverDecisions,
    TableName::SilverLabels,
    TableName::SilverTransactions,
    TableName::BronzeLabels,
    TableName::BronzeTransactions,
];

/// Tables that exist.
pub(crate) struct Tables(BTreeMap<TableName, LakeTable>);

impl Tables {
    pub(crate) async fn open(lake: &Lake) -> anyhow::Result<Self> {
        let mut tables = BTreeMap::new();
        for name in ORDER {
            if let Some(table) = Box::pin(LakeTable::open(lake, name)).await? {
                tables.insert(name, table);
            }
        }
        Ok(Self(tables))
    }

    pub(crate) fn get(&self, name: TableName) -> Option<&LakeTable> {
        self.0.get(&name)
    }

    /// Files of a table; none if it does not exist.
    pub(crate) fn files(&self, name: TableName) -> anyhow::Result<Vec<DataFile>> {
        Ok(self.get(name).map(LakeTable::files).transpose()?.unwrap_or_default())
    }

    /// Whether there is something to compare.
    pub(crate) fn has(&self, pair: Pair) -> bool {
        let is_made = match pair {
            // Before the first star there is no fact that could be missing.
            Pair::Facts | Pair::LabelledFacts => self.0.contains_key(&TableName::FactTransactions),
            // An import has neither records nor decisions.
            Pair::Decisions => self.0.contains_key(&TableName::BronzeTransactions),
            Pair::Transactions | Pair::Labels => true,
        };
        is_made && self.0.contains_key(&pair.from())
    }

    /// Files of a table that were not compared yet; all of them if that is not known.
    pub(crate) async fn new_files(&self, book: &LakeTable, name: TableName) -> anyhow::Result<Vec<DataFile>> {
        let Some(table) = self.get(name) else { return Ok(Vec::new()) };
        let seen = book.number(&made_from(JOB, name)).await?;
        match added(table, seen).await? {
            // What was rewritten since has other files now.
            Some(files) => self.that_are_there(name, files),
            None => Ok(table.files()?),
        }
    }

    /// Dates that were not compared since files of them came or went; all of them if that is not known.
    pub(crate) async fn new_dates(
        &self,
        book: &LakeTable,
        name: TableName,
    ) -> anyhow::Result<BTreeSet<String>> {
        let Some(table) = self.get(name) else { return Ok(BTreeSet::new()) };
        let seen = book.number(&made_from(JOB, name)).await?;
        let since = match seen.and_then(|version| u64::try_from(version).ok()) {
            Some(seen) => table.partitions_since(seen).await?,
            None => None,
        };
        Ok(match since {
            Some(dates) => dates,
            None => by_date(table)?.into_keys().collect(),
        })
    }

    fn that_are_there(&self, name: TableName, files: Vec<DataFile>) -> anyhow::Result<Vec<DataFile>> {
        let there = self.files(name)?.into_iter().map(|file| file.path).collect::<BTreeSet<_>>();
        Ok(files.into_iter().filter(|file| there.contains(&file.path)).collect())
    }

    /// Files of a pair's first table that the job which makes the second has not been given.
    pub(crate) async fn pending_files(&self, pair: Pair) -> anyhow::Result<Vec<DataFile>> {
        let Some(table) = self.get(pair.from()) else { return Ok(Vec::new()) };
        let seen = match pair {
            Pair::Transactions | Pair::Labels => match self.get(pair.to()) {
                Some(silver) => silver.number(crate::silver::APPLICATION).await?,
                None => None,
            },
            Pair::Decisions => return Ok(Vec::new()),
            Pair::Facts | Pair::LabelledFacts => match self.get(TableName::DimCustomers) {
                Some(star) => star.number(&made_from(crate::star::JOB, pair.from())).await?,
                None => None,
            },
        };
        match added(table, seen).await? {
            Some(files) => self.that_are_there(pair.from(), files),
            None => Ok(table.files()?),
        }
    }

    /// Version of each, by which the next run knows what this one has seen.
    pub(crate) fn numbers(&self) -> anyhow::Result<Vec<(String, i64)>> {
        let number = |(name, table): (&TableName, &LakeTable)| -> anyhow::Result<(String, i64)> {
            Ok((made_from(JOB, *name), i64::try_from(table.version())?))
        };
        self.0.iter().map(number).collect()
    }

    pub(crate) fn versions(&self) -> BTreeMap<String, u64> {
        self.0.iter().map(|(name, table)| (name.to_string(), table.version())).collect()
    }
}
