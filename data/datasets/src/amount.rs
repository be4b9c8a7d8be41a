//! Decimal amounts as minor units, exactly.

/// Minor units of a decimal text with `exponent` digits after the point; `None` if it is not a plain decimal
/// number of 0 or more, is finer than a minor unit, or does not fit.
pub(crate) fn minor_units(text: &str, exponent: u32) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let (kept, rest) = fraction.split_at(fraction.len().min(exponent as usize));
    if rest.bytes().any(|digit| digit != b'0') {
        return None;
    }
    let missing = exponent as usize - kept.len();
    let digits = whole.bytes().chain(kept.bytes()).chain(std::iter::repeat_n(b'0', missing));
    digits
        .map(|digit| i64::from(digit - b'0'))
        .try_fold(0_i64, |sum, digit| sum.checked_mul(10)?.checked_add(digit))
}

/// The same, but what is finer than a minor unit is rounded, halves upwards.
pub(crate) fn rounded_minor_units(text: &str, exponent: u32) -> Option<i64> {
    let Some((whole, fraction)) = text.split_once('.').filter(|parts| parts.1.len() > exponent as usize)
    else {
        return minor_units(text, exponent);
    };
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (kept, rest) = fraction.split_at(exponent as usize);
    let is_up = rest.as_bytes().first().is_some_and(|digit| *digit >= b'5');
    let whole = if whole.is_empty() { "0" } else { whole };
    minor_units(&format!("{whole}.{kept}"), exponent)?.checked_add(i64::from(is_up))
}

/// Minor units of an amount that a file holds in binary floating point: the nearest, if it is one of those whose
/// decimal form the number stands for.
#[inline]
pub fn nearest_minor_units(major: f64, minor_per_major: i64) -> Option<i64> {
    let minor = major * minor_per_major as f64;
    let nearest = rounded(minor);
    let is_exact = (minor - nearest).abs() <= 1e-6 * nearest.abs().max(1.0);
    ((0.0..9e15).contains(&nearest) && is_exact).then_some(nearest as i64)
}

/// The nearest whole number, halves away from 0; without the call that rounding is on processors of old.
fn rounded(number: f64) -> f64 {
    const EXACT: f64 = (1_u64 << 52) as f64;
    if !(0.0..EXACT).contains(&number) {
        return number.round();
    }
    let whole = (number as i64) as f64;
    // Without a branch: what is left over lies on either side of 0 by chance.
    whole + f64::from(u8::from(number - whole >= 0.5))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rounding_is_that_of_the_standard(whole in 0_u32..9, minor in -1e16..1e16_f64, half in 0_u64..1 << 54) {
            for number in [minor, f64::from(whole) * 0.25, half as f64 / 2.0, (half as f64 / 2.0).next_down()] {
                prop_assert_eq!(rounded(number).to_bits(), number.round().to_bits());
            }
        }
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(minor_units("42.32", 2), Some(4_232));
        assert_eq!(minor_units("0.29", 2), Some(29));
        assert_eq!(minor_units("7", 2), Some(700));
        assert_eq!(minor_units("7.5", 2), Some(750));
        assert_eq!(minor_units(".5", 2), Some(50));
        assert_eq!(minor_units("7.500", 2), Some(750));
        assert_eq!(minor_units("120", 0), Some(120));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in
            ["", ".", "-1", "+1", "1e3", "1,000", "0.001", "ten", "1.2.3", "99999999999999999999", "NaN"]
        {
            assert_eq!(minor_units(text, 2), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn both_ways_agree(minor in 0_i64..1_000_000_000_000) {
            let text = format!("{}.{:02}", minor / 100, minor % 100);
            prop_assert_eq!(minor_units(&text, 2), Some(minor));
            let float: f64 = text.parse().unwrap();
            prop_assert_eq!(nearest_minor_units(float, 100), Some(minor));
        }
    }
}
