//! One order as the shop reports it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Currency, Entities, Sensitive, Timestamp};

/// Kind of device, a category; the device itself is `device_id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceType {
    /// A desktop or laptop computer.
    Desktop,
    /// A phone.
    Mobile,
    /// A tablet.
    Tablet,
}

/// A value of the shop's own attributes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// True or false.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

/// The fields of a transaction that are not personal and stay readable everywhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// The shop's id of the order; 1 to 128 characters.
    pub transaction_id: String,
    /// When it was placed.
    pub occurred_at: Timestamp,
    /// Amount in minor units (cents), 0 or more.
    pub amount_minor: i64,
    /// Currency of the amount.
    pub currency: Currency,
    /// The seller's or terminal's id.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub merchant_id: Option<String>,
    /// How it is paid, in the shop's words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub payment_method: Option<String>,
    /// What is bought, in the shop's words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub product_category: Option<String>,
    /// Pieces, 1 or more.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub quantity: Option<i64>,
    /// The customer's age in years, -100 to 150 (known datasets hold wrong ages; they are kept).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub customer_age: Option<i64>,
    /// The customer's town or region.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub customer_location: Option<String>,
    /// Kind of device.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub device_type: Option<DeviceType>,
    /// Age of the customer's account in days, 0 or more.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub account_age_days: Option<i64>,
    /// Up to 64 scalars of the shop's own; not for personal data.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub attributes: BTreeMap<String, Scalar>,
}

/// The personal fields of a transaction: sealed before anything is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Personal {
    /// The shop's id of the customer.
    pub customer_id: Sensitive<String>,
    /// Card number or the payment provider's token for it.
    pub card_id: Option<Sensitive<String>>,
    /// Id of the device.
    pub device_id: Option<Sensitive<String>>,
    /// IPv4 or IPv6 address.
    pub ip_address: Option<Sensitive<String>>,
    /// Where the order goes.
    pub shipping_address: Option<Sensitive<String>>,
    /// Where the bill goes.
    pub billing_address: Option<Sensitive<String>>,
    /// The customer's e-mail address.
    pub email: Option<Sensitive<String>>,
    /// The customer's name.
    pub customer_name: Option<Sensitive<String>>,
}

/// One order as the shop reports it, personal data readable: lives in memory only.
#[derive(Clone, PartialEq)]
pub struct Transaction {
    /// What is not personal.
    pub order: Order,
    /// What is.
    pub personal: Personal,
    /// Fields that the schema does not know: kept, sealed.
    pub unknown: Sensitive<serde_json::Map<String, serde_json::Value>>,
}

impl Transaction {
    /// The entities in their plain form, normalised so that the same thing written in two ways is one entity.
    pub fn entities(&self) -> Entities<String> {
        let plain = |value: &Option<Sensitive<String>>| value.as_ref().map(|text| normalise(text.expose()));
        Entities {
            customer: self.personal.customer_id.expose().trim().to_owned(),
            merchant: self.order.merchant_id.as_ref().map(|text| text.trim().to_owned()),
            card: plain(&self.personal.card_id),
            device: plain(&self.personal.device_id),
            ip: plain(&self.personal.ip_address),
            shipping_address: plain(&self.personal.shipping_address),
            billing_address: plain(&self.personal.billing_address),
        }
    }
}

/// Lower case, white space runs as one space.
fn normalise(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
