//! Definitions of features: what a number is, apart from how it is computed.

use weir_events::EntityKind;

use crate::counterparty::counterparties;
use crate::field::Field;
use crate::statistic::{DelayedStatistic, Statistic};
use crate::window::{DAY, Window};

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
