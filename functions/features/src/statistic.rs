//! Sums over windows: their names, units and meanings.

use weir_events::EntityKind;

use crate::counterparty::plural;

/// A sum over one window of one entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    /// Events.
    Count,
    /// Sum of the amounts, major unit.
    Sum,
    /// Mean amount, major unit.
    Mean,
    /// Largest amount, major unit.
    Max,
    /// This amount by the mean; missing where the mean is 0.
    Ratio,
    /// This amount less the mean, by the population's standard deviation; missing where that is 0.
    ZScore,
    /// Distinct counterparties of a kind.
    Distinct(EntityKind),
}

/// A sum over one delayed window of one entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DelayedStatistic {
    /// Events.
    Count,
    /// Events known as fraud.
    FraudCount,
    /// Events known as fraud by events; 0 where there are none.
    FraudRate,
}

impl Statistic {
    /// Part of a feature's name.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Count => "count".to_owned(),
            Self::Sum => "sum_amount".to_owned(),
            Self::Mean => "mean_amount".to_owned(),
            Self::Max => "max_amount".to_owned(),
            Self::Ratio => "amount_ratio".to_owned(),
            Self::ZScore => "amount_z_score".to_owned(),
            Self::Distinct(kind) => format!("distinct_{}", plural(kind)),
        }
    }

    /// Unit of the value.
    pub(crate) const fn unit(self) -> &'static str {
        match self {
            Self::Count | Self::Distinct(_) => "count",
            Self::Sum | Self::Mean | Self::Max => "major unit",
            Self::Ratio => "ratio",
            Self::ZScore => "standard deviations",
        }
    }

    /// In words.
    pub(crate) fn meaning(self) -> String {
        match self {
            Self::Count => "number of events".to_owned(),
            Self::Sum => "sum of the amounts".to_owned(),
            Self::Mean => "mean amount".to_owned(),
            Self::Max => "largest amount".to_owned(),
            Self::Ratio => "this amount divided by the mean amount".to_owned(),
            Self::ZScore => "standard deviations of this amount from the mean amount".to_owned(),
            Self::Distinct(kind) => format!("number of distinct {}", plural(kind)),
        }
    }
}

impl DelayedStatistic {
    /// Part of a feature's name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::FraudCount => "fraud_count",
            Self::FraudRate => "fraud_rate",
        }
    }

    /// In words.
    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Count => "number of events",
            Self::FraudCount => "number of events known as fraud",
            Self::FraudRate => "share of events known as fraud (0 if there are none)",
        }
    }
}
