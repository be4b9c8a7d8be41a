//! Ranks of values among the thresholds of their feature.

/// Most thresholds of a feature whose ranks fit a byte.
const MOST: usize = 255;

/// Rank of what lies above no threshold: processors compare bytes with a sign.
pub(super) const LEAST: i8 = i8::MIN;
/// Rank of what lies above all of them.
pub(super) const GREATEST: i8 = i8::MAX;

/// The thresholds of a feature. How many of them a value lies above, its rank, says on which side of each it lies.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    /// In order, then one or more that nothing lies above, up to a power of two.
    thresholds: Vec<f64>,
}

impl Scale {
    /// A scale of a feature's thresholds, none of them missing; `None` if there are too many.
    pub(super) fn new(mut thresholds: Vec<f64>) -> Option<Self> {
        thresholds.sort_unstable_by(f64::total_cmp);
        thresholds.dedup_by(|one, other| one == other);
        let places = (thresholds.len() + 1).next_power_of_two();
        thresholds.resize(places, f64::INFINITY);
        (places <= MOST + 1).then_some(Self { thresholds })
    }

    /// Greatest rank of the values that do not lie above one of the thresholds.
    pub(super) fn rank(&self, threshold: f64) -> i8 {
        rank(self.thresholds.partition_point(|known| *known < threshold))
    }

    /// Ranks of values.
    pub(super) fn ranks(&self, values: &[f64], ranks: &mut [i8]) {
        match self.thresholds.len() {
            1 => ranks.fill(LEAST),
            2 => self.ranks_among::<2>(values, ranks),
            4 => self.ranks_among::<4>(values, ranks),
            8 => self.ranks_among::<8>(values, ranks),
            16 => self.ranks_among::<16>(values, ranks),
            32 => self.ranks_among::<32>(values, ranks),
            64 => self.ranks_among::<64>(values, ranks),
            128 => self.ranks_among::<128>(values, ranks),
            _ => self.ranks_among::<256>(values, ranks),
        }
    }

    /// The same by halves, as many for each value: there is no branch to guess.
    fn ranks_among<const PLACES: usize>(&self, values: &[f64], ranks: &mut [i8]) {
        let Some(thresholds) = self.thresholds.first_chunk::<PLACES>() else { return };
        for (value, rank) in values.iter().zip(ranks) {
            let (mut below, mut step) = (0, PLACES / 2);
            while step > 0 {
                let is_above = *value > thresholds[(below + step - 1) % PLACES];
                below += step * usize::from(is_above);
                step /= 2;
            }
            *rank = self::rank(below);
        }
    }
}

/// Rank of what lies above so many thresholds.
const fn rank(below: usize) -> i8 {
    (below as u8 ^ 0x80).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rank_says_on_which_side_of_each_threshold_a_value_lies() {
        for count in [1, 2, 3, 6, 7, 8, 100, 254, 255] {
            let thresholds: Vec<f64> = (0..count).map(|place| f64::from(place) / 2.0 - 3.0).collect();
            let scale = Scale::new(thresholds.iter().rev().copied().collect()).unwrap();
            let values = [f64::NEG_INFINITY, -3.0, -2.9, -0.0, 0.0, 7.25, 99.5, 1e9, f64::INFINITY];
            let mut ranks = [0; 9];
            scale.ranks(&values, &mut ranks);
            for (value, rank) in values.iter().zip(ranks) {
                for threshold in &thresholds {
                    assert_eq!(rank > scale.rank(*threshold), value > threshold, "{value} {threshold}");
                }
            }
        }
    }

    #[test]
    fn a_byte_counts_so_many_thresholds() {
        assert!(Scale::new((0..256).map(f64::from).collect()).is_none());
        assert!(Scale::new((0..512).map(|place| f64::from(place % 255)).collect()).is_some());
        assert!(Scale::new(vec![0.0, -0.0]).is_some_and(|scale| scale.rank(0.0) == scale.rank(-0.0)));
    }
}
