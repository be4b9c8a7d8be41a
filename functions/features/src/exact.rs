//! Integer arithmetic that becomes `f64` once: in 64 bits where the result fits, else in 128, to the same number.

use crate::aggregate::Sums;

/// A number of events; below 2^63, from where processors convert by themselves.
#[inline]
pub(crate) const fn number(count: u64) -> f64 {
    count as i64 as f64
}

/// `count × factor`.
#[inline]
pub(crate) fn product(count: u64, factor: i64) -> f64 {
    let small = i64::try_from(count).ok().and_then(|count| count.checked_mul(factor));
    small.map_or_else(|| wide(i128::from(count) * i128::from(factor)), |product| product as f64)
}

/// Distance of an amount from the mean in population standard deviations; `None` where that is 0.
///
/// With `n` events it is `(n·x − Σ) / √(n·Σ² − Σ·Σ)`, numerator and radicand in integers.
#[inline]
pub(crate) fn z_score(sums: &Sums, own: i64) -> Option<f64> {
    small_z_score(sums, own).unwrap_or_else(|| wide_z_score(sums, own))
}

/// The same in 64 bits; `None` if it does not fit.
#[inline]
fn small_z_score(sums: &Sums, own: i64) -> Option<Option<f64>> {
    let count = i64::try_from(sums.count).ok()?;
    let squares = i64::try_from(sums.squares).ok()?;
    let spread = count.checked_mul(squares)?.checked_sub(sums.sum.checked_mul(sums.sum)?)?;
    let distance = count.checked_mul(own)?.checked_sub(sums.sum)?;
    Some((spread > 0).then(|| distance as f64 / (spread as f64).sqrt()))
}

#[cold]
#[inline(never)]
fn wide_z_score(sums: &Sums, own: i64) -> Option<f64> {
    let (count, sum) = (i128::from(sums.count), i128::from(sums.sum));
    let spread = count * sums.squares - sum * sum;
    let distance = i128::from(own) * count - sum;
    (spread > 0).then(|| distance as f64 / (spread as f64).sqrt())
}

#[cold]
#[inline(never)]
fn wide(number: i128) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn both_widths_give_the_same_number(
            count in 1_u64..8_192, sum in any::<i32>(), more in 0_i64..1 << 40, own in any::<i32>(),
        ) {
            let (sum, own) = (i64::from(sum), i64::from(own));
            let squares = i128::from(sum) * i128::from(sum) / i128::from(count) + i128::from(more);
            let sums = Sums { count, sum, squares, ..Sums::default() };
            if let Some(small) = small_z_score(&sums, own) {
                prop_assert_eq!(small.map(f64::to_bits), wide_z_score(&sums, own).map(f64::to_bits));
            }
            prop_assert_eq!(product(count, own), wide(i128::from(count) * i128::from(own)));
        }
    }
}
