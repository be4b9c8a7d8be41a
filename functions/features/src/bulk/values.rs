//! From what a row sees to the values of its features.

use crate::definition::Definition;
use crate::meeting::Met;
use crate::order_fields::flag;
use crate::vector::{delayed, seconds, slot, windowed};

/// Value of one feature of a kind; NaN if it is missing. `scale` is the number of minor units in a major one.
pub(crate) fn value(definition: Definition, met: &Met, scale: i64) -> f64 {
    let seen = &met.seen;
    let found = match definition {
        Definition::Field(_) => None,
        Definition::Windowed { kind, window, statistic } => {
            let sums = seen.windows.get(window.index());
            sums.and_then(|sums| windowed(kind, statistic, sums, seen.own.amount_minor, scale))
        }
        Definition::SecondsSinceLast(_) => seen.since_last.map(seconds),
        Definition::Delayed { window, statistic, .. } => {
            seen.delayed.get(window.index()).map(|sums| delayed(statistic, *sums))
        }
        Definition::FirstUse(kind) => met.first_uses.get(slot(kind)).copied().flatten().map(flag),
    };
    found.unwrap_or(f64::NAN)
}
