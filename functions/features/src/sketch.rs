//! How many distinct hashes there were since a time, about: a `HyperLogLog` over sliding windows.
//!
//! Flajolet, Fusy, Gandouet, Meunier: "`HyperLogLog`", 2007; Chabchoub, Hébrail: "Sliding `HyperLogLog`", 2010.
//! Each register keeps, instead of its largest rank, every rank that is still the largest since some time. With
//! 128 registers the standard error is 9 %.

use crate::tiles::{TILE, tick};

/// Registers of one sketch.
pub(crate) const REGISTERS: usize = 128;
const INDEX_BITS: u32 = REGISTERS.trailing_zeros();
/// Largest rank: all bits beside the index are 0.
pub(crate) const LARGEST_RANK: u8 = (32 - INDEX_BITS + 1) as u8;

/// A rank and the newest tick at which it was seen.
pub(crate) type Peak = (i64, u8);

/// The registers; each by tick, with ranks falling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sketch(pub(crate) Vec<Vec<Peak>>);

/// Largest ranks of one window.
pub(crate) struct Ranks([u8; REGISTERS]);

const fn register(hash: u32) -> usize {
    hash as usize % REGISTERS
}

const fn rank(hash: u32) -> u8 {
    // A bit is set below the hash's own, so that the count ends there.
    (((hash >> INDEX_BITS) | (1 << (32 - INDEX_BITS))).trailing_zeros() + 1) as u8
}

impl Default for Sketch {
    fn default() -> Self {
        Self(vec![Vec::new(); REGISTERS])
    }
}

impl Sketch {
    /// Takes a hash in that was seen at a time.
    pub(crate) fn add(&mut self, hash: u32, time: i64) {
        let (tick, rank) = (tick(time), rank(hash));
        let Some(peaks) = self.0.get_mut(register(hash)) else { return };
        if peaks.iter().any(|(kept, high)| *kept >= tick && *high >= rank) {
            return;
        }
        peaks.retain(|(kept, high)| *kept > tick || *high > rank);
        let place = peaks.partition_point(|(kept, _)| *kept < tick);
        peaks.insert(place, (tick, rank));
    }

    /// Forgets what was seen up to a time.
    pub(crate) fn forget(&mut self, until: i64) {
        for peaks in &mut self.0 {
            peaks.retain(|(tick, _)| middle(*tick) > until);
        }
    }

    /// Largest ranks since a time.
    pub(crate) fn after(&self, time: i64) -> Ranks {
        let mut ranks = Ranks([0; REGISTERS]);
        for (largest, peaks) in ranks.0.iter_mut().zip(&self.0) {
            // Ranks fall with time, so the first that is new enough is the largest.
            *largest = peaks.iter().find(|(tick, _)| middle(*tick) > time).map_or(0, |(_, rank)| *rank);
        }
        ranks
    }
}

/// A tile counts by its middle.
const fn middle(tick: i64) -> i64 {
    tick * TILE + TILE / 2
}

impl Ranks {
    /// Takes a hash in.
    pub(crate) fn add(&mut self, hash: u32) {
        if let Some(largest) = self.0.get_mut(register(hash)) {
            *largest = (*largest).max(rank(hash));
        }
    }

    /// The estimate, by + and ÷ alone. Small numbers are told from the empty registers: to leave `empty` of `m`
    /// takes about `m × (1/(empty + 1) + … + 1/m)` distinct hashes.
    pub(crate) fn estimate(&self) -> u64 {
        let count = REGISTERS as f64;
        let harmonic: f64 = self.0.iter().map(|rank| 1.0 / (1_u64 << u32::from(*rank)) as f64).sum();
        let raw = 0.7213 / (1.0 + 1.079 / count) * count * count / harmonic;
        let empty = self.0.iter().filter(|rank| **rank == 0).count();
        let estimate = if empty > 0 && raw <= 2.5 * count {
            count * (empty + 1..=REGISTERS).map(|number| 1.0 / number as f64).sum::<f64>()
        } else {
            raw
        };
        (estimate + 0.5) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::DAY;

    fn hash(number: u64) -> u32 {
        crate::hash::transaction_hash(&number.to_string())
    }

    #[test]
    fn estimates_lie_within_four_standard_errors() {
        for distinct in [1_u64, 10, 100, 1_000, 10_000, 200_000] {
            let mut sketch = Sketch::default();
            for number in 0..distinct * 2 {
                sketch.add(hash(number % distinct), (number * 1_000_000) as i64);
            }
            let found = sketch.after(i64::MIN).estimate() as f64;
            let error = (found - distinct as f64).abs() / distinct as f64;
            assert!(error < 0.36, "{found} for {distinct}");
        }
    }

    #[test]
    fn a_window_sees_only_what_is_in_it() {
        let mut sketch = Sketch::default();
        for number in 0..40_000 {
            sketch.add(hash(number), number as i64 / 1_000 * DAY);
        }
        let week = sketch.after(33 * DAY - 1).estimate() as f64;
        assert!((week - 7_000.0).abs() / 7_000.0 < 0.36, "{week}");
        let peaks: usize = sketch.0.iter().map(Vec::len).sum();
        assert!(peaks < REGISTERS * 12, "{peaks}");
        sketch.forget(39 * DAY);
        assert!(sketch.after(0).estimate() < 2_000);
    }

    #[test]
    fn ranks_end_with_the_hash() {
        assert_eq!(rank(0), LARGEST_RANK);
        assert_eq!(rank(u32::MAX), 1);
    }
}
