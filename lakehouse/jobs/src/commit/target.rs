//! Which stream goes to which tables.

use weir_engine::Lake;
use weir_tables::{Definition, LakeTable, TableName};

use super::APPLICATION;

/// A landed stream and its tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Name of the stream.
    pub(crate) stream: &'static str,
    /// Tables, in the order in which a plan is committed to them; plans bear the first one's name.
    pub(crate) tables: &'static [TableName],
}

/// Every landed stream.
pub(crate) const TARGETS: [Target; 3] = [
    Target { stream: "transactions", tables: &[TableName::BronzeTransactions] },
    Target { stream: "labels", tables: &[TableName::BronzeLabels] },
    Target { stream: "decisions", tables: &[TableName::SilverDecisions, TableName::SilverLabelEffects] },
];

impl Target {
    /// Name under which its plans are kept.
    pub(crate) fn plans(self) -> String {
        self.tables.first().map(ToString::to_string).unwrap_or_default()
    }

    /// Its tables at their newest versions, made if they are missing.
    pub(crate) async fn open(self, lake: &Lake, features: &[String]) -> anyhow::Result<Vec<Numbered>> {
        let mut opened = Vec::new();
        for name in self.tables {
            let definition = Definition::of(*name, features);
            let table = Box::pin(LakeTable::open_or_create(lake, &definition)).await?;
            let number = table.number(APPLICATION).await?.and_then(|number| u64::try_from(number).ok());
            opened.push(Numbered { table, number: number.unwrap_or_default() });
        }
        Ok(opened)
    }
}

/// A table and the newest plan committed to it; 0 if there is none.
#[derive(Debug)]
pub(crate) struct Numbered {
    pub(crate) table: LakeTable,
    pub(crate) number: u64,
}
