//! The columns of the output.

use weir_events::EntityKind;
use weir_features::{Definition, DelayedStatistic, FeatureSet, Field, Statistic, Window};

use crate::folds::Folds;

/// Where a column's values come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The transaction's id.
    Id,
    /// A field of the order.
    Field(Field),
    /// A column of a fold.
    Folded { fold: usize, column: usize },
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Integers that grow or texts.
    Id,
    /// Whole numbers.
    Whole,
    /// Yes or no.
    Flag,
    /// Amounts of single orders: few are distinct.
    Amount,
    /// Numbers of which many are equal to others near them.
    Repeating,
    /// Anything else.
    Real,
}

impl Form {
    /// How long a column takes to encode, beside others.
    pub(crate) const fn effort(self) -> u8 {
        match self {
            Self::Real => 4,
            Self::Repeating => 3,
            Self::Amount => 2,
            Self::Id => 1,
            Self::Whole | Self::Flag => 0,
        }
    }

    /// Whether a column may have so few distinct values that numbers of a byte tell them apart.
    pub(crate) const fn may_be_few(self) -> bool {
        matches!(self, Self::Whole | Self::Repeating)
    }
}

/// One column of the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) source: Source,
    pub(crate) form: Form,
    /// Whether a value can be missing.
    pub(crate) is_optional: bool,
}

/// The columns: the id, then the features in order of `positions`.
pub(crate) fn columns(set: &FeatureSet, positions: &[usize], folds: &Folds) -> Vec<Column> {
    let id =
        Column { name: "transaction_id".to_owned(), source: Source::Id, form: Form::Id, is_optional: false };
    let features = positions.iter().filter_map(|position| {
        let feature = set.features().get(*position)?;
        let source = match feature.definition {
            Definition::Field(field) => Source::Field(field),
            _ => folds.source(*position)?,
        };
        Some(Column {
            name: feature.name.clone(),
            source,
            form: form(feature.definition),
            is_optional: is_optional(feature.definition),
        })
    });
    std::iter::once(id).chain(features).collect()
}

/// What a feature's column holds.
pub(crate) const fn form(definition: Definition) -> Form {
    match definition {
        Definition::Field(Field::Amount) | Definition::Windowed { statistic: Statistic::Max, .. } => {
            Form::Amount
        }
        Definition::Field(Field::ShippingDiffersFromBilling | Field::IsWeekend | Field::IsNight)
        | Definition::FirstUse(_) => Form::Flag,
        Definition::Field(_) => Form::Whole,
        Definition::Windowed { statistic: Statistic::Count | Statistic::Distinct(_), .. } => Form::Whole,
        // A short window often holds one order alone, or the same ones as the window before.
        Definition::Windowed {
            window: Window::Hour | Window::Day,
            statistic: Statistic::Sum | Statistic::Mean | Statistic::Ratio,
            ..
        }
        | Definition::Delayed { statistic: DelayedStatistic::FraudRate, .. } => Form::Repeating,
        Definition::Windowed { .. } | Definition::SecondsSinceLast(_) => Form::Real,
        Definition::Delayed { .. } => Form::Whole,
    }
}

/// Whether a feature can be missing: all but what every order has and plain sums of its customer.
const fn is_optional(definition: Definition) -> bool {
    match definition {
        Definition::Field(Field::Amount | Field::Hour | Field::IsWeekend | Field::IsNight) => false,
        Definition::Windowed { kind: EntityKind::Customer, statistic, .. } => {
            matches!(statistic, Statistic::Ratio | Statistic::ZScore)
        }
        _ => true,
    }
}
