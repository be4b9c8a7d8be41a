//! Names of the lake's tables.

use std::fmt;

/// A table of the lake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TableName {
    /// Transactions as received, once per stream position.
    BronzeTransactions,
    /// Labels as received, once per stream position.
    BronzeLabels,
    /// Transactions, once per id.
    SilverTransactions,
    /// Labels, once per transaction and the time they became known.
    SilverLabels,
    /// Decisions, once per transaction id.
    SilverDecisions,
    /// Effects of labels on the states of entities.
    SilverLabelEffects,
}

impl TableName {
    /// Every table.
    pub const ALL: [Self; 6] = [
        Self::BronzeTransactions,
        Self::BronzeLabels,
        Self::SilverTransactions,
        Self::SilverLabels,
        Self::SilverDecisions,
        Self::SilverLabelEffects,
    ];

    /// Schema in SQL: `bronze` or `silver`.
    pub const fn layer(self) -> &'static str {
        match self {
            Self::BronzeTransactions | Self::BronzeLabels => "bronze",
            Self::SilverTransactions
            | Self::SilverLabels
            | Self::SilverDecisions
            | Self::SilverLabelEffects => "silver",
        }
    }

    /// Name within its layer.
    pub const fn table(self) -> &'static str {
        match self {
            Self::BronzeTransactions | Self::SilverTransactions => "transactions",
            Self::BronzeLabels | Self::SilverLabels => "labels",
            Self::SilverDecisions => "decisions",
            Self::SilverLabelEffects => "label_effects",
        }
    }

    /// Folder under the lake's root.
    pub fn folder(self) -> String {
        format!("tables/{}/{}", self.layer(), self.table())
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.layer(), self.table())
    }
}
