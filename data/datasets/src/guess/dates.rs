//! Which form of dates and times fits a column.

use super::sample::Column;
use crate::mapping::{Pattern, Zone};

/// How a column tells times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Times {
    /// By a pattern; the other one if day and month cannot be told apart.
    Calendar { pattern: String, other: Option<String>, is_date_only: bool },
    /// As a number of units since 1970.
    Epoch(&'static str),
}

const CLOCKS: [&str; 7] =
    ["", " %H:%M", " %H:%M:%S", " %H:%M:%S%.f", " %I:%M %p", " %I:%M:%S %p", "T%H:%M:%S%.f"];
const YEAR_FIRST: [&str; 4] = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"];
const NAMED_MONTHS: [&str; 6] = ["%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%b %d %Y", "%B %d, %Y"];

/// Years that a transaction of a dataset is from; outside of them a pattern does not fit.
const YEARS: std::ops::RangeInclusive<i64> = 0..=4_102_444_800;

/// The form that fits nine values in ten, if there is one.
pub(super) fn times(column: &Column) -> Option<Times> {
    if let Some(unit) = epoch(column) {
        return Some(Times::Epoch(unit));
    }
    let known = |date: &str| CLOCKS.map(|clock| format!("{date}{clock}"));
    let first = std::iter::once("iso".to_owned())
        .chain(YEAR_FIRST.into_iter().flat_map(known))
        .chain(["%Y%m%d%H%M%S".to_owned()])
        .chain(NAMED_MONTHS.into_iter().flat_map(known))
        .find_map(|pattern| fitting(column, &pattern).map(|_| pattern));
    if let Some(pattern) = first {
        return Some(calendar(pattern, None));
    }
    ambiguous(column)
}

/// Whether a column holds times of day, and in which form.
pub(super) fn clock(column: &Column) -> Option<&'static str> {
    let date = |value: &str| format!("2026-01-31 {value}");
    ["%H:%M:%S", "%H:%M", "%I:%M %p", "%I:%M:%S %p"].into_iter().find(|clock| {
        let pattern = Pattern::read(&format!("%Y-%m-%d {clock}"));
        pattern
            .is_some_and(|pattern| column.mostly(|value| pattern.moment(&date(value), Zone::utc()).is_some()))
    })
}

/// Dates with the day or the month first; the one that fits more rows, both if it is the same.
fn ambiguous(column: &Column) -> Option<Times> {
    for separator in ["/", ".", "-"] {
        for year in ["%Y", "%y"] {
            for clock in CLOCKS {
                let written =
                    |first: &str, second: &str| format!("{first}{separator}{second}{separator}{year}{clock}");
                let (day_first, month_first) = (written("%d", "%m"), written("%m", "%d"));
                match (fitting(column, &day_first), fitting(column, &month_first)) {
                    (None, None) => {}
                    (Some(left), Some(right)) if left == right => {
                        // Points are written where the day comes first; slashes mostly in the United States.
                        let is_day_first = separator == ".";
                        let (pattern, other) =
                            if is_day_first { (day_first, month_first) } else { (month_first, day_first) };
                        return Some(calendar(pattern, Some(other)));
                    }
                    (left, right) if left > right => return Some(calendar(day_first, None)),
                    _ => return Some(calendar(month_first, None)),
                }
            }
        }
    }
    None
}

fn calendar(pattern: String, other: Option<String>) -> Times {
    let is_date_only = pattern != "iso" && !pattern.contains("%H") && !pattern.contains("%I");
    Times::Calendar { pattern, other, is_date_only }
}

/// How many values fit a pattern, if they are nine in ten.
fn fitting(column: &Column, pattern: &str) -> Option<usize> {
    let pattern = Pattern::read(pattern)?;
    let fits = |value: &str| {
        let moment = pattern.moment(value, Zone::utc());
        moment.is_some_and(|moment| YEARS.contains(&moment.micros().div_euclid(1_000_000)))
    };
    // Most columns are no dates: a few values are enough to see it.
    let first = column.values.iter().take(20).filter(|value| fits(value)).count();
    if first * 2 < column.values.len().min(20) || column.values.is_empty() {
        return None;
    }
    let count = column.values.iter().filter(|value| fits(value)).count();
    (count * 10 >= column.values.len() * 9).then_some(count)
}

/// Seconds or milliseconds since 1970, from 2001 to 2096.
fn epoch(column: &Column) -> Option<&'static str> {
    let between = |least: i64| {
        column.mostly(|value| {
            let whole = value.split_once('.').map_or(value, |parts| parts.0);
            whole.parse::<i64>().is_ok_and(|number| (least..least * 4).contains(&number))
        })
    };
    if between(1_000_000_000) {
        return Some("seconds");
    }
    if between(1_000_000_000_000) { Some("milliseconds") } else { None }
}
