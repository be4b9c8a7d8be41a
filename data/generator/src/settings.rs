//! What shop to make up.

use serde::{Deserialize, Serialize};
use weir_events::{Currency, Timestamp};

use crate::Pattern;

/// 2026-01-01T00:00:00Z, so that the same seed means the same bytes on any day.
const DEFAULT_START_SECONDS: i64 = 1_767_225_600;

/// Share of all transactions that each pattern makes up, 0 to 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Shares {
    /// Fraud: many cards tried with small amounts from one device.
    pub card_testing: f64,
    /// Fraud: a customer's account used from a new device, IP and address.
    pub account_takeover: f64,
    /// Fraud: cards used at one merchant are misused elsewhere days later.
    pub compromised_merchant: f64,
    /// Fraud: one stolen card used at many merchants within hours.
    pub stolen_card: f64,
    /// Fraud: several new accounts that share one card.
    pub ring: f64,
    /// Look-alike: a customer abroad, on a hotel's network.
    pub travel: f64,
    /// Look-alike: a customer's first orders from a new phone.
    pub new_phone: f64,
    /// Look-alike: an order to someone else's address.
    pub gift: f64,
}

impl Default for Shares {
    fn default() -> Self {
        Self {
            card_testing: 0.004,
            account_takeover: 0.003,
            compromised_merchant: 0.003,
            stolen_card: 0.003,
            ring: 0.003,
            travel: 0.015,
            new_phone: 0.010,
            gift: 0.025,
        }
    }
}

impl Shares {
    /// The share of one pattern.
    pub const fn of(&self, pattern: Pattern) -> f64 {
        match pattern {
            Pattern::CardTesting => self.card_testing,
            Pattern::AccountTakeover => self.account_takeover,
            Pattern::CompromisedMerchant => self.compromised_merchant,
            Pattern::StolenCard => self.stolen_card,
            Pattern::Ring => self.ring,
            Pattern::Travel => self.travel,
            Pattern::NewPhone => self.new_phone,
            Pattern::Gift => self.gift,
        }
    }

    /// The share of fraud: all fraud patterns together.
    pub fn fraud(&self) -> f64 {
        Pattern::ALL.iter().filter(|pattern| pattern.is_fraud()).map(|pattern| self.of(*pattern)).sum()
    }

    fn total(&self) -> f64 {
        // A compromised merchant plants as many honest purchases as it plants frauds.
        Pattern::ALL.iter().map(|pattern| self.of(*pattern)).sum::<f64>() + self.compromised_merchant
    }
}

/// When and how well it becomes known what a transaction was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LabelSettings {
    /// Shortest delay in days, at least 1.
    pub delay_days_min: u32,
    /// Longest delay in days; most labels come in the earlier half.
    pub delay_days_max: u32,
    /// Share of frauds that are labelled legitimate, 0 to 1.
    pub share_fraud_missed: f64,
    /// Share of legitimate transactions that are labelled fraud, 0 to 1.
    pub share_legit_disputed: f64,
    /// Share of transactions that never get a label, 0 to 1.
    pub share_never: f64,
}

impl Default for LabelSettings {
    fn default() -> Self {
        Self {
            delay_days_min: 1,
            delay_days_max: 14,
            share_fraud_missed: 0.03,
            share_legit_disputed: 0.0005,
            share_never: 0.05,
        }
    }
}

/// What shop to make up. The same settings give the same bytes, on every machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Seed of everything random.
    pub seed: u64,
    /// Time of the earliest possible transaction.
    pub start: Timestamp,
    /// Days with transactions, 1 to 3,650; labels come later still.
    pub days: u32,
    /// Customers with habits, 10 to 10,000,000.
    pub customers: u32,
    /// Merchants, 5 to 1,000,000.
    pub merchants: u32,
    /// Transactions in all; the generator makes exactly as many.
    pub transactions: u64,
    /// How much of what.
    pub shares: Shares,
    /// When and how well it becomes known what a transaction was.
    pub labels: LabelSettings,
    /// Currency of all amounts.
    pub currency: Currency,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 1,
            start: Timestamp::from_seconds(DEFAULT_START_SECONDS),
            days: 30,
            customers: 5_000,
            merchants: 200,
            transactions: 100_000,
            shares: Shares::default(),
            labels: LabelSettings::default(),
            currency: euro(),
        }
    }
}

/// A setting is out of its range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("setting `{setting}` is out of range, set it to {expected}")]
pub struct SettingsError {
    /// Name of the setting.
    pub setting: &'static str,
    /// What it may be.
    pub expected: &'static str,
}

impl Settings {
    /// Checks every setting.
    pub(crate) fn validate(&self) -> Result<(), SettingsError> {
        check((1..=3_650).contains(&self.days), "days", "a number from 1 to 3650")?;
        check((10..=10_000_000).contains(&self.customers), "customers", "a number from 10 to 10000000")?;
        check((5..=1_000_000).contains(&self.merchants), "merchants", "a number from 5 to 1000000")?;
        check(
            self.transactions <= 10_000_000_000,
            "transactions",
            "a number of transactions up to 10000000000",
        )?;
        for pattern in Pattern::ALL {
            check(is_share(self.shares.of(pattern)), pattern.name(), "a share from 0 to 1")?;
        }
        check(self.shares.total() <= 0.9, "shares", "shares that add up to 0.9 or less")?;
        self.labels.validate()
    }
}

impl LabelSettings {
    fn validate(&self) -> Result<(), SettingsError> {
        check(self.delay_days_min >= 1, "labels.delay_days_min", "1 or more days")?;
        let is_ordered = self.delay_days_min <= self.delay_days_max && self.delay_days_max <= 365;
        check(is_ordered, "labels.delay_days_max", "at least `labels.delay_days_min` and at most 365 days")?;
        check(is_share(self.share_fraud_missed), "labels.share_fraud_missed", "a share from 0 to 1")?;
        check(is_share(self.share_legit_disputed), "labels.share_legit_disputed", "a share from 0 to 1")?;
        check(is_share(self.share_never), "labels.share_never", "a share from 0 to 1")
    }
}

const fn check(is_good: bool, setting: &'static str, expected: &'static str) -> Result<(), SettingsError> {
    if is_good { Ok(()) } else { Err(SettingsError { setting, expected }) }
}

fn is_share(value: f64) -> bool {
    (0.0..=1.0).contains(&value)
}

#[expect(clippy::expect_used, reason = "`EUR` is a currency code")]
fn euro() -> Currency {
    "EUR".parse().expect("`EUR` is a currency code")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_valid_and_fraud_is_rare() {
        let settings = Settings::default();
        assert_eq!(settings.validate(), Ok(()));
        assert!((0.01..=0.02).contains(&settings.shares.fraud()));
        assert_eq!(settings.start.to_string(), "2026-01-01T00:00:00.000000Z");
    }

    #[test]
    fn a_bad_setting_is_named() {
        let none = Settings { days: 0, ..Settings::default() };
        assert_eq!(none.validate().unwrap_err().setting, "days");
        let mut missing = Settings::default();
        missing.shares.ring = f64::NAN;
        assert_eq!(missing.validate().unwrap_err().setting, "ring");
        let mut crossed = Settings::default();
        crossed.labels.delay_days_max = 0;
        assert_eq!(crossed.validate().unwrap_err().setting, "labels.delay_days_max");
    }
}
