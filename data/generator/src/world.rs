//! The shop that the settings describe: everything in it follows from the seed and a number.

use weir_events::DeviceType;

use crate::draft::{Address, Category, Device, Ip, Network};
use crate::place::TOWNS;
use crate::random::{Purpose, Random};
use crate::settings::Settings;

pub(crate) const MICROS_PER_SECOND: i64 = 1_000_000;
pub(crate) const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// One in so many merchants sells without asking much; fraud prefers those.
const SOFT_EVERY: u64 = 9;

/// The shop. Memory: 16 bytes a customer, 4 bytes an account opened by fraudsters.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) settings: Settings,
    /// When each customer took a new phone, in microseconds since the start.
    phones: Vec<Option<i64>>,
    /// Day, counted from the start, on which each later account was opened; may be negative.
    opened: Vec<i32>,
}

impl World {
    pub(crate) fn new(settings: Settings) -> Self {
        let phones = vec![None; settings.customers as usize];
        Self { settings, phones, opened: Vec::new() }
    }

    pub(crate) const fn seed(&self) -> u64 {
        self.settings.seed
    }

    pub(crate) const fn merchants(&self) -> u64 {
        self.settings.merchants as u64
    }

    /// Length of the period with transactions, in microseconds.
    pub(crate) const fn span(&self) -> i64 {
        self.settings.days as i64 * MICROS_PER_DAY
    }

    /// A customer; some buy more often than others.
    pub(crate) const fn customer(&self, random: &mut Random) -> u32 {
        random.skewed(self.settings.customers as u64) as u32
    }

    /// Opens an account `days` days after the start (before, if negative) and gives its number.
    pub(crate) fn open_account(&mut self, day: i32) -> u32 {
        let account = self.settings.customers + self.opened.len() as u32;
        self.opened.push(day);
        account
    }

    /// Day, counted from the start, on which an account was opened.
    pub(crate) fn opened_on(&self, account: u32) -> i32 {
        match account.checked_sub(self.settings.customers) {
            Some(later) => self.opened.get(later as usize).copied().unwrap_or(0),
            None => {
                let mut random = Random::new(self.seed(), Purpose::Customer, u64::from(account), 1);
                let is_new = random.chance(0.15);
                -(random.between(0, if is_new { 30 } else { 1_500 }) as i32)
            }
        }
    }

    /// Notes that a customer takes a new phone at `at`; false if the customer has one already.
    pub(crate) fn take_phone(&mut self, customer: u32, at: i64) -> bool {
        match self.phones.get_mut(customer as usize) {
            Some(phone @ None) => {
                *phone = Some(at);
                true
            }
            _ => false,
        }
    }

    /// The new phone of a customer, if there is one by then.
    pub(crate) fn phone(&self, account: u32, at: i64) -> Option<Device> {
        let since = self.phones.get(account as usize).copied().flatten()?;
        let handle = Random::new(self.seed(), Purpose::Device, u64::from(account), 2).bits();
        (at >= since).then_some(Device { handle, kind: DeviceType::Mobile })
    }

    /// What a merchant mostly sells.
    pub(crate) fn category(&self, merchant: u32, random: &mut Random) -> Category {
        let mut own = Random::new(self.seed(), Purpose::Merchant, u64::from(merchant), 0);
        let usual = own.pick(&Category::ALL);
        if random.chance(0.75) { usual } else { random.pick(&Category::ALL) }
    }

    /// A merchant for fraud: more often than not one that asks little.
    pub(crate) const fn soft_merchant(&self, random: &mut Random) -> u32 {
        let any = random.below(self.merchants());
        let soft = any / SOFT_EVERY * SOFT_EVERY;
        if random.chance(0.5) { soft as u32 } else { any as u32 }
    }

    /// An amount in minor units, log-normal about `exp(level)` major units; at least one minor unit.
    pub(crate) fn amount(&self, level: f64, spread: f64, random: &mut Random) -> i64 {
        let major = libm::exp(level + spread * random.normal());
        let minor = major * self.settings.currency.minor_per_major() as f64;
        ((minor + 0.5) as i64).max(1)
    }
}

/// A device that nobody has used before.
pub(crate) const fn new_device(random: &mut Random) -> Device {
    let kind =
        random.pick(&[DeviceType::Desktop, DeviceType::Mobile, DeviceType::Mobile, DeviceType::Tablet]);
    Device { handle: random.bits(), kind }
}

/// A line that is nobody's home.
pub(crate) const fn new_line(random: &mut Random) -> Ip {
    Ip { handle: random.bits(), network: Network::Line }
}

/// An address anywhere.
pub(crate) const fn new_address(random: &mut Random) -> Address {
    Address { handle: random.bits(), town: random.below(TOWNS) as u8 }
}
