//! Which cases there will be, when, and how large: decided before the first transaction.

use crate::pattern::Pattern;
use crate::random::{Purpose, Random};
use crate::world::{MICROS_PER_DAY, MICROS_PER_SECOND, World};

/// From so many transactions on, every pattern with a share occurs at least once.
const EVERY_PATTERN_FROM: u64 = 2_000;

/// Customers asked before a new phone goes to one who has one already.
const NEW_PHONE_TRIES: u32 = 16;

/// A case that will be.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) pattern: Pattern,
    /// Number among the cases of its pattern, from 1.
    pub(crate) ordinal: u32,
    /// Start and length in microseconds; the start counts from that of the settings.
    pub(crate) start: i64,
    pub(crate) span: i64,
    /// Transactions of the case.
    pub(crate) size: u64,
    /// First of the accounts opened for it.
    pub(crate) first_account: u32,
    pub(crate) account_count: u32,
    /// The customer that it is about: the victim, or who only looks suspicious.
    pub(crate) customer: u32,
    /// Numbers of its transactions so far.
    pub(crate) transactions: Vec<u64>,
}

impl Plan {
    /// Drafts that the case expands to: a compromised merchant also plants the honest purchases there.
    pub(crate) const fn drafts(&self) -> u64 {
        match self.pattern {
            Pattern::CompromisedMerchant => self.size * 2,
            _ => self.size,
        }
    }
}

/// All cases in order of their start; opens the accounts that they need.
pub(crate) fn plan(world: &mut World) -> Vec<Plan> {
    let mut plans = Vec::new();
    for pattern in Pattern::ALL {
        let mut random = Random::new(world.seed(), Purpose::Plan, pattern as u64, 0);
        for (index, size) in sizes(world, pattern, &mut random).into_iter().enumerate() {
            plans.push(one(world, pattern, index as u32 + 1, size, &mut random));
        }
    }
    plans.sort_by_key(|plan| (plan.start, plan.pattern, plan.ordinal));
    plans
}

/// Cuts a pattern's share of the transactions into cases.
fn sizes(world: &World, pattern: Pattern, random: &mut Random) -> Vec<u64> {
    let (smallest, largest) = pattern.size();
    let total = world.settings.transactions;
    let share = world.settings.shares.of(pattern);
    let mut left = (total as f64 * share + 0.5) as u64;
    if share > 0.0 && total >= EVERY_PATTERN_FROM {
        left = left.max(smallest);
    }
    let mut sizes = Vec::new();
    while left >= smallest {
        let size = random.between(smallest, largest).min(left);
        let size = if left - size < smallest { left } else { size };
        sizes.push(size);
        left -= size;
    }
    sizes
}

fn one(world: &mut World, pattern: Pattern, ordinal: u32, size: u64, random: &mut Random) -> Plan {
    let span = length(pattern, size, random).min(world.span() - 1);
    let start = random.below((world.span() - span) as u64) as i64 / MICROS_PER_SECOND * MICROS_PER_SECOND;
    let customer = customer(world, pattern, start, random);
    let account_count = accounts(pattern, size, random);
    let day = (start / MICROS_PER_DAY) as i32;
    let mut first_account = 0;
    for index in 0..account_count {
        let account = world.open_account(day - age_days(random));
        if index == 0 {
            first_account = account;
        }
    }
    Plan {
        pattern,
        ordinal,
        start,
        span,
        size,
        first_account,
        account_count,
        customer,
        transactions: Vec::new(),
    }
}

/// Who the case is about; a new phone goes to somebody who had none yet, if one is found soon.
fn customer(world: &mut World, pattern: Pattern, start: i64, random: &mut Random) -> u32 {
    let mut customer = world.customer(random);
    if pattern == Pattern::NewPhone {
        for _ in 0..NEW_PHONE_TRIES {
            if world.take_phone(customer, start) {
                break;
            }
            customer = world.customer(random);
        }
    }
    customer
}

/// Microseconds from the first transaction of a case to its last.
const fn length(pattern: Pattern, size: u64, random: &mut Random) -> i64 {
    let minutes = match pattern {
        Pattern::CardTesting => size / 2 + random.between(2, 15),
        Pattern::AccountTakeover => random.between(30, 480),
        Pattern::CompromisedMerchant => random.between(7 * 1_440, 12 * 1_440),
        Pattern::StolenCard => random.between(30, 240),
        Pattern::Ring => random.between(2 * 1_440, 7 * 1_440),
        Pattern::Travel => random.between(1_440, 6 * 1_440),
        Pattern::NewPhone => random.between(60, 2_880),
        Pattern::Gift => 1,
    };
    minutes as i64 * 60 * MICROS_PER_SECOND
}

/// How old an account is when it is first misused: opened for the purpose, or bought from whoever had it for long.
const fn age_days(random: &mut Random) -> i32 {
    let days = if random.below(100) < 55 { random.between(0, 30) } else { random.between(31, 900) };
    days as i32
}

/// Accounts that fraudsters open for a case.
const fn accounts(pattern: Pattern, size: u64, random: &mut Random) -> u32 {
    let count = match pattern {
        Pattern::CardTesting => random.between(1, 3),
        Pattern::CompromisedMerchant => size.div_ceil(4),
        Pattern::StolenCard => 1,
        Pattern::Ring => random.between(3, 6),
        _ => 0,
    };
    count as u32
}
