//! A draft written out as the shop would report it.

use std::collections::BTreeMap;

use serde_json::Map;
use weir_events::{Order, Personal, Sensitive, Timestamp, Transaction};

use crate::draft::Draft;
use crate::place;
use crate::profile::Profile;
use crate::world::{MICROS_PER_DAY, World};

/// The transaction that a draft stands for.
pub(crate) fn transaction(world: &World, draft: &Draft, id: String, at: Timestamp) -> Transaction {
    Transaction {
        order: order(world, draft, id, at),
        personal: personal(draft),
        unknown: Sensitive::new(Map::new()),
    }
}

fn order(world: &World, draft: &Draft, transaction_id: String, occurred_at: Timestamp) -> Order {
    let day = (draft.at / MICROS_PER_DAY) as i32;
    Order {
        transaction_id,
        occurred_at,
        amount_minor: draft.amount_minor,
        currency: world.settings.currency,
        merchant_id: Some(format!("m-{:04}", draft.merchant)),
        payment_method: Some(draft.payment.name().to_owned()),
        product_category: Some(draft.category.name().to_owned()),
        quantity: Some(i64::from(draft.quantity)),
        customer_age: Some(i64::from(Profile::new(world, draft.account).age)),
        customer_location: Some(place::town(draft.location)),
        device_type: Some(draft.device.kind),
        account_age_days: Some(i64::from((day - world.opened_on(draft.account)).max(0))),
        attributes: BTreeMap::new(),
    }
}

fn personal(draft: &Draft) -> Personal {
    let account = draft.account;
    Personal {
        customer_id: Sensitive::new(format!("c{account:06}")),
        card_id: draft.payment.card().map(|handle| Sensitive::new(place::card(handle))),
        device_id: Some(Sensitive::new(place::device(draft.device.handle))),
        ip_address: Some(Sensitive::new(place::ip(draft.ip))),
        shipping_address: Some(Sensitive::new(place::address(draft.shipping))),
        billing_address: Some(Sensitive::new(place::address(draft.billing))),
        email: Some(Sensitive::new(format!("c{account}@shop.example"))),
        customer_name: None,
    }
}
