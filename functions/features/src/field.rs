//! Fields of the order itself: their names, units and meanings.

use crate::vocabulary::{DEVICE_TYPES, PAYMENT_METHODS, PRODUCT_CATEGORIES};

/// A field of the order itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Amount, major unit.
    Amount,
    /// Pieces.
    Quantity,
    /// The customer's age in years.
    CustomerAge,
    /// Age of the account in days.
    AccountAgeDays,
    /// Code of the payment method.
    PaymentMethod,
    /// Code of the product category.
    ProductCategory,
    /// Code of the device type.
    DeviceType,
    /// Whether the goods go elsewhere than the bill.
    ShippingDiffersFromBilling,
    /// Hour of the day, UTC.
    Hour,
    /// Saturday or Sunday, UTC.
    IsWeekend,
    /// Hour 0 to 6, UTC.
    IsNight,
}

impl Field {
    /// Part of a feature's name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Amount => "amount",
            Self::Quantity => "quantity",
            Self::CustomerAge => "customer_age",
            Self::AccountAgeDays => "account_age_days",
            Self::PaymentMethod => "payment_method",
            Self::ProductCategory => "product_category",
            Self::DeviceType => "device_type",
            Self::ShippingDiffersFromBilling => "shipping_differs_from_billing",
            Self::Hour => "hour",
            Self::IsWeekend => "is_weekend",
            Self::IsNight => "is_night",
        }
    }

    /// Unit of the value.
    pub(crate) const fn unit(self) -> &'static str {
        match self {
            Self::Amount => "major unit",
            Self::Quantity => "pieces",
            Self::CustomerAge => "years",
            Self::AccountAgeDays => "days",
            Self::PaymentMethod | Self::ProductCategory | Self::DeviceType => "code",
            Self::ShippingDiffersFromBilling | Self::IsWeekend | Self::IsNight => "0 or 1",
            Self::Hour => "hour 0 to 23",
        }
    }

    /// In words.
    pub(crate) fn meaning(self) -> String {
        match self {
            Self::Amount => "amount of the order".to_owned(),
            Self::Quantity => "pieces ordered".to_owned(),
            Self::CustomerAge => "age of the customer".to_owned(),
            Self::AccountAgeDays => "age of the customer's account".to_owned(),
            Self::PaymentMethod => coded("payment method", &PAYMENT_METHODS),
            Self::ProductCategory => coded("product category", &PRODUCT_CATEGORIES),
            Self::DeviceType => coded("kind of device", &DEVICE_TYPES),
            Self::ShippingDiffersFromBilling => {
                "1 if the shipping address differs from the billing address".to_owned()
            }
            Self::Hour => "hour of the day in UTC".to_owned(),
            Self::IsWeekend => "1 on Saturday and Sunday in UTC".to_owned(),
            Self::IsNight => "1 from hour 0 to hour 6 in UTC".to_owned(),
        }
    }

    /// Everything that the value depends on.
    pub(crate) fn text(self) -> String {
        match self {
            Self::PaymentMethod => format!("{} {}", self.name(), PAYMENT_METHODS.join("|")),
            Self::ProductCategory => format!("{} {}", self.name(), PRODUCT_CATEGORIES.join("|")),
            Self::DeviceType => format!("{} {}", self.name(), DEVICE_TYPES.join("|")),
            _ => self.name().to_owned(),
        }
    }
}

fn coded(what: &str, vocabulary: &[&str]) -> String {
    let codes: Vec<_> =
        vocabulary.iter().enumerate().map(|(place, word)| format!("{} {word}", place + 1)).collect();
    format!("{what}: 0 other, {}", codes.join(", "))
}
