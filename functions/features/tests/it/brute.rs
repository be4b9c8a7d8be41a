//! The same numbers once more from a plain list of events, nothing forgotten and nothing shared with the crate.

use std::collections::{BTreeMap, BTreeSet};

use weir_events::{Entities, EntityKey, EntityKind, Mark};

use crate::history::{Arrival, DAY, HOUR};

const WINDOWS: [(&str, i64); 4] = [("1h", HOUR), ("1d", DAY), ("7d", 7 * DAY), ("30d", 30 * DAY)];

/// One event folded into one entity.
#[derive(Clone, Debug)]
struct Folded {
    id: String,
    ordinal: u64,
    time: i64,
    amount: i128,
    entities: Entities<EntityKey>,
    /// Ordinal and new value of each change.
    flags: Vec<(u64, bool)>,
}

/// What is expected of one transaction.
#[derive(Debug)]
pub(crate) struct Expected {
    pub(crate) values: BTreeMap<String, f64>,
    pub(crate) ordinals: Vec<(EntityKey, u64, bool)>,
    pub(crate) marks: Vec<Mark>,
    /// Whether every window lies in what states keep.
    pub(crate) is_exact: bool,
}

#[derive(Default)]
pub(crate) struct Brute {
    events: BTreeMap<EntityKey, Vec<Folded>>,
    ordinals: BTreeMap<EntityKey, u64>,
}

impl Brute {
    pub(crate) fn newest(&self, entity: &EntityKey) -> Option<i64> {
        self.events.get(entity)?.iter().map(|event| event.time).max()
    }

    pub(crate) fn label(&mut self, arrival: &Arrival, is_fraud: bool) -> Option<u64> {
        let merchant = arrival.entities.merchant?;
        let event = self
            .events
            .get_mut(&merchant)?
            .iter_mut()
            .find(|event| event.id == arrival.order.transaction_id)?;
        if event.flags.last().is_some_and(|(_, flag)| *flag) == is_fraud {
            return None;
        }
        let ordinal = self.ordinals.get_mut(&merchant)?;
        *ordinal += 1;
        event.flags.push((*ordinal, is_fraud));
        Some(*ordinal)
    }

    pub(crate) fn observe(&mut self, arrival: &Arrival) -> Expected {
        let time = arrival.order.occurred_at.micros();
        let received = arrival.received_at.micros();
        let mut marks = BTreeSet::new();
        let mut ordinals = Vec::new();
        let mut values = BTreeMap::new();
        let mut is_exact = true;
        for kind in EntityKind::ALL {
            let Some(entity) = arrival.entities.get(kind) else { continue };
            let newest = self.newest(entity);
            let known = self
                .events
                .get(entity)
                .and_then(|events| events.iter().find(|event| event.id == arrival.order.transaction_id))
                .map(|event| event.ordinal);
            let is_behind = newest.is_some_and(|newest| time < newest - DAY);
            is_exact &= !is_behind;
            let counter = self.ordinals.entry(*entity).or_default();
            let own = known.unwrap_or(*counter + 1);
            let mark = if time > received + HOUR / 12 {
                Some(Mark::Clock)
            } else if time < received - DAY || is_behind {
                Some(Mark::Late)
            } else {
                None
            };
            match (known, mark) {
                (Some(_), _) => ordinals.push((*entity, own, true)),
                (None, Some(mark)) => {
                    marks.insert(mark);
                    ordinals.push((*entity, *counter, false));
                }
                (None, None) => {
                    *counter += 1;
                    ordinals.push((*entity, own, true));
                    self.events.entry(*entity).or_default().push(folded(arrival, own));
                }
            }
            self.entity_values(entity, own, arrival, &mut values);
        }
        own_values(arrival, &mut values);
        Expected { values, ordinals, marks: marks.into_iter().collect(), is_exact }
    }

