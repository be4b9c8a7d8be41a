//! From what rows see to columns of values: one feature at a time, with the arithmetic of single vectors.

use weir_events::EntityKind;

use crate::bulk::row::Row;
use crate::definition::Definition;
use crate::order_fields::flag;
use crate::statistic::{DelayedStatistic, Statistic};
use crate::vector::{delayed, seconds, slot, windowed};
use crate::window::Window;

/// Rows one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows<'a> {
    pub(crate) rows: &'a [Row],
    /// Whether every row names an entity of the kind.
    pub(crate) are_named: bool,
}

/// Appends the values of a feature; NaN where it is missing. `scale` is the number of minor units in a major one.
pub(crate) fn append(definition: Definition, rows: Rows<'_>, scale: i64, column: &mut Vec<f64>) {
    match definition {
        Definition::Field(_) => each(rows, column, |_| None),
        Definition::Windowed { kind, window, statistic } => {
            append_windowed(kind, window, statistic, rows, scale, column);
        }
        Definition::SecondsSinceLast(_) => each(rows, column, |row| row.since_last.map(seconds)),
        Definition::Delayed { window, statistic, .. } => append_delayed(window, statistic, rows, column),
        Definition::FirstUse(kind) => each(rows, column, |row| row.first_uses[slot(kind)].map(flag)),
    }
}

#[inline(always)]
fn each(rows: Rows<'_>, column: &mut Vec<f64>, found: impl Fn(&Row) -> Option<f64>) {
    let value = |row: &Row| found(row).unwrap_or(f64::NAN);
    if rows.are_named {
        column.extend(rows.rows.iter().map(value));
    } else {
        column.extend(rows.rows.iter().map(|row| if row.is_named { value(row) } else { f64::NAN }));
    }
}

/// Each statistic has a loop of its own, in which the choice between them is made once.
fn append_windowed(
    kind: EntityKind,
    window: Window,
    statistic: Statistic,
    rows: Rows<'_>,
    scale: i64,
    column: &mut Vec<f64>,
) {
    let index = window.index();
    macro_rules! column_of {
        ($statistic:expr) => {
            each(rows, column, |row| windowed(kind, $statistic, &row.windows[index], row.own, scale))
        };
    }
    match statistic {
        Statistic::Count => column_of!(Statistic::Count),
        Statistic::Sum => column_of!(Statistic::Sum),
        Statistic::Mean => column_of!(Statistic::Mean),
        Statistic::Max => column_of!(Statistic::Max),
        Statistic::Ratio => column_of!(Statistic::Ratio),
        Statistic::ZScore => column_of!(Statistic::ZScore),
        Statistic::Distinct(other) => column_of!(Statistic::Distinct(other)),
    }
}

fn append_delayed(window: Window, statistic: DelayedStatistic, rows: Rows<'_>, column: &mut Vec<f64>) {
    let index = window.index();
    macro_rules! column_of {
        ($statistic:expr) => {
            each(rows, column, |row| Some(delayed($statistic, row.delayed[index])))
        };
    }
    match statistic {
        DelayedStatistic::Count => column_of!(DelayedStatistic::Count),
        DelayedStatistic::FraudCount => column_of!(DelayedStatistic::FraudCount),
        DelayedStatistic::FraudRate => column_of!(DelayedStatistic::FraudRate),
    }
}
