//! Texts with a date in them.

use chrono::{Days, NaiveDate};

/// What may stand in braces.
pub(crate) const NAMES: &str = "{date}, {next_date}, {year}, {month}, {day}";

/// The text with the date filled in.
pub(crate) fn filled(text: &str, date: NaiveDate) -> String {
    let next = date.checked_add_days(Days::new(1)).unwrap_or(date);
    text.replace("{date}", &date.format("%Y-%m-%d").to_string())
        .replace("{next_date}", &next.format("%Y-%m-%d").to_string())
        .replace("{year}", &date.format("%Y").to_string())
        .replace("{month}", &date.format("%m").to_string())
        .replace("{day}", &date.format("%d").to_string())
}

/// Whether the text says which date.
pub(crate) fn has_date(text: &str) -> bool {
    text.contains("{date}") || text.contains("{day}") || text.contains("{next_date}")
}

/// The first word in braces that is not known.
pub(crate) fn unknown(text: &str) -> Option<&str> {
    let known = ["date", "next_date", "year", "month", "day"];
    text.split('{')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0))
        .find(|name| !known.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_filled_in_in_every_form() {
        let date = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
        let text = "{date} {next_date} {year}/{month}/{day}";
        assert_eq!(filled(text, date), "2026-12-31 2027-01-01 2026/12/31");
        assert_eq!(unknown("a/{date}/{hour}"), Some("hour"));
        assert!(has_date("{year}/{month}/{day}") && !has_date("{year}"));
    }
}
