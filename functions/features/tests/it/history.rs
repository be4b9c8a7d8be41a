//! Made-up histories.

use proptest::prelude::*;
use weir_events::{DeviceType, Entities, EntityKey, EntityKind, Order, Timestamp};

pub(crate) const SECOND: i64 = 1_000_000;
pub(crate) const HOUR: i64 = 3_600 * SECOND;
pub(crate) const DAY: i64 = 24 * HOUR;
/// 2026-01-01, a Thursday.
pub(crate) const START: i64 = 1_767_225_600 * SECOND;

/// One transaction as it arrives.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub(crate) order: Order,
    pub(crate) entities: Entities<EntityKey>,
    pub(crate) received_at: Timestamp,
}

/// What happens next.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Arrive(Arrival),
    /// The arrival so many back in the list comes once more.
    Again(usize),
    /// The arrival so many back in the list gets a label.
    Label(usize, bool),
}

pub(crate) fn key(kind: EntityKind, number: u8) -> EntityKey {
    EntityKey { kind, key_id: 1, digest: [number; 16] }
}

pub(crate) fn order(id: &str, occurred_at: i64, amount_minor: i64) -> Order {
    Order {
        transaction_id: id.to_owned(),
        occurred_at: Timestamp::from_micros(occurred_at),
        amount_minor,
        currency: "EUR".parse().unwrap(),
        merchant_id: None,
        payment_method: None,
        product_category: None,
        quantity: None,
        customer_age: None,
        customer_location: None,
        device_type: None,
        account_age_days: None,
        attributes: Default::default(),
    }
}

/// Entities by number; `None` for those that the transaction does not name.
pub(crate) fn entities(customer: u8, others: [Option<u8>; 6]) -> Entities<EntityKey> {
    let [merchant, card, device, ip, shipping, billing] = others;
    let named = |kind, number: Option<u8>| number.map(|number| key(kind, number));
    Entities {
        customer: key(EntityKind::Customer, customer),
        merchant: named(EntityKind::Merchant, merchant),
        card: named(EntityKind::Card, card),
        device: named(EntityKind::Device, device),
        ip: named(EntityKind::Ip, ip),
        shipping_address: named(EntityKind::Address, shipping),
        billing_address: named(EntityKind::Address, billing),
    }
}

/// An arrival that came when it occurred.
pub(crate) fn arrival(id: &str, occurred_at: i64, amount_minor: i64, numbers: [Option<u8>; 6]) -> Arrival {
    let order = order(id, occurred_at, amount_minor);
    let received_at = order.occurred_at;
    Arrival { order, entities: entities(1, numbers), received_at }
}

/// How far an event lies from the one before it: mostly ahead, sometimes equal, back, or at an edge of a window.
fn stride() -> impl Strategy<Value = i64> {
    let edges = vec![HOUR, DAY, 7 * DAY, 30 * DAY, 37 * DAY, -DAY];
    prop_oneof![
        3 => 0..HOUR,
        2 => 0..DAY,
        2 => 0..6 * DAY,
        1 => Just(0_i64),
        2 => -DAY..0,
        1 => -3 * DAY..0,
        1 => (prop::sample::select(edges), -1_i64..=1).prop_map(|(edge, off)| edge + off),
        1 => -DAY..20 * DAY,
    ]
}

/// Arrival minus occurrence: mostly none, sometimes past the rules.
fn delay() -> impl Strategy<Value = i64> {
    prop_oneof![
        12 => Just(0_i64),
        3 => 0..DAY,
        1 => Just(DAY + 1),
        1 => Just(-5 * 60 * SECOND),
        1 => Just(-5 * 60 * SECOND - 1),
        1 => Just(-70 * 365 * DAY),
    ]
}

fn numbers() -> impl Strategy<Value = [Option<u8>; 6]> {
    prop::array::uniform6(prop::option::weighted(0.8, 1_u8..4))
}

fn arrive() -> impl Strategy<Value = (i64, i64, i64, u8, [Option<u8>; 6])> {
    let amount = prop_oneof![4 => 0_i64..100_000, 1 => Just(500), 1 => Just(0), 1 => Just(i64::MAX)];
    (stride(), delay(), amount, 1_u8..4, numbers())
}

#[derive(Clone, Debug)]
enum Plan {
    Arrive((i64, i64, i64, u8, [Option<u8>; 6])),
    Again(usize),
    Label(usize, bool),
}

/// Long histories that are almost always in order: a few entities gather many entries.
pub(crate) fn regular_histories(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let stride = prop_oneof![
        40 => 0..HOUR,
        20 => 0..DAY / 2,
        10 => Just(0_i64),
        1 => Just(20 * DAY),
        1 => Just(DAY),
        1 => -2 * DAY..0,
    ];
    let delay = prop_oneof![60 => Just(0_i64), 1 => Just(2 * DAY), 1 => Just(-HOUR)];
    let amount = prop_oneof![60 => 0_i64..100_000, 1 => Just(i64::MAX), 1 => Just(-500_i64)];
    let arrive = (stride, delay, amount, 1_u8..4, numbers());
    let plan = prop_oneof![
        40 => arrive.prop_map(Plan::Arrive),
        1 => (0_usize..20).prop_map(Plan::Again),
        6 => (0_usize..200, any::<bool>()).prop_map(|(back, is_fraud)| Plan::Label(back, is_fraud)),
    ];
    planned(plan, most)
}

/// Histories of up to `most` steps.
pub(crate) fn histories(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let plan = prop_oneof![
        8 => arrive().prop_map(Plan::Arrive),
        1 => (0_usize..6).prop_map(Plan::Again),
        3 => (0_usize..12, any::<bool>()).prop_map(|(back, is_fraud)| Plan::Label(back, is_fraud)),
    ];
    planned(plan, most)
}

fn planned(plan: impl Strategy<Value = Plan>, most: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(plan, 1..most).prop_map(|plans| {
        let mut time = START;
        plans.into_iter().enumerate().map(|(place, plan)| step(plan, place, &mut time)).collect()
    })
}

fn step(plan: Plan, place: usize, time: &mut i64) -> Step {
    let (stride, delay, amount, customer, numbers) = match plan {
        Plan::Again(back) => return Step::Again(back),
        Plan::Label(back, is_fraud) => return Step::Label(back, is_fraud),
        Plan::Arrive(arrive) => arrive,
    };
    *time += stride;
    let mut order = order(&format!("t-{place}"), *time, amount);
    order.quantity = place.is_multiple_of(3).then_some(place as i64);
    order.device_type = place.is_multiple_of(4).then_some(DeviceType::Mobile);
    order.payment_method = place.is_multiple_of(2).then(|| "PayPal".to_owned());
    let received_at = Timestamp::from_micros(*time + delay);
    Step::Arrive(Arrival { order, entities: entities(customer, numbers), received_at })
}
