//! What one customer usually does.

use weir_events::DeviceType;

use crate::draft::{Address, Category, Device, Ip, Network, Payment};
use crate::place::TOWNS;
use crate::random::{Purpose, Random};
use crate::world::World;

/// Favourite merchants of a customer.
const FAVOURITES: usize = 5;

/// What one customer usually does; made from the seed and the account's number whenever it is needed.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) age: u8,
    pub(crate) town: u8,
    /// Logarithm of the usual amount in major units.
    pub(crate) level: f64,
    /// Hour of the day about which most orders are placed.
    pub(crate) peak_hour: u8,
    pub(crate) cards: [u64; 2],
    pub(crate) address: Address,
    pub(crate) home: Ip,
    pub(crate) work: Ip,
    /// Where parcels go when not home: a workplace, a parcel shop.
    other_address: Address,
    other_address_share: f64,
    favourites: [u32; FAVOURITES],
    devices: [Device; 2],
    card_count: u64,
    device_count: u64,
    preferred: u64,
}

impl Profile {
    pub(crate) fn new(world: &World, account: u32) -> Self {
        let seed = world.seed();
        let number = u64::from(account);
        let mut random = Random::new(seed, Purpose::Customer, number, 0);
        // One in five lives with the neighbour in number: same address, same line.
        let household = if random.chance(0.2) { number / 2 * 2 } else { number };
        let mut home = Random::new(seed, Purpose::Household, household, 0);
        let town = home.below(TOWNS) as u8;
        let handle = |purpose, index| Random::new(seed, purpose, number, index).bits();
        let kinds = [random.pick(&MAIN_DEVICES), random.pick(&OTHER_DEVICES)];
        Self {
            age: random.between(18, 50) as u8 + random.below(30) as u8,
            town,
            level: 3.5 + 0.5 * random.normal(),
            peak_hour: peak_hour(&mut random),
            cards: [handle(Purpose::Card, 0), handle(Purpose::Card, 1)],
            address: Address { handle: home.bits(), town },
            home: Ip { handle: home.bits(), network: Network::Line },
            work: Ip { handle: handle(Purpose::Ip, 0), network: Network::Line },
            other_address: Address { handle: handle(Purpose::Address, 0), town },
            // One in three has parcels sent elsewhere, some of them nearly always.
            other_address_share: if random.chance(0.33) { 0.1 + 0.8 * random.unit() } else { 0.0 },
            favourites: std::array::from_fn(|_| random.skewed(world.merchants()) as u32),
            devices: [0, 1]
                .map(|index| Device { handle: handle(Purpose::Device, index as u64), kind: kinds[index] }),
            card_count: random.between(1, 2),
            device_count: random.between(1, 2),
            preferred: random.below(100),
        }
    }

    /// Where the customer buys this time: mostly a favourite.
    pub(crate) fn merchant(&self, world: &World, random: &mut Random) -> u32 {
        if random.chance(0.8) {
            random.pick(&self.favourites)
        } else {
            random.skewed(world.merchants()) as u32
        }
    }

    /// How the customer pays this time: mostly as ever.
    pub(crate) fn payment(&self, random: &mut Random) -> Payment {
        let choice = if random.chance(0.8) { self.preferred } else { random.below(100) };
        match choice {
            0..35 => Payment::CreditCard(self.card(random)),
            35..60 => Payment::DebitCard(self.card(random)),
            60..82 => Payment::PayPal,
            _ => Payment::BankTransfer,
        }
    }

    /// The card used this time: mostly the first.
    pub(crate) fn card(&self, random: &mut Random) -> u64 {
        let is_other = self.card_count == 2 && random.chance(0.15);
        self.cards[usize::from(is_other)]
    }

    /// The device used this time; `phone` replaces the first one.
    pub(crate) fn device(&self, phone: Option<Device>, random: &mut Random) -> Device {
        let is_other = self.device_count == 2 && random.chance(0.25);
        if is_other { self.devices[1] } else { phone.unwrap_or(self.devices[0]) }
    }

    /// The address that this time's order comes from.
    pub(crate) fn ip(&self, device: Device, random: &mut Random) -> Ip {
        if device.kind == DeviceType::Mobile && random.chance(0.25) {
            return Ip { handle: random.bits(), network: Network::Carrier };
        }
        if random.chance(0.12) { self.work } else { self.home }
    }

    /// Where the parcel goes this time.
    pub(crate) fn shipping(&self, random: &mut Random) -> Address {
        if random.chance(self.other_address_share) { self.other_address } else { self.address }
    }

    /// Second of the day at which the customer orders: near the usual hour, now and then at any.
    pub(crate) fn second_of_day(&self, random: &mut Random) -> u64 {
        if random.chance(0.08) {
            return random.below(86_400);
        }
        // Two uniform numbers of three hours added: a triangle of six hours about the peak.
        let offset = random.below(10_800) + random.below(10_800);
        (u64::from(self.peak_hour) * 3_600 + 86_400 - 10_800 + offset) % 86_400
    }

    /// Amount in minor units for this customer, category and merchant; `lift` is added to the logarithm.
    pub(crate) fn amount(&self, world: &World, sale: Sale, random: &mut Random) -> i64 {
        if sale.lift < 0.2 && random.chance(0.03) {
            return world.amount(1.0, 0.6, random);
        }
        world.amount(self.level + sale.category.level() + sale.lift, 0.55, random)
    }
}

/// What is sold, as far as it sets the price.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sale {
    pub(crate) category: Category,
    pub(crate) lift: f64,
}

const MAIN_DEVICES: [DeviceType; 5] =
    [DeviceType::Mobile, DeviceType::Mobile, DeviceType::Mobile, DeviceType::Desktop, DeviceType::Desktop];
const OTHER_DEVICES: [DeviceType; 3] = [DeviceType::Desktop, DeviceType::Tablet, DeviceType::Tablet];

/// Most shop in the evening, some at midday or in the morning, a few at night.
const fn peak_hour(random: &mut Random) -> u8 {
    let hour = match random.below(100) {
        0..55 => random.between(17, 21),
        55..80 => random.between(10, 14),
        80..92 => random.between(7, 9),
        _ => 22 + random.below(5),
    };
    (hour % 24) as u8
}
