//! Seeded numbers whose sequence never changes: no library's distribution takes part.

/// `SplitMix64` (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// What a sequence is for; part of its seed, so that no two uses share numbers.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub(crate) enum Purpose {
    Customer = 1,
    Merchant,
    Household,
    Habit,
    Plan,
    Case,
    Label,
    Card,
    Device,
    Ip,
    Run,
    Address,
}

impl Random {
    /// The sequence that belongs to a seed, a purpose and up to two numbers.
    pub(crate) const fn new(seed: u64, purpose: Purpose, first: u64, second: u64) -> Self {
        let state = mix(seed ^ mix(purpose as u64 ^ mix(first ^ mix(second.wrapping_add(GOLDEN)))));
        Self(state)
    }

    /// The next 64 bits.
    pub(crate) const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A number in `0..limit`; 0 if the limit is 0.
    pub(crate) const fn below(&mut self, limit: u64) -> u64 {
        ((self.bits() as u128 * limit as u128) >> 64) as u64
    }

    /// A number from `low` to `high`, both included.
    pub(crate) const fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// A number in `[0, 1)`.
    pub(crate) const fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// True with the given probability.
    pub(crate) const fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Close to normal with mean 0 and deviation 1: twelve uniform numbers added, less 6; within ±6.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// A number in `0..limit` that prefers the small ones: the first is about five times as likely as the last.
    pub(crate) const fn skewed(&mut self, limit: u64) -> u64 {
        let unit = self.unit();
        let place = (unit * (0.25 + 0.75 * unit) * limit as f64) as u64;
        if place < limit { place } else { limit.saturating_sub(1) }
    }

    /// One of the given values.
    pub(crate) const fn pick<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len() as u64) as usize]
    }
}

/// The finaliser of `SplitMix64`: every input bit reaches every output bit.
const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_in_their_range() {
        let mut random = Random::new(1, Purpose::Habit, 2, 3);
        for _ in 0..10_000 {
            assert!((3..=9).contains(&random.between(3, 9)));
            assert!(random.skewed(7) < 7);
            assert!((0.0..1.0).contains(&random.unit()));
        }
    }

    #[test]
    fn purposes_do_not_share_numbers() {
        let first = Random::new(1, Purpose::Habit, 2, 3).bits();
        assert_ne!(first, Random::new(1, Purpose::Label, 2, 3).bits());
        assert_ne!(first, Random::new(1, Purpose::Habit, 3, 2).bits());
        assert_ne!(first, Random::new(2, Purpose::Habit, 2, 3).bits());
    }

    #[test]
    fn normal_has_mean_zero_and_deviation_one() {
        let mut random = Random::new(5, Purpose::Habit, 0, 0);
        let values: Vec<f64> = (0..50_000).map(|_| random.normal()).collect();
        let mean = values.iter().sum::<f64>() / 50_000.0;
        let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / 50_000.0;
        assert!(mean.abs() < 0.02, "{mean}");
        assert!((variance - 1.0).abs() < 0.03, "{variance}");
    }
}
