//! One feature's value in words that a person understands; no identifiers, no personal data.

use weir_events::EntityKind;
use weir_features::{Definition, DelayedStatistic, Field, Statistic, Window, word};

use crate::number::{count, counted, duration, money, percent};

/// What a phrase is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Phrase {
    /// The feature's value; NaN if missing.
    pub(crate) value: f64,
    /// Its usual value.
    pub(crate) usual: Option<f64>,
    /// This transaction's amount, major unit.
    pub(crate) amount: Option<f64>,
}

impl Phrase {
    /// The phrase of a feature.
    pub(crate) fn text(self, definition: Definition) -> String {
        match definition {
            Definition::Field(field) => self.field(field),
            Definition::Windowed { kind, window, statistic } => self.windowed(kind, window, statistic),
            Definition::SecondsSinceLast(kind) => self.since_last(kind),
            Definition::Delayed { kind, window, delay, statistic } => {
                self.delayed(kind, window, delay, statistic)
            }
            Definition::FirstUse(kind) => self.first_use(kind),
        }
    }

    /// The statement, with the usual value after it.
    fn with_usual(self, statement: String, written: impl Fn(f64) -> String) -> String {
        match self.usual {
            Some(usual) => format!("{statement}; usual: {}", written(usual)),
            None => statement,
        }
    }

    fn windowed(self, kind: EntityKind, window: Window, statistic: Statistic) -> String {
        let (entity, span) = (noun(kind), window.words());
        match statistic {
            Statistic::Ratio | Statistic::ZScore => self.compared(kind, window, statistic),
            _ if self.value.is_nan() => format!("no {entity} given"),
            Statistic::Count => {
                let transactions = counted(self.value, "transaction", "transactions");
                self.with_usual(format!("{transactions} {} in the last {span}", place(kind)), count)
            }
            Statistic::Sum => self.amounts("total", kind, span),
            Statistic::Mean => self.amounts("mean amount", kind, span),
            Statistic::Max => self.amounts("largest amount", kind, span),
            Statistic::Distinct(other) => {
                let (singular, plural) = nouns(other);
                let others = counted(self.value, singular, plural);
                self.with_usual(format!("{others} {} in the last {span}", relation(kind)), count)
            }
        }
    }

    fn amounts(self, what: &str, kind: EntityKind, span: &str) -> String {
        let statement = format!("{what} {} {} in the last {span}", money(self.value), place(kind));
        self.with_usual(statement, money)
    }

    /// This amount beside the mean of a window.
    fn compared(self, kind: EntityKind, window: Window, statistic: Statistic) -> String {
        let entity = noun(kind);
        if self.value.is_nan() {
            return format!(
                "no other amounts {} in the last {} to compare with",
                place(kind),
                window.words()
            );
        }
        let amount = self.amount.map_or_else(String::new, |amount| format!(" {}", money(amount)));
        let adjective = adjective(window);
        if statistic == Statistic::Ratio {
            let statement =
                format!("amount{amount} is {:.1} times this {entity}'s {adjective} mean", self.value);
            return self.with_usual(statement, |usual| format!("{usual:.1}"));
        }
        let side = if self.value < 0.0 { "below" } else { "above" };
        let distance = self.value.abs();
        let statement = format!(
            "amount{amount} is {distance:.1} standard deviations {side} this {entity}'s {adjective} mean"
        );
        self.with_usual(statement, |usual| format!("{usual:.1}"))
    }

    fn since_last(self, kind: EntityKind) -> String {
        if self.value.is_nan() {
            return format!("no earlier transaction {} in the last 30 days", place(kind));
        }
        let statement = format!("last transaction {} {} before", place(kind), duration(self.value));
        self.with_usual(statement, duration)
    }

    fn delayed(self, kind: EntityKind, window: Window, delay: i64, statistic: DelayedStatistic) -> String {
        let entity = noun(kind);
        if self.value.is_nan() {
            return format!("no {entity} given");
        }
        let days = counted((delay / 86_400_000_000) as f64, "day", "days");
        let span = format!("in the {} that ended {days} ago", window.words());
        match statistic {
            DelayedStatistic::Count => {
                let transactions = counted(self.value, "transaction", "transactions");
                self.with_usual(format!("{transactions} {} {span}", place(kind)), count)
            }
            DelayedStatistic::FraudCount => {
                let frauds = counted(self.value, "known fraud", "known frauds");
                self.with_usual(format!("{frauds} {} {span}", place(kind)), count)
            }
            DelayedStatistic::FraudRate => {
                let share = percent(self.value);
                self.with_usual(
                    format!("{share} of the transactions {} {span} were fraud", place(kind)),
                    percent,
                )
            }
        }
    }