    fn entity_values(
        &self,
        entity: &EntityKey,
        own: u64,
        arrival: &Arrival,
        values: &mut BTreeMap<String, f64>,
    ) {
        let kind = entity.kind;
        let name = kind.name();
        let time = arrival.order.occurred_at.micros();
        let mut before: Vec<Folded> = self.events.get(entity).cloned().unwrap_or_default();
        before.retain(|event| event.ordinal < own && event.time <= time);
        let mut seen = before.clone();
        seen.push(folded(arrival, own));
        for (window, width) in WINDOWS {
            let inside: Vec<_> = seen.iter().filter(|event| event.time > time - width).collect();
            let sum: i128 = inside.iter().map(|event| event.amount).sum();
            let squares: i128 = inside.iter().map(|event| event.amount * event.amount).sum();
            let max = inside.iter().map(|event| event.amount).max().unwrap();
            let count = inside.len() as i128;
            let amount = capped(arrival.order.amount_minor);
            let mut put = |what: &str, value: f64| values.insert(format!("{name}_{what}_{window}"), value);
            put("count", count as f64);
            put("sum_amount", sum as f64 / 100.0);
            put("mean_amount", sum as f64 / (count * 100) as f64);
            put("max_amount", max as f64 / 100.0);
            put("amount_ratio", if sum == 0 { f64::NAN } else { (amount * count) as f64 / sum as f64 });
            let spread = count * squares - sum * sum;
            let distance = count * amount - sum;
            put(
                "amount_z_score",
                if spread == 0 { f64::NAN } else { distance as f64 / (spread as f64).sqrt() },
            );
            for (plural, other) in others(kind) {
                let keys: BTreeSet<_> =
                    inside.iter().filter_map(|event| event.entities.get(other).copied()).collect();
                put(&format!("distinct_{plural}"), keys.len() as f64);
            }
            let until = time - 7 * DAY;
            let delayed: Vec<_> =
                before.iter().filter(|event| event.time > until - width && event.time <= until).collect();
            let is_fraud = |event: &Folded| {
                event.flags.iter().rfind(|(ordinal, _)| *ordinal < own).is_some_and(|(_, flag)| *flag)
            };
            let frauds = delayed.iter().filter(|event| is_fraud(event)).count() as f64;
            if kind == EntityKind::Merchant {
                put("count", count as f64);
                let count = delayed.len() as f64;
                values.insert(format!("merchant_count_{window}_delayed"), count);
                values.insert(format!("merchant_fraud_count_{window}_delayed"), frauds);
                let rate = if count == 0.0 { 0.0 } else { frauds / count };
                values.insert(format!("merchant_fraud_rate_{window}_delayed"), rate);
            }
        }
        if let Some(last) = before.iter().map(|event| event.time).max().filter(|last| *last > time - 30 * DAY)
        {
            values.insert(format!("{name}_seconds_since_last"), (time - last) as f64 / 1e6);
        }
        if kind == EntityKind::Customer {
            for other in &EntityKind::ALL[1..] {
                let Some(used) = arrival.entities.get(*other) else { continue };
                let is_known = before.iter().any(|event| event.entities.get(*other) == Some(used));
                values
                    .insert(format!("customer_first_use_{}", other.name()), if is_known { 0.0 } else { 1.0 });
            }
        }
    }
}

fn folded(arrival: &Arrival, ordinal: u64) -> Folded {
    Folded {
        id: arrival.order.transaction_id.clone(),
        ordinal,
        time: arrival.order.occurred_at.micros(),
        amount: capped(arrival.order.amount_minor),
        entities: arrival.entities.clone(),
        flags: Vec::new(),
    }
}

fn capped(amount: i64) -> i128 {
    i128::from(amount).min(1_000_000_000_000_000)
}

fn others(kind: EntityKind) -> Vec<(&'static str, EntityKind)> {
    use EntityKind::{Card, Customer, Device, Merchant};
    match kind {
        Customer => vec![("merchants", Merchant), ("cards", Card), ("devices", Device)],
        Card => vec![("customers", Customer), ("merchants", Merchant), ("devices", Device)],
        _ => vec![("customers", Customer), ("cards", Card)],
    }
}

fn own_values(arrival: &Arrival, values: &mut BTreeMap<String, f64>) {
    let order = &arrival.order;
    let mut put = |name: &str, value: f64| values.insert(name.to_owned(), value);
    let second = order.occurred_at.micros().div_euclid(1_000_000);
    let hour = second.rem_euclid(86_400) / 3_600;
    // Second 1,767,225,600 began a Thursday.
    let weekday = ((second - 1_767_225_600).div_euclid(86_400) + 3).rem_euclid(7);
    put("amount", order.amount_minor as f64 / 100.0);
    put("hour", hour as f64);
    put("is_night", if hour <= 6 { 1.0 } else { 0.0 });
    put("is_weekend", if weekday >= 5 { 1.0 } else { 0.0 });
    if let Some(quantity) = order.quantity {
        put("quantity", quantity as f64);
    }
    if order.device_type.is_some() {
        put("device_type", 2.0);
    }
    if order.payment_method.is_some() {
        put("payment_method", 3.0);
    }
    if let (Some(left), Some(right)) = (arrival.entities.shipping_address, arrival.entities.billing_address) {
        put("shipping_differs_from_billing", if left == right { 0.0 } else { 1.0 });
    }
}
