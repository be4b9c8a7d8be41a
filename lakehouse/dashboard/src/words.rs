//! Values as people read them.

use weir_events::{Currency, EntityKey, LabelSource, Mark, ModelRole, Outcome, Timestamp};

/// An amount in major units: `1234.50 EUR`.
pub(crate) fn money(amount_minor: i64, currency: Currency) -> String {
    let exponent = currency.exponent() as usize;
    let unit = currency.minor_per_major().unsigned_abs();
    let sign = if amount_minor < 0 { "-" } else { "" };
    let minor = amount_minor.unsigned_abs();
    if exponent == 0 {
        return format!("{sign}{minor} {currency}");
    }
    format!("{sign}{}.{:0exponent$} {currency}", minor / unit, minor % unit)
}

/// The first 32 bits of a pseudonym: enough to tell two apart on a page.
pub(crate) fn short_key(key: &EntityKey) -> String {
    format!("{} {:08x}…", key.kind.name(), key.short())
}

/// A number with at most four decimals; very small ones in scientific form.
pub(crate) fn number(value: f64) -> String {
    if value != 0.0 && value.abs() < 0.0001 {
        return format!("{value:.2e}");
    }
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A feature's value; NaN stands for a missing one.
pub(crate) fn value(value: Option<f64>) -> String {
    value.filter(|value| !value.is_nan()).map_or_else(|| "missing".to_owned(), number)
}

/// A probability in percent.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// `2026-01-31 08:00:00.123 UTC`.
pub(crate) fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    match text.split_once('T') {
        Some((day, clock)) => format!("{day} {} UTC", clock.get(..12).unwrap_or(clock)),
        None => text,
    }
}

/// A duration in milliseconds.
pub(crate) fn milliseconds(micros: i64) -> String {
    format!("{:.1} ms", micros.max(0) as f64 / 1_000.0)
}

pub(crate) const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Approve => "approve",
        Outcome::Review => "review",
        Outcome::Decline => "decline",
    }
}

pub(crate) const fn role(role: ModelRole) -> &'static str {
    match role {
        ModelRole::Champion => "champion",
        ModelRole::Challenger => "challenger",
    }
}

pub(crate) const fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::Tiled => "tiled: some features were made from time tiles",
        Mark::Late => "late: older than the horizon, decided but not remembered",
        Mark::Clock => "clock: dated ahead of its arrival, decided but not remembered",
        Mark::Degraded => "degraded: a part was missing when it was decided",
    }
}

pub(crate) const fn source(source: LabelSource) -> &'static str {
    match source {
        LabelSource::Chargeback => "a chargeback",
        LabelSource::Analyst => "an analyst",
        LabelSource::Customer => "the customer",
        LabelSource::Other => "another source",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_follows_the_currency() {
        let of = |amount, code: &str| money(amount, code.parse().unwrap());
        assert_eq!(of(123_450, "EUR"), "1234.50 EUR");
        assert_eq!(of(5, "EUR"), "0.05 EUR");
        assert_eq!(of(-5, "EUR"), "-0.05 EUR");
        assert_eq!(of(1234, "JPY"), "1234 JPY");
        assert_eq!(of(1234, "KWD"), "1.234 KWD");
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(number(4.0), "4");
        assert_eq!(number(0.25), "0.25");
        assert_eq!(number(0.000_012_3), "1.23e-5");
        assert_eq!(number(1e6), "1000000");
        assert_eq!(value(Some(f64::NAN)), "missing");
        assert_eq!(value(None), "missing");
    }

    #[test]
    fn moments_are_cut_to_milliseconds() {
        assert_eq!(moment(Timestamp::from_micros(1_234_567)), "1970-01-01 00:00:01.234 UTC");
        assert_eq!(moment(Timestamp::from_seconds(0)), "1970-01-01 00:00:00.000 UTC");
    }
}
