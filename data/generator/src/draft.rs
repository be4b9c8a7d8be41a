//! A transaction before it is written out: small, ordered by time.

use std::cmp::Ordering;

use weir_events::DeviceType;

/// What is bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Category {
    Electronics,
    Clothing,
    HomeAndGarden,
    ToysAndGames,
    HealthAndBeauty,
}

impl Category {
    pub(crate) const ALL: [Self; 5] =
        [Self::Electronics, Self::Clothing, Self::HomeAndGarden, Self::ToysAndGames, Self::HealthAndBeauty];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Electronics => "electronics",
            Self::Clothing => "clothing",
            Self::HomeAndGarden => "home & garden",
            Self::ToysAndGames => "toys & games",
            Self::HealthAndBeauty => "health & beauty",
        }
    }

    /// How much dearer than the average, as a logarithm.
    pub(crate) const fn level(self) -> f64 {
        match self {
            Self::Electronics => 0.9,
            Self::Clothing => 0.2,
            Self::HomeAndGarden => 0.4,
            Self::ToysAndGames => -0.2,
            Self::HealthAndBeauty => -0.4,
        }
    }
}

/// How it is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Payment {
    CreditCard(u64),
    DebitCard(u64),
    PayPal,
    BankTransfer,
}

impl Payment {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::CreditCard(_) => "credit card",
            Self::DebitCard(_) => "debit card",
            Self::PayPal => "PayPal",
            Self::BankTransfer => "bank transfer",
        }
    }

    pub(crate) const fn card(self) -> Option<u64> {
        match self {
            Self::CreditCard(handle) | Self::DebitCard(handle) => Some(handle),
            Self::PayPal | Self::BankTransfer => None,
        }
    }
}

/// A device and its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Device {
    pub(crate) handle: u64,
    pub(crate) kind: DeviceType,
}

/// What an IP address belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Network {
    /// A line at home or at work.
    Line,
    /// A mobile carrier: few addresses, many customers.
    Carrier,
    /// A hotel or an airport: few addresses, many customers.
    Hotel,
}

/// An IP address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ip {
    pub(crate) handle: u64,
    pub(crate) network: Network,
}

/// A postal address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) handle: u64,
    pub(crate) town: u8,
}

/// A transaction before it is written out. Its order is that of time, then of making.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// Microseconds since the start of the settings.
    pub(crate) at: i64,
    /// Decides between equal times; set when the draft is queued.
    pub(crate) turn: u64,
    pub(crate) account: u32,
    pub(crate) merchant: u32,
    pub(crate) amount_minor: i64,
    pub(crate) category: Category,
    pub(crate) quantity: u8,
    pub(crate) payment: Payment,
    pub(crate) device: Device,
    pub(crate) ip: Ip,
    pub(crate) location: u8,
    pub(crate) shipping: Address,
    pub(crate) billing: Address,
    /// Index of the planned case it belongs to.
    pub(crate) case: Option<u32>,
    pub(crate) is_fraud: bool,
}

impl Draft {
    const fn rank(&self) -> (i64, u64) {
        (self.at, self.turn)
    }
}

impl PartialEq for Draft {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }
}

impl Eq for Draft {}

impl PartialOrd for Draft {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Draft {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}