    fn first_use(self, kind: EntityKind) -> String {
        let (now, before) = match kind {
            EntityKind::Merchant => ("buys from this merchant", "bought from this merchant"),
            EntityKind::Ip => ("comes from this IP address", "come from this IP address"),
            EntityKind::Address => ("ships to this address", "shipped to this address"),
            EntityKind::Device => ("uses this device", "used this device"),
            EntityKind::Card | EntityKind::Customer => ("uses this card", "used this card"),
        };
        if self.value.is_nan() {
            format!("no {} given", noun(kind))
        } else if self.value == 0.0 {
            format!("this customer has {before} before")
        } else {
            format!("first time this customer {now}")
        }
    }

    fn field(self, field: Field) -> String {
        if self.value.is_nan() {
            return format!("{} not given", label(field));
        }
        let is_so = self.value != 0.0;
        match field {
            Field::Amount => self.with_usual(format!("amount {}", money(self.value)), money),
            Field::Quantity => {
                self.with_usual(format!("{} ordered", counted(self.value, "piece", "pieces")), count)
            }
            Field::CustomerAge => self.with_usual(format!("customer's age is {}", count(self.value)), count),
            Field::AccountAgeDays => self
                .with_usual(format!("account is {} old", counted(self.value, "day", "days")), |usual| {
                    counted(usual, "day", "days")
                }),
            Field::PaymentMethod => format!("payment method: {}", word(field, self.value).unwrap_or("other")),
            Field::ProductCategory => {
                format!("product category: {}", word(field, self.value).unwrap_or("other"))
            }
            Field::DeviceType => format!("kind of device: {}", word(field, self.value).unwrap_or("other")),
            Field::ShippingDiffersFromBilling if is_so => {
                "shipping address differs from billing address".to_owned()
            }
            Field::ShippingDiffersFromBilling => "shipping address is the billing address".to_owned(),
            Field::Hour => format!("ordered between {0:02.0}:00 and {0:02.0}:59 UTC", self.value),
            Field::IsWeekend if is_so => "ordered on a weekend (UTC)".to_owned(),
            Field::IsWeekend => "ordered on a weekday (UTC)".to_owned(),
            Field::IsNight if is_so => "ordered at night (00:00 to 06:59 UTC)".to_owned(),
            Field::IsNight => "ordered by day (07:00 to 23:59 UTC)".to_owned(),
        }
    }
}

const fn label(field: Field) -> &'static str {
    match field {
        Field::Amount => "amount",
        Field::Quantity => "quantity",
        Field::CustomerAge => "customer's age",
        Field::AccountAgeDays => "age of the account",
        Field::PaymentMethod => "payment method",
        Field::ProductCategory => "product category",
        Field::DeviceType => "kind of device",
        Field::ShippingDiffersFromBilling => "shipping or billing address",
        Field::Hour | Field::IsWeekend | Field::IsNight => "time",
    }
}

const fn nouns(kind: EntityKind) -> (&'static str, &'static str) {
    match kind {
        EntityKind::Customer => ("customer", "customers"),
        EntityKind::Merchant => ("merchant", "merchants"),
        EntityKind::Card => ("card", "cards"),
        EntityKind::Device => ("device", "devices"),
        EntityKind::Ip => ("IP address", "IP addresses"),
        EntityKind::Address => ("shipping address", "shipping addresses"),
    }
}

const fn noun(kind: EntityKind) -> &'static str {
    nouns(kind).0
}

/// Where transactions of an entity take place, in words.
const fn place(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Customer => "by this customer",
        EntityKind::Merchant => "at this merchant",
        EntityKind::Card => "with this card",
        EntityKind::Device => "from this device",
        EntityKind::Ip => "from this IP address",
        EntityKind::Address => "to this shipping address",
    }
}

/// How other entities are seen from an entity, in words.
const fn relation(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Customer => "used by this customer",
        EntityKind::Merchant => "at this merchant",
        EntityKind::Card => "seen with this card",
        EntityKind::Device => "from this device",
        EntityKind::Ip => "from this IP address",
        EntityKind::Address => "for this shipping address",
    }
}

const fn adjective(window: Window) -> &'static str {
    match window {
        Window::Hour => "1-hour",
        Window::Day => "1-day",
        Window::Week => "7-day",
        Window::Month => "30-day",
    }
}
