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

    /// This moment moved by `micros` microseconds, saturating at the ends of the range.
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
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
        serializer.serialize_str(&self.to_string())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::parse(deserializer)
    }
}
