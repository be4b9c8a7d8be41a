//! Which column becomes which field.

use std::collections::BTreeMap;

use super::dates::{Times, times};
use super::names::{likeness, plain, targets};
use super::sample::{Column, Sample};
use super::shapes::{amounts, devices, flags, integers, is_card, is_currency, is_email, is_ip};

/// Why a column was taken for a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Because {
    Name,
    Values,
}

/// The column of each target.
pub(super) type Choices = BTreeMap<&'static str, (usize, Because)>;

/// Names that hold dates of persons, never of transactions.
const BIRTH: [&str; 2] = ["dob", "birth"];

/// The best column for each target, the surest first; no column twice.
pub(super) fn choose(sample: &Sample) -> Choices {
    let mut scored = Vec::new();
    for (index, column) in sample.columns.iter().enumerate() {
        for (target, synonyms) in targets() {
            let by_name = likeness(&column.name, synonyms);
            let because = if by_name > 0.0 { Because::Name } else { Because::Values };
            if let Some(by_values) = fit(target, column, by_name > 0.0) {
                let score = by_name + by_values;
                if score > 0.0 {
                    scored.push((score, target, index, because));
                }
            }
        }
    }
    scored.sort_by(|left, right| right.0.total_cmp(&left.0));
    let mut choices = Choices::new();
    for (_, target, index, because) in scored {
        let is_taken = choices.values().any(|choice| choice.0 == index);
        if !is_taken && !choices.contains_key(target) {
            choices.insert(target, (index, because));
        }
    }
    choices
}

/// Whether the values of a column can be those of a target, and how much they say so by themselves.
fn fit(target: &str, column: &Column, is_named: bool) -> Option<f64> {
    let when = |fits: bool, alone: f64| fits.then_some(alone);
    let is_birth = BIRTH.iter().any(|part| plain(&column.name).contains(part));
    match target {
        "transaction_id" => when(column.is_unique(), 0.0),
        "occurred_at" | "known_at" if is_birth => None,
        "occurred_at" => match times(column) {
            Some(Times::Calendar { is_date_only, .. }) => Some(if is_date_only { 0.2 } else { 0.3 }),
            Some(Times::Epoch(_)) => when(is_named, 0.1),
            None => when(is_named && is_count(column), 0.0),
        },
        "known_at" => when(matches!(times(column), Some(Times::Calendar { .. })), 0.0),
        "amount_minor" => {
            let amounts = amounts(column)?;
            let has_cents =
                amounts.digits == 2 && column.mostly(|value| value.contains(amounts.numbers.decimal));
            Some(if has_cents || !amounts.symbol.is_empty() { 0.15 } else { 0.0 })
        }
        "currency" => when(column.mostly(is_currency), 0.0),
        "is_fraud" => when(flags(column).is_some(), 0.0),
        "quantity" => when(integers(column, 1, 1_000_000_000), 0.0),
        "customer_age" => when(integers(column, -100, 150), 0.0),
        "account_age_days" => when(integers(column, 0, 100_000), 0.0),
        "device_type" => when(devices(column).is_some(), 0.0),
        "ip_address" => when(column.mostly(is_ip), 0.4),
        "email" => when(column.mostly(is_email), 0.4),
        "card_id" => {
            let is_number = column.values.len() > 10 && column.mostly(is_card);
            Some(if is_number { 0.3 } else { 0.0 })
        }
        _ => when(!column.values.is_empty(), 0.0),
    }
}

/// Whether a column counts time in plain numbers.
pub(super) fn is_count(column: &Column) -> bool {
    column.mostly(|value| value.parse::<f64>().is_ok_and(|number| number >= 0.0))
}
