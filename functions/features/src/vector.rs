//! From what an event sees to the numbers of its vector: each becomes `f64` once, by + − × ÷ and `sqrt`.

use weir_events::EntityKind;

use crate::aggregate::{DelayedSums, Seen, Sums};
use crate::counterparty::counterparties;
use crate::definition::Definition;
use crate::exact::{number, product, z_score};
use crate::order_fields::{OrderFields, flag};
use crate::statistic::{DelayedStatistic, Statistic};

/// What an event sees of each of its entities, by kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct View {
    /// In the order of [`EntityKind::ALL`]; `None` if the transaction does not name the entity.
    pub(crate) seen: [Option<Seen>; EntityKind::ALL.len()],
    /// First uses by the customer, in the order of [`EntityKind::ALL`].
    pub(crate) first_uses: [Option<bool>; EntityKind::ALL.len()],
}

/// Place of a kind in arrays by kind.
pub(crate) const fn slot(kind: EntityKind) -> usize {
    kind as usize - 1
}

/// Value of one feature; NaN if it is missing. `scale` is the number of minor units in one major unit.
pub(crate) fn value(definition: Definition, fields: &OrderFields, scale: i64, view: &View) -> f64 {
    let seen = |kind| view.seen.get(slot(kind)).and_then(Option::as_ref);
    let found = match definition {
        Definition::Field(field) => Some(fields.value(field)),
        Definition::Windowed { kind, window, statistic } => seen(kind).and_then(|seen| {
            windowed(kind, statistic, seen.windows.get(window.index())?, seen.own.amount_minor, scale)
        }),
        Definition::SecondsSinceLast(kind) => seen(kind).and_then(|seen| seen.since_last).map(seconds),
        Definition::Delayed { kind, window, statistic, .. } => {
            seen(kind).and_then(|seen| Some(delayed(statistic, *seen.delayed.get(window.index())?)))
        }
        Definition::FirstUse(kind) => view.first_uses.get(slot(kind)).copied().flatten().map(flag),
    };
    found.unwrap_or(f64::NAN)
}

/// Microseconds in seconds.
pub(crate) fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

/// Value of a sum over a window; `own` is the event's own amount, `scale` the minor units in one major unit.
#[inline(always)]
pub(crate) fn windowed(
    kind: EntityKind,
    statistic: Statistic,
    sums: &Sums,
    own: i64,
    scale: i64,
) -> Option<f64> {
    let sum = sums.sum as f64;
    match statistic {
        Statistic::Count => Some(number(sums.count)),
        Statistic::Sum => Some(sum / scale as f64),
        Statistic::Mean => Some(sum / product(sums.count, scale)),
        Statistic::Max => Some(sums.max as f64 / scale as f64),
        Statistic::Ratio => (sums.sum != 0).then(|| product(sums.count, own) / sum),
        Statistic::ZScore => z_score(sums, own),
        Statistic::Distinct(other) => {
            let place = counterparties(kind).iter().position(|known| *known == other)?;
            sums.distinct.get(place).map(|count| number(*count))
        }
    }
}

/// Value of a sum over a delayed window.
#[inline(always)]
pub(crate) fn delayed(statistic: DelayedStatistic, sums: DelayedSums) -> f64 {
    match statistic {
        DelayedStatistic::Count => number(sums.count),
        DelayedStatistic::FraudCount => number(sums.frauds),
        DelayedStatistic::FraudRate if sums.count == 0 => 0.0,
        DelayedStatistic::FraudRate => number(sums.frauds) / number(sums.count),
    }
}
