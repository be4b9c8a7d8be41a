//! Times in the forms that files mostly have.

use weir_events::Timestamp;

/// `2026-01-31 08:00:00` (UTC, if allowed) or `2026-01-31T08:00:00Z` with at most six digits of a fraction; `None`
/// for every other form, and for what is no time.
pub(crate) fn moment(text: &[u8], is_local_allowed: bool) -> Option<Timestamp> {
    let (main, rest) = text.split_first_chunk::<19>()?;
    let is_local = main[10] == b' ' && rest.is_empty() && is_local_allowed;
    let micros = if is_local { 0 } else { fraction(rest).filter(|_| main[10] == b'T')? };
    if main[4] != b'-' || main[7] != b'-' || main[13] != b':' || main[16] != b':' {
        return None;
    }
    let year = two(main[0], main[1])? * 100 + two(main[2], main[3])?;
    let (month, day) = (two(main[5], main[6])?, two(main[8], main[9])?);
    let (hour, minute, second) =
        (two(main[11], main[12])?, two(main[14], main[15])?, two(main[17], main[18])?);
    let is_time = (1_900..=9_998).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    let seconds = epoch_day(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    is_time.then(|| Timestamp::from_micros(seconds * 1_000_000 + micros))
}

/// Microseconds of `Z` or `.123456Z`.
fn fraction(rest: &[u8]) -> Option<i64> {
    let digits = match rest {
        b"Z" => return Some(0),
        [b'.', digits @ .., b'Z'] if (1..=6).contains(&digits.len()) => digits,
        _ => return None,
    };
    let mut micros = 0;
    for place in 0..6 {
        let digit = digits.get(place).copied().unwrap_or(b'0');
        micros = micros * 10 + i64::from(digit.is_ascii_digit().then(|| digit - b'0')?);
    }
    Some(micros)
}

fn two(tens: u8, ones: u8) -> Option<i64> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then_some(i64::from(tens) * 10 + i64::from(ones))
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a date of the Gregorian calendar, by years that begin in March.
const fn epoch_day(year: i64, month: i64, day: i64) -> i64 {
    let march_year = if month <= 2 { year - 1 } else { year };
    let march_month = (month + 9) % 12;
    let day_of_year = (153 * march_month + 2) / 5 + day - 1;
    march_year * 365 + march_year / 4 - march_year / 100 + march_year / 400 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::shop;

    proptest! {
        #[test]
        fn every_time_is_what_the_general_decoder_makes_of_it(micros in -2_208_988_800_000_000_i64..253_000_000_000_000_000) {
            let exact = Timestamp::from_micros(micros);
            let whole = Timestamp::from_seconds(micros.div_euclid(1_000_000));
            prop_assert_eq!(moment(exact.to_string().as_bytes(), false), Some(exact));
            let local = whole.to_string().replace('T', " ").replace(".000000Z", "");
            prop_assert_eq!(moment(local.as_bytes(), true), Some(whole));
        }

        #[test]
        fn what_is_read_here_is_read_alike_there(text in "(19|20|29)[0-9]{2}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,7})?Z?") {
            if let Some(moment) = moment(text.as_bytes(), true) {
                prop_assert_eq!(shop::moment(&text).ok(), Some(moment));
            }
        }
    }
}
