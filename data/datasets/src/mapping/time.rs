//! How a column tells a time.

use weir_events::Timestamp;

use super::document::Table;
use super::error::{MappingError, nearest};
use super::pattern::Pattern;
use super::zone::{self, Zone};

/// How a column tells a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TimeForm {
    /// A date with a time of day, in the first form that fits.
    Calendar { patterns: Vec<Pattern>, zone: Zone },
    /// A number of units since a moment.
    Count { unit_micros: i64, since: Timestamp },
}

/// Units of counted times in microseconds.
const UNITS: [(&str, i64); 6] = [
    ("microseconds", 1),
    ("milliseconds", 1_000),
    ("seconds", 1_000_000),
    ("minutes", 60_000_000),
    ("hours", 3_600_000_000),
    ("days", 86_400_000_000),
];

/// Keys of a time.
pub(crate) const KEYS: [&str; 4] = ["format", "zone", "unit", "since"];

/// Digits of a fraction that can matter: a day has 10^11 microseconds.
const FRACTION_DIGITS: usize = 12;

impl TimeForm {
    /// ISO in UTC: the form of the shop's own files.
    pub(crate) fn iso() -> Self {
        Self::Calendar { patterns: vec![Pattern::Iso], zone: Zone::utc() }
    }

    /// The keys `format` and `zone`, or `unit` and `since`.
    pub(crate) fn read(table: &Table<'_>) -> Result<Self, MappingError> {
        if let Some(key) = ["unit", "since"].into_iter().find(|key| table.has(key)) {
            if let Some(other) = ["format", "zone"].into_iter().find(|other| table.has(other)) {
                return Err(table.error(
                    other,
                    format!("either `format` and `zone` or `unit` and `since`, found `{key}` too"),
                ));
            }
            return counted(table);
        }
        let patterns = match table.texts("format")? {
            None => vec![Pattern::Iso],
            Some(texts) if texts.is_empty() => return Err(unreadable(table)),
            Some(texts) => texts
                .into_iter()
                .map(|text| Pattern::read(text).ok_or_else(|| unreadable(table)))
                .collect::<Result<_, _>>()?,
        };
        if table.has("zone") && patterns.iter().all(Pattern::has_offset) {
            return Err(table.error("zone", "no zone, since the format reads each value's own"));
        }
        Ok(Self::Calendar { patterns, zone: read_zone(table)? })
    }

    /// The moment of a text.
    pub(crate) fn moment(&self, text: &str) -> Option<Timestamp> {
        match self {
            Self::Calendar { patterns, zone } => {
                patterns.iter().find_map(|pattern| pattern.moment(text, *zone))
            }
            Self::Count { unit_micros, since } => {
                let micros = counted_micros(text, *unit_micros)?;
                Some(Timestamp::from_micros(since.micros().checked_add(micros)?))
            }
        }
    }

    /// What a value should look like.
    pub(crate) fn expected(&self) -> String {
        match self {
            Self::Calendar { patterns, .. } if patterns[..] == [Pattern::Iso] => {
                "a time such as `2026-01-31 08:00:00` or RFC 3339".to_owned()
            }
            Self::Calendar { patterns, .. } => {
                let texts: Vec<String> =
                    patterns.iter().map(|pattern| format!("`{}`", pattern.text())).collect();
                format!("a time of the form {} that exists in its zone", texts.join(" or "))
            }
            Self::Count { unit_micros, .. } => {
                let unit = UNITS.iter().find(|unit| unit.1 == *unit_micros).map_or("units", |unit| unit.0);
                format!("a number of {unit}")
            }
        }
    }
}

fn unreadable(table: &Table<'_>) -> MappingError {
    let expected = "`iso`, or a strftime pattern that gives a day, such as `%d.%m.%Y %H:%M:%S`";
    table.error("format", expected)
}

fn read_zone(table: &Table<'_>) -> Result<Zone, MappingError> {
    let Some(text) = table.text("zone")? else { return Ok(Zone::utc()) };
    Zone::read(text).map_err(|nearest| MappingError { nearest, ..table.error("zone", zone::EXPECTED) })
}

fn counted(table: &Table<'_>) -> Result<TimeForm, MappingError> {
    let names = UNITS.map(|unit| unit.0);
    let Some(name) = table.text("unit")? else {
        return Err(table.error("since", format!("`unit` beside it: one of {}", names.join(", "))));
    };
    let Some((_, unit_micros)) = UNITS.into_iter().find(|unit| unit.0 == name) else {
        let error = table.error("unit", format!("one of {}", names.join(", ")));
        return Err(MappingError { nearest: nearest(name, names), ..error });
    };
    let since = match table.text("since")? {
        None => Timestamp::default(),
        Some(text) => text
            .parse()
            .map_err(|_| table.error("since", "an RFC 3339 time such as `2026-01-31T08:00:00Z`"))?,
    };
    Ok(TimeForm::Count { unit_micros, since })
}

/// Microseconds of a decimal number of units; what is finer than a microsecond is cut off.
fn counted_micros(text: &str, unit_micros: i64) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let fraction = &fraction[..fraction.len().min(FRACTION_DIGITS)];
    let whole = i128::from(whole.parse::<i64>().ok()?) * i128::from(unit_micros);
    let scale = 10_i128.pow(fraction.len() as u32);
    let part = fraction.parse::<i128>().unwrap_or(0) * i128::from(unit_micros) / scale;
    i64::try_from(sign * (whole + part)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_exact() {
        assert_eq!(counted_micros("1", 3_600_000_000), Some(3_600_000_000));
        assert_eq!(counted_micros("1769846400.123456", 1_000_000), Some(1_769_846_400_123_456));
        assert_eq!(counted_micros("-0.5", 86_400_000_000), Some(-43_200_000_000));
        for wrong in ["", ".", "1e3", "1,5", "99999999999999999999", "9000000000000000000"] {
            assert_eq!(counted_micros(wrong, 1_000_000), None, "{wrong}");
        }
    }
}
