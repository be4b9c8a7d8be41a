//! Time zones: `UTC`, fixed offsets, and names of the IANA database with their daylight saving.

use chrono::{FixedOffset, LocalResult, NaiveDateTime, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::error::nearest;

/// The zone of local times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zone {
    /// Always as far from UTC.
    Fixed(FixedOffset),
    /// By the rules of a place.
    Named(Tz),
}

/// What a zone may be.
pub(crate) const EXPECTED: &str =
    "`UTC`, an offset such as `+02:00`, or a name of the IANA database such as `Europe/Berlin`";

impl Zone {
    /// The zone that a text names; the error is the nearest name.
    pub(crate) fn read(text: &str) -> Result<Self, Option<String>> {
        if matches!(text, "UTC" | "Z") {
            return Ok(Self::utc());
        }
        if let Ok(offset) = text.parse::<FixedOffset>() {
            return Ok(Self::Fixed(offset));
        }
        text.parse::<Tz>()
            .map(Self::Named)
            .map_err(|_| nearest(text, TZ_VARIANTS.iter().map(|zone| zone.name())))
    }

    pub(crate) fn utc() -> Self {
        Self::Named(Tz::UTC)
    }

    /// Microseconds since 1970 of a local time. One that happens twice, when clocks go back, is the earlier of the
    /// two; one that never happens, when they go forward, is `None`.
    pub(crate) fn micros(self, local: NaiveDateTime) -> Option<i64> {
        match self {
            Self::Named(Tz::UTC) => Some(local.and_utc().timestamp_micros()),
            Self::Fixed(offset) => micros(offset.from_local_datetime(&local)),
            Self::Named(zone) => micros(zone.from_local_datetime(&local)),
        }
    }
}

fn micros<Z: TimeZone>(found: LocalResult<chrono::DateTime<Z>>) -> Option<i64> {
    found.earliest().map(|moment| moment.timestamp_micros())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(zone: &str, local: &str) -> Option<String> {
        let local = NaiveDateTime::parse_from_str(local, "%Y-%m-%d %H:%M:%S").unwrap();
        let micros = Zone::read(zone).unwrap().micros(local)?;
        Some(weir_events::Timestamp::from_micros(micros).to_string()[..19].to_owned())
    }

    #[test]
    fn offsets_and_names_are_known() {
        assert_eq!(at("UTC", "2026-07-01 12:00:00").unwrap(), "2026-07-01T12:00:00");
        assert_eq!(at("+02:00", "2026-07-01 12:00:00").unwrap(), "2026-07-01T10:00:00");
        assert_eq!(at("-0330", "2026-07-01 12:00:00").unwrap(), "2026-07-01T15:30:00");
        assert_eq!(at("America/New_York", "2026-07-01 12:00:00").unwrap(), "2026-07-01T16:00:00");
        assert_eq!(Zone::read("Europe/Berln").unwrap_err().as_deref(), Some("Europe/Berlin"));
    }

    #[test]
    fn a_repeated_hour_is_the_earlier_and_a_skipped_one_is_none() {
        assert_eq!(at("Europe/Berlin", "2026-10-25 02:30:00").unwrap(), "2026-10-25T00:30:00");
        assert_eq!(at("Europe/Berlin", "2026-10-25 03:00:00").unwrap(), "2026-10-25T02:00:00");
        assert_eq!(at("Europe/Berlin", "2026-03-29 02:30:00"), None);
        assert_eq!(at("Europe/Berlin", "2026-03-29 03:00:00").unwrap(), "2026-03-29T01:00:00");
    }
}
