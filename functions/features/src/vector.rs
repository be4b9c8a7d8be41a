//! From what an event sees to the numbers of its vector: each becomes `f64` once, by + − × ÷ and `sqrt`.

use weir_events::{DeviceType, Entities, EntityKey, EntityKind, Order};

use crate::aggregate::{DelayedSums, Seen, Sums};
use crate::counterparty::counterparties;
use crate::definition::Definition;
use crate::field::Field;
use crate::statistic::{DelayedStatistic, Statistic};
use crate::vocabulary::{PAYMENT_METHODS, PRODUCT_CATEGORIES, code};

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

/// Value of one feature; NaN if it is missing.
pub(crate) fn value(
    definition: Definition,
    order: &Order,
    entities: &Entities<EntityKey>,
    view: &View,
) -> f64 {
    let seen = |kind| view.seen.get(slot(kind)).and_then(Option::as_ref);
    let found = match definition {
        Definition::Field(field) => field_value(field, order, entities),
        Definition::Windowed { kind, window, statistic } => seen(kind)
            .and_then(|seen| windowed(kind, statistic, seen.windows.get(window.index())?, &seen.own, order)),
        Definition::SecondsSinceLast(kind) => {
            seen(kind).and_then(|seen| seen.since_last).map(|micros| micros as f64 / 1e6)
        }
        Definition::Delayed { kind, window, statistic, .. } => {
            seen(kind).and_then(|seen| Some(delayed(statistic, *seen.delayed.get(window.index())?)))
        }
        Definition::FirstUse(kind) => view.first_uses.get(slot(kind)).copied().flatten().map(flag),
    };
    found.unwrap_or(f64::NAN)
}

fn windowed(
    kind: EntityKind,
    statistic: Statistic,
    sums: &Sums,
    own: &crate::entry::Entry,
    order: &Order,
) -> Option<f64> {
    let scale = order.currency.minor_per_major();
    let count = i128::from(sums.count);
    let own_times_count = i128::from(own.amount_minor) * count;
    match statistic {
        Statistic::Count => Some(sums.count as f64),
        Statistic::Sum => Some(sums.sum as f64 / scale as f64),
        Statistic::Mean => Some(sums.sum as f64 / (count * i128::from(scale)) as f64),
        Statistic::Max => Some(sums.max as f64 / scale as f64),
        Statistic::Ratio => (sums.sum != 0).then(|| own_times_count as f64 / sums.sum as f64),
        Statistic::ZScore => {
            let spread = count * sums.squares - i128::from(sums.sum) * i128::from(sums.sum);
            let distance = own_times_count - i128::from(sums.sum);
            (spread > 0).then(|| distance as f64 / (spread as f64).sqrt())
        }
        Statistic::Distinct(other) => {
            let place = counterparties(kind).iter().position(|known| *known == other)?;
            sums.distinct.get(place).map(|count| *count as f64)
        }
    }
}

fn delayed(statistic: DelayedStatistic, sums: DelayedSums) -> f64 {
    match statistic {
        DelayedStatistic::Count => sums.count as f64,
        DelayedStatistic::FraudCount => sums.frauds as f64,
        DelayedStatistic::FraudRate if sums.count == 0 => 0.0,
        DelayedStatistic::FraudRate => sums.frauds as f64 / sums.count as f64,
    }
}

fn field_value(field: Field, order: &Order, entities: &Entities<EntityKey>) -> Option<f64> {
    let hour = order.occurred_at.second_of_day() / 3_600;
    match field {
        Field::Amount => Some(order.amount_minor as f64 / order.currency.minor_per_major() as f64),
        Field::Quantity => order.quantity.map(|pieces| pieces as f64),
        Field::CustomerAge => order.customer_age.map(|years| years as f64),
        Field::AccountAgeDays => order.account_age_days.map(|days| days as f64),
        Field::PaymentMethod => {
            order.payment_method.as_ref().map(|word| f64::from(code(&PAYMENT_METHODS, word)))
        }
        Field::ProductCategory => {
            order.product_category.as_ref().map(|word| f64::from(code(&PRODUCT_CATEGORIES, word)))
        }
        Field::DeviceType => order.device_type.map(device_code),
        Field::ShippingDiffersFromBilling => {
            let (shipping, billing) =
                (entities.shipping_address.as_ref()?, entities.billing_address.as_ref()?);
            Some(flag(shipping != billing))
        }
        Field::Hour => Some(f64::from(hour)),
        // 1970-01-01 was a Thursday, so day 2 was the first Saturday.
        Field::IsWeekend => Some(flag((order.occurred_at.epoch_day() - 2).rem_euclid(7) < 2)),
        Field::IsNight => Some(flag(hour <= 6)),
    }
}

const fn device_code(kind: DeviceType) -> f64 {
    match kind {
        DeviceType::Desktop => 1.0,
        DeviceType::Mobile => 2.0,
        DeviceType::Tablet => 3.0,
    }
}

const fn flag(is_so: bool) -> f64 {
    if is_so { 1.0 } else { 0.0 }
}
