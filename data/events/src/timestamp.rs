//! A moment in UTC, in microseconds since 1970-01-01.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment in UTC with microsecond resolution; text form RFC 3339 (`2026-01-31T08:00:00.000000Z`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// The text is not an RFC 3339 moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an RFC 3339 time such as `2026-01-31T08:00:00Z`")]
pub struct TimestampError;

impl Timestamp {
    /// A moment from microseconds since 1970-01-01T00:00:00Z.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// A moment from whole seconds since 1970-01-01T00:00:00Z, saturating at the ends of the range.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whether it lies in the years 1900 to 9999, as the times of events must.
    pub const fn is_in_range(self) -> bool {
        const FIRST: i64 = -2_208_988_800_000_000;
        const END: i64 = 253_402_300_800_000_000;
        FIRST <= self.0 && self.0 < END
    }

    /// Days since 1970-01-01, in UTC; rounds towards the past.
    #[inline]
    pub const fn epoch_day(self) -> i32 {
        self.0.div_euclid(86_400_000_000) as i32
    }

    /// Second within the UTC day, 0 to 86,399.
    #[inline]
    pub const fn second_of_day(self) -> u32 {
        (self.0.rem_euclid(86_400_000_000) / 1_000_000) as u32
    }

    /// `2026-01-31T08:00:00.000000Z`, of a moment in the years 1900 to 9999. The date is found as by H. Hinnant,
    /// "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
    fn digits(self) -> [u8; 27] {
        let shifted = i64::from(self.epoch_day()) + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let second = i64::from(self.second_of_day());
        let mut digits = *b"0000-00-00T00:00:00.000000Z";
        let mut put = |from: usize, size: usize, mut value: i64| {
            for digit in digits[from..from + size].iter_mut().rev() {
                *digit = b'0' + value.rem_euclid(10) as u8;
                value /= 10;
            }
        };
        put(0, 4, year);
        put(5, 2, month);
        put(8, 2, day);
        put(11, 2, second / 3_600);
        put(14, 2, second / 60 % 60);
        put(17, 2, second % 60);
        put(20, 6, self.0.rem_euclid(1_000_000));
        digits
    }

    /// Its text form, unless it lies outside the years 1900 to 9999.
    pub(crate) fn usual_text(self) -> Option<[u8; 27]> {
        self.is_in_range().then(|| self.digits())
    }

    /// This moment moved by `micros` microseconds, saturating at the ends of the range.
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_in_range() {
            let digits = self.digits();
            return formatter.write_str(std::str::from_utf8(&digits).map_err(|_| fmt::Error)?);
        }
        match DateTime::<Utc>::from_timestamp_micros(self.0) {
            Some(moment) => formatter.write_str(&moment.to_rfc3339_opts(SecondsFormat::Micros, true)),
            None => write!(formatter, "{}us", self.0),
        }
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        let moment = DateTime::parse_from_rfc3339(text).map_err(|_| TimestampError)?;
        Ok(Self(moment.timestamp_micros()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_in_range() {
            let digits = self.digits();
            return serializer.serialize_str(
                std::str::from_utf8(&digits).map_err(<S::Error as serde::ser::Error>::custom)?,
            );
        }
        serializer.serialize_str(&self.to_string())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::parse(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_text_is_that_of_the_calendar(micros in -2_208_988_800_000_000_i64..253_402_300_800_000_000) {
            let expected = DateTime::<Utc>::from_timestamp_micros(micros).unwrap();
            let expected = expected.to_rfc3339_opts(SecondsFormat::Micros, true);
            prop_assert_eq!(Timestamp::from_micros(micros).to_string(), expected);
        }
    }
}
