//! Which stages are compared.

use std::collections::BTreeSet;
use std::time::Duration;

use weir_tables::TableName;

use crate::silver::Kind;

/// How long a transaction may be without a decision before it counts as lost.
pub const WAITING: Duration = Duration::from_secs(900);

/// How a run compares.
#[derive(Clone, Debug)]
pub struct ReconcileSettings {
    /// Dates to compare, whatever has changed; `None` for those that have.
    pub dates: Option<BTreeSet<String>>,
    /// How long a transaction may be without a decision, or a decision without its transaction.
    pub waiting: Duration,
    /// Only say what would be written.
    pub dry_run: bool,
}

impl Default for ReconcileSettings {
    fn default() -> Self {
        Self { dates: None, waiting: WAITING, dry_run: false }
    }
}

/// Two stages, the second made from the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Pair {
    /// Records of the stream and what was made of them.
    Transactions,
    /// The same of labels; their date is the one on which they became known.
    Labels,
    /// Transactions of the stream and their decisions.
    Decisions,
    /// Transactions and their facts.
    Facts,
    /// Transactions that have a label, and facts that have one.
    LabelledFacts,
}

impl Pair {
    pub(crate) const ALL: [Self; 5] =
        [Self::Transactions, Self::Labels, Self::Decisions, Self::Facts, Self::LabelledFacts];

    pub(crate) const fn from(self) -> TableName {
        match self {
            Self::Transactions => TableName::BronzeTransactions,
            Self::Labels => TableName::BronzeLabels,
            Self::Decisions | Self::Facts => TableName::SilverTransactions,
            Self::LabelledFacts => TableName::SilverLabels,
        }
    }

    pub(crate) const fn to(self) -> TableName {
        match self {
            Self::Transactions => TableName::SilverTransactions,
            Self::Labels => TableName::SilverLabels,
            Self::Decisions => TableName::SilverDecisions,
            Self::Facts | Self::LabelledFacts => TableName::FactTransactions,
        }
    }

    /// What the stream's tables are to the job `silver`, if the pair is one of its.
    pub(crate) const fn kind(self) -> Option<Kind> {
        match self {
            Self::Transactions => Some(Kind::Transactions),
            Self::Labels => Some(Kind::Labels),
            _ => None,
        }
    }

    /// What to do about rows that the second stage lacks.
    pub(crate) const fn remedy(self) -> &'static str {
        match self {
            Self::Transactions | Self::Labels => {
                "bronze has them: restore the silver table from a copy, or from an earlier version of it (`at_version` in SQL)"
            }
            Self::Decisions => {
                "`weir dead-letters list` names records that were set aside, `weir doctor` says whether scoring is behind"
            }
            Self::Facts | Self::LabelledFacts => "make it again: weir job star --date",
        }
    }

    /// What to do about rows that only the second stage has.
    pub(crate) const fn surplus_remedy(self) -> &'static str {
        match self {
            Self::Transactions | Self::Labels => {
                "bronze has lost them: restore its files from a copy, since silver holds what was made of them"
            }
            Self::Decisions => {
                "their transactions are not in the lake: `weir decision ID` shows one, send them again if the stream is gone"
            }
            Self::Facts | Self::LabelledFacts => "make it again: weir job star --date",
        }
    }

    /// What to do while rows are on their way.
    pub(crate) const fn next(self) -> &'static str {
        match self {
            Self::Transactions | Self::Labels => "`weir job silver` takes them",
            Self::Decisions => "scoring or `weir job commit` has not come so far",
            Self::Facts | Self::LabelledFacts => "`weir job star` takes them",
        }
    }
}
