//! The planted cases: frauds and what looks like them.

use serde::{Deserialize, Serialize};

/// What a planted case imitates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// Fraud: many cards tried with small amounts from one device.
    CardTesting,
    /// Fraud: a customer's account used from a new device, IP and address.
    AccountTakeover,
    /// Fraud: cards used at one merchant are misused elsewhere days later.
    CompromisedMerchant,
    /// Fraud: one stolen card used at many merchants within hours.
    StolenCard,
    /// Fraud: several new accounts that share one card.
    Ring,
    /// Look-alike: a customer abroad, on a hotel's network.
    Travel,
    /// Look-alike: a customer's first orders from a new phone.
    NewPhone,
    /// Look-alike: an order to someone else's address.
    Gift,
}

impl Pattern {
    /// Every pattern, frauds first.
    pub const ALL: [Self; 8] = [
        Self::CardTesting,
        Self::AccountTakeover,
        Self::CompromisedMerchant,
        Self::StolenCard,
        Self::Ring,
        Self::Travel,
        Self::NewPhone,
        Self::Gift,
    ];

    /// Whether its transactions are fraud; otherwise they only look like it.
    pub const fn is_fraud(self) -> bool {
        !matches!(self, Self::Travel | Self::NewPhone | Self::Gift)
    }

    /// Name in settings and data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CardTesting => "card_testing",
            Self::AccountTakeover => "account_takeover",
            Self::CompromisedMerchant => "compromised_merchant",
            Self::StolenCard => "stolen_card",
            Self::Ring => "ring",
            Self::Travel => "travel",
            Self::NewPhone => "new_phone",
            Self::Gift => "gift",
        }
    }

    /// Name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::CardTesting => "card testing",
            Self::AccountTakeover => "account take-over",
            Self::CompromisedMerchant => "compromised merchant",
            Self::StolenCard => "stolen card",
            Self::Ring => "ring",
            Self::Travel => "travel",
            Self::NewPhone => "new phone",
            Self::Gift => "gift",
        }
    }

    /// Fewest and most transactions of one case.
    pub(crate) const fn size(self) -> (u64, u64) {
        match self {
            Self::CardTesting => (8, 25),
            Self::AccountTakeover => (2, 6),
            Self::CompromisedMerchant => (8, 24),
            Self::StolenCard => (4, 10),
            Self::Ring => (8, 18),
            Self::Travel => (2, 5),
            Self::NewPhone => (1, 2),
            Self::Gift => (1, 1),
        }
    }
}

/// One planted case and the transactions that belong to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Number among all cases, from 1; stands on the events of the case.
    pub number: u32,
    /// What it imitates; `pattern.is_fraud()` tells a fraud from a look-alike.
    pub pattern: Pattern,
    /// What it is, in words: `ring 3: five accounts, one card`.
    pub text: String,
    /// Ids of its transactions so far, in order of time.
    pub transaction_ids: Vec<String>,
}
