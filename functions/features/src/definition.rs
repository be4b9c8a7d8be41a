//! Definitions of features: what a number is, apart from how it is computed.

use weir_events::EntityKind;

use crate::counterparty::{counterparties, plural};
use crate::vocabulary::{DEVICE_TYPES, PAYMENT_METHODS, PRODUCT_CATEGORIES};
use crate::window::{DAY, Window};

/// A sum over one window of one entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    /// Events.
    Count,
    /// Sum of the amounts, major unit.
    Sum,
    /// Mean amount, major unit.
    Mean,
    /// Largest amount, major unit.
    Max,
    /// This amount by the mean; missing where the mean is 0.
    Ratio,
    /// This amount less the mean, by the population's standard deviation; missing where that is 0.
    ZScore,
    /// Distinct counterparties of a kind.
    Distinct(EntityKind),
}

/// A sum over one delayed window of one entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DelayedStatistic {
    /// Events.
    Count,
    /// Events known as fraud.
    FraudCount,
    /// Events known as fraud by events; 0 where there are none.
    FraudRate,
}

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

/// What a feature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Definition {
    /// A field of the order.
    Field(Field),
    /// A sum over a window of an entity.
    Windowed {
        /// Whose entries.
        kind: EntityKind,
        /// How far back.
        window: Window,
        /// Which sum.
        statistic: Statistic,
    },
    /// Seconds since the entity's event before, within 30 days.
    SecondsSinceLast(EntityKind),
    /// A sum over a delayed window of an entity.
    Delayed {
        /// Whose entries.
        kind: EntityKind,
        /// How far back from the delay.
        window: Window,
        /// The delay in microseconds.
        delay: i64,
        /// Which sum.
        statistic: DelayedStatistic,
    },
    /// Whether this customer uses it for the first time.
    FirstUse(EntityKind),
}

impl Definition {
    /// Name, unique in a feature set.
    pub fn name(self) -> String {
        match self {
            Self::Field(field) => field.name().to_owned(),
            Self::Windowed { kind, window, statistic } => {
                format!("{}_{}_{}", kind.name(), statistic.name(), window.name())
            }
            Self::SecondsSinceLast(kind) => format!("{}_seconds_since_last", kind.name()),
            Self::Delayed { kind, window, statistic, .. } => {
                format!("{}_{}_{}_delayed", kind.name(), statistic.name(), window.name())
            }
            Self::FirstUse(kind) => format!("customer_first_use_{}", kind.name()),
        }
    }

    /// Unit of the value.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Field(field) => field.unit(),
            Self::Windowed { statistic, .. } => statistic.unit(),
            Self::SecondsSinceLast(_) => "seconds",
            Self::Delayed { statistic: DelayedStatistic::FraudRate, .. } => "share 0 to 1",
            Self::Delayed { .. } => "count",
            Self::FirstUse(_) => "0 or 1",
        }
    }

    /// Meaning in words.
    pub fn meaning(self) -> String {
        match self {
            Self::Field(field) => field.meaning(),
            Self::Windowed { kind, window, statistic } => {
                format!("{} of this {} in the last {}", statistic.meaning(), kind.name(), window.words())
            }
            Self::SecondsSinceLast(kind) => {
                format!("time since the last event of this {} in the last 30 days", kind.name())
            }
            Self::Delayed { kind, window, delay, statistic } => format!(
                "{} of this {} in the {} that ended {} days ago",
                statistic.meaning(),
                kind.name(),
                window.words(),
                delay / DAY
            ),
            Self::FirstUse(kind) => {
                format!("1 if this customer uses this {} for the first time, else 0", kind.name())
            }
        }
    }

    /// Everything that the value depends on, as one line; its hash is part of the feature's id.
    pub(crate) fn text(self) -> String {
        match self {
            Self::Field(field) => format!("field {}", field.text()),
            Self::Windowed { kind, window, statistic } => {
                let slot = match statistic {
                    Statistic::Distinct(other) => {
                        counterparties(kind).iter().position(|known| *known == other)
                    }
                    _ => None,
                };
                let name = statistic.name();
                format!("windowed {} {} {name} {}", kind.name(), window.micros(), slot.is_some())
            }
            Self::SecondsSinceLast(kind) => {
                format!("seconds_since_last {} {}", kind.name(), Window::Month.micros())
            }
            Self::Delayed { kind, window, delay, statistic } => {
                format!("delayed {} {} {delay} {}", kind.name(), window.micros(), statistic.name())
            }
            Self::FirstUse(kind) => format!("first_use {}", kind.name()),
        }
    }
}

impl Statistic {
    fn name(self) -> String {
        match self {
            Self::Count => "count".to_owned(),
            Self::Sum => "sum_amount".to_owned(),
            Self::Mean => "mean_amount".to_owned(),
            Self::Max => "max_amount".to_owned(),
            Self::Ratio => "amount_ratio".to_owned(),
            Self::ZScore => "amount_z_score".to_owned(),
            Self::Distinct(kind) => format!("distinct_{}", plural(kind)),
        }
    }

    const fn unit(self) -> &'static str {
        match self {
            Self::Count | Self::Distinct(_) => "count",
            Self::Sum | Self::Mean | Self::Max => "major unit",
            Self::Ratio => "ratio",
            Self::ZScore => "standard deviations",
        }
    }

    fn meaning(self) -> String {
        match self {
            Self::Count => "number of events".to_owned(),
            Self::Sum => "sum of the amounts".to_owned(),
            Self::Mean => "mean amount".to_owned(),
            Self::Max => "largest amount".to_owned(),
            Self::Ratio => "this amount divided by the mean amount".to_owned(),
            Self::ZScore => "standard deviations of this amount from the mean amount".to_owned(),
            Self::Distinct(kind) => format!("number of distinct {}", plural(kind)),
        }
    }
}

impl DelayedStatistic {
    const fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::FraudCount => "fraud_count",
            Self::FraudRate => "fraud_rate",
        }
    }

    const fn meaning(self) -> &'static str {
        match self {
            Self::Count => "number of events",
            Self::FraudCount => "number of events known as fraud",
            Self::FraudRate => "share of events known as fraud (0 if there are none)",
        }
    }
}

impl Field {
    const fn name(self) -> &'static str {
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

    const fn unit(self) -> &'static str {
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

    fn meaning(self) -> String {
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

    fn text(self) -> String {
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
