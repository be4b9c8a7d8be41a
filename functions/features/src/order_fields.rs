//! The fields of an order that features read, borrowed from wherever it was decoded, and their values.

use weir_events::{DeviceType, Entities, EntityKey, Order, Timestamp};

use crate::field::Field;
use crate::vocabulary::{PAYMENT_METHODS, PRODUCT_CATEGORIES, code};

/// The fields of one order that features read; `None` for what it does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderFields<'a> {
    /// When it occurred.
    pub occurred_at: Timestamp,
    /// Amount in minor units.
    pub amount_minor: i64,
    /// Minor units in one major unit, from [`Currency::minor_per_major`](weir_events::Currency::minor_per_major).
    pub minor_per_major: i64,
    /// Pieces.
    pub quantity: Option<i64>,
    /// The customer's age in years.
    pub customer_age: Option<i64>,
    /// Age of the account in days.
    pub account_age_days: Option<i64>,
    /// Payment method in the shop's words.
    pub payment_method: Option<&'a str>,
    /// Product category in the shop's words.
    pub product_category: Option<&'a str>,
    /// Kind of device.
    pub device_type: Option<DeviceType>,
    /// Whether shipping and billing address differ; `None` unless both are named.
    pub is_shipped_elsewhere: Option<bool>,
}

impl<'a> OrderFields<'a> {
    /// The fields of an order, read as [`observe`](crate::observe) reads them.
    pub fn new(order: &'a Order, entities: &Entities<EntityKey>) -> Self {
        let addresses = entities.shipping_address.as_ref().zip(entities.billing_address.as_ref());
        Self {
            occurred_at: order.occurred_at,
            amount_minor: order.amount_minor,
            minor_per_major: order.currency.minor_per_major(),
            quantity: order.quantity,
            customer_age: order.customer_age,
            account_age_days: order.account_age_days,
            payment_method: order.payment_method.as_deref(),
            product_category: order.product_category.as_deref(),
            device_type: order.device_type,
            is_shipped_elsewhere: addresses.map(|(shipping, billing)| shipping != billing),
        }
    }

    /// The feature's value; NaN if the order does not name the field.
    pub fn value(&self, field: Field) -> f64 {
        self.found(field).unwrap_or(f64::NAN)
    }

    fn found(&self, field: Field) -> Option<f64> {
        let hour = self.occurred_at.second_of_day() / 3_600;
        match field {
            Field::Amount => Some(self.amount_minor as f64 / self.minor_per_major as f64),
            Field::Quantity => self.quantity.map(|pieces| pieces as f64),
            Field::CustomerAge => self.customer_age.map(|years| years as f64),
            Field::AccountAgeDays => self.account_age_days.map(|days| days as f64),
            Field::PaymentMethod => self.payment_method.map(|word| f64::from(code(&PAYMENT_METHODS, word))),
            Field::ProductCategory => {
                self.product_category.map(|word| f64::from(code(&PRODUCT_CATEGORIES, word)))
            }
            Field::DeviceType => self.device_type.map(device_code),
            Field::ShippingDiffersFromBilling => self.is_shipped_elsewhere.map(flag),
            Field::Hour => Some(f64::from(hour)),
            // 1970-01-01 was a Thursday, so day 2 was the first Saturday.
            Field::IsWeekend => Some(flag((self.occurred_at.epoch_day() - 2).rem_euclid(7) < 2)),
            Field::IsNight => Some(flag(hour <= 6)),
        }
    }
}

const fn device_code(kind: DeviceType) -> f64 {
    match kind {
        DeviceType::Desktop => 1.0,
        DeviceType::Mobile => 2.0,
        DeviceType::Tablet => 3.0,
    }
}

/// 1 for yes, 0 for no.
pub(crate) const fn flag(is_so: bool) -> f64 {
    if is_so { 1.0 } else { 0.0 }
}
