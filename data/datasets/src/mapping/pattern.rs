//! One form of dates and times.

use std::fmt::Write;
use std::ops::Range;

use chrono::format::{Fixed, Item, Parsed, StrftimeItems, parse};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use weir_events::Timestamp;

use super::zone::Zone;

/// One form of dates and times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// `2026-01-31 08:00:00`, with a fraction or not, in the zone of the column; or RFC 3339 with its own zone.
    Iso,
    /// Conversions as `strftime` has them.
    Items { text: String, items: Vec<Item<'static>>, has_offset: bool },
}

/// A moment whose parts all differ: 2026-11-23 17:04:09.
const PROBE_SECONDS: i64 = 1_795_453_449;

impl Pattern {
    /// The pattern of a text; `None` if chrono does not know a conversion or no date comes of it.
    pub(crate) fn read(text: &str) -> Option<Self> {
        if text == "iso" {
            return Some(Self::Iso);
        }
        let items = StrftimeItems::new(text).parse_to_owned().ok()?;
        let has_offset = items.iter().any(is_offset);
        let pattern = Self::Items { text: text.to_owned(), items, has_offset };
        pattern.reads_back().then_some(pattern)
    }

    /// Whether a value says its zone itself.
    pub(crate) const fn has_offset(&self) -> bool {
        matches!(self, Self::Items { has_offset: true, .. })
    }

    /// As the mapping writes it.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Iso => "iso",
            Self::Items { text, .. } => text,
        }
    }

    /// The moment of a text; `None` if it is of another form or never happens in that zone.
    pub(crate) fn moment(&self, text: &str, zone: Zone) -> Option<Timestamp> {
        match self {
            Self::Iso => match iso(text) {
                Some(local) => zone.micros(local).map(Timestamp::from_micros),
                None => text.parse().ok(),
            },
            Self::Items { items, has_offset, .. } => {
                let mut parsed = Parsed::new();
                parse(&mut parsed, text, items.iter()).ok()?;
                let micros = if *has_offset {
                    parsed.to_datetime().ok()?.timestamp_micros()
                } else {
                    zone.micros(local(&mut parsed)?)?
                };
                Some(Timestamp::from_micros(micros))
            }
        }
    }

    /// Whether the day of a written moment reads back.
    fn reads_back(&self) -> bool {
        let (Self::Items { items, .. }, Some(probe)) = (self, DateTime::from_timestamp(PROBE_SECONDS, 0))
        else {
            return false;
        };
        let mut written = String::new();
        let is_written = write!(written, "{}", probe.format_with_items(items.iter())).is_ok();
        let day = Timestamp::from_seconds(PROBE_SECONDS).epoch_day();
        is_written && self.moment(&written, Zone::utc()).is_some_and(|moment| moment.epoch_day() == day)
    }
}

/// `2026-01-31 08:00:00` digit by digit, since most times are of this form; with a fraction as chrono reads it.
fn iso(text: &str) -> Option<NaiveDateTime> {
    let bytes = text.as_bytes();
    if bytes.len() != ISO.len() || bytes.iter().zip(ISO).any(|(byte, form)| !is_like(*byte, *form)) {
        return NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").ok();
    }
    let number = |range: Range<usize>| {
        bytes[range].iter().fold(0, |number, digit| 10 * number + u32::from(digit - b'0'))
    };
    let date = NaiveDate::from_ymd_opt(number(0..4).cast_signed(), number(5..7), number(8..10))?;
    // A leap second is left to chrono.
    let time = NaiveTime::from_hms_opt(number(11..13), number(14..16), number(17..19));
    match time {
        Some(time) => Some(date.and_time(time)),
        None => NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").ok(),
    }
}

/// The form of most times: a digit where there is a zero.
const ISO: &[u8; 19] = b"0000-00-00 00:00:00";

const fn is_like(byte: u8, form: u8) -> bool {
    if form == b'0' { byte.is_ascii_digit() } else { byte == form }
}

/// A date without a time is its midnight, an hour without minutes its beginning.
fn local(parsed: &mut Parsed) -> Option<NaiveDateTime> {
    if let Ok(whole) = parsed.to_naive_datetime_with_offset(0) {
        return Some(whole);
    }
    let date = parsed.to_naive_date().ok()?;
    let has_time = parsed.hour_mod_12().is_some() || parsed.hour_div_12().is_some();
    if has_time && parsed.minute().is_none() {
        parsed.set_minute(0).ok()?;
    }
    let time = if has_time { parsed.to_naive_time().ok()? } else { NaiveTime::MIN };
    Some(date.and_time(time))
}

const fn is_offset(item: &Item<'_>) -> bool {
    matches!(
        item,
        Item::Fixed(
            Fixed::TimezoneOffset
                | Fixed::TimezoneOffsetColon
                | Fixed::TimezoneOffsetDoubleColon
                | Fixed::TimezoneOffsetTripleColon
                | Fixed::TimezoneOffsetColonZ
                | Fixed::TimezoneOffsetZ
                | Fixed::RFC2822
                | Fixed::RFC3339
        )
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pattern: &str, text: &str) -> Option<String> {
        Pattern::read(pattern).unwrap().moment(text, Zone::utc()).map(|moment| moment.to_string())
    }

    #[test]
    fn common_forms_read() {
        for (pattern, text) in [
            ("%d.%m.%Y %H:%M:%S", "31.01.2026 08:00:00"),
            ("%m/%d/%y %I:%M %p", "01/31/26 8:00 AM"),
            ("%b %d, %Y %H", "Jan 31, 2026 08"),
            ("%Y%m%dT%H%M%S%z", "20260131T100000+0200"),
            ("iso", "2026-01-31 08:00:00"),
            ("iso", "2026-01-31T10:00:00+02:00"),
            ("%s", "1769846400"),
        ] {
            assert_eq!(read(pattern, text).as_deref(), Some("2026-01-31T08:00:00.000000Z"), "{pattern}");
        }
        assert_eq!(read("%d/%m/%Y", "31/01/2026").as_deref(), Some("2026-01-31T00:00:00.000000Z"));
        assert_eq!(read("%d/%m/%Y", "01/31/2026"), None);
    }

    #[test]
    fn digits_read_as_chrono_reads_them() {
        for text in [
            "2026-01-31 23:59:59",
            "2026-01-31 23:59:60",
            "2026-02-30 00:00:00",
            "0000-01-01 24:00:00",
            "2026-01-31T08:00:00",
        ] {
            let expected = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").ok();
            assert_eq!(iso(text), expected, "{text}");
        }
    }

    #[test]
    fn a_pattern_that_gives_no_date_is_refused() {
        for text in ["", "YYYY-MM-DD", "%H:%M", "%Y-%m", "%Q", "%Y-%m-%d %"] {
            assert_eq!(Pattern::read(text), None, "{text}");
        }
    }
}
