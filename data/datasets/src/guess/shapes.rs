//! What the values of a column look like.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::sample::Column;
use crate::mapping::NumberForm;

/// Amounts of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Amounts {
    pub(super) numbers: NumberForm,
    pub(super) symbol: String,
    /// Most digits after the decimal separator.
    pub(super) digits: usize,
    /// Whether the separator may as well be one of thousands.
    pub(super) is_ambiguous: bool,
}

const SYMBOLS: [&str; 6] = ["$", "€", "£", "¥", "₹", "R$"];

/// How a column writes amounts, if it does.
pub(super) fn amounts(column: &Column) -> Option<Amounts> {
    let symbol = SYMBOLS
        .into_iter()
        .find(|symbol| column.mostly(|value| value.starts_with(symbol) || value.ends_with(symbol)));
    let symbol = symbol.unwrap_or_default();
    let bare = |value: &str| value.trim_matches(|letter: char| symbol.contains(letter)).trim().to_owned();
    let forms = [('.', None), (',', None), ('.', Some(',')), (',', Some('.')), (',', Some(' '))];
    let forms = forms.map(|(decimal, thousands)| NumberForm { decimal, thousands });
    let fits = |form: &NumberForm| {
        column.mostly(|value| form.float(&bare(value)).is_some_and(|number| number.abs() < 1e15))
    };
    let count =
        |form: &NumberForm| column.values.iter().filter(|value| form.float(&bare(value)).is_some()).count();
    // The first of those that fit the most values.
    let numbers = forms.into_iter().rev().filter(fits).max_by_key(count)?;
    let fractions: Vec<usize> = column
        .values
        .iter()
        .filter_map(|value| {
            bare(value)
                .split_once(numbers.decimal)
                .map(|parts| parts.1.trim_end_matches('0').len().max(parts.1.len().min(2)))
        })
        .collect();
    let digits = fractions.iter().copied().max().unwrap_or(0);
    let is_thousand =
        |value: &str| bare(value).split_once(numbers.decimal).is_some_and(|parts| parts.1.len() == 3);
    let with_separator = column.values.iter().filter(|value| value.contains(numbers.decimal)).count();
    let is_ambiguous = numbers.thousands.is_none()
        && with_separator > 0
        && column
            .values
            .iter()
            .filter(|value| value.contains(numbers.decimal))
            .all(|value| is_thousand(value));
    Some(Amounts { numbers, symbol: symbol.to_owned(), digits, is_ambiguous })
}

/// Whether a column holds whole numbers between two limits.
pub(super) fn integers(column: &Column, least: i64, most: i64) -> bool {
    let form = NumberForm::default();
    column.mostly(|value| form.integer(value).is_some_and(|number| (least..=most).contains(&number)))
}

pub(super) fn is_email(value: &str) -> bool {
    let parts = value.split_once('@');
    parts.is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.') && !value.contains(' '))
}

pub(super) fn is_ip(value: &str) -> bool {
    value.parse::<IpAddr>().is_ok()
}

/// A number of 13 to 19 digits whose last one fits the others (Luhn).
pub(super) fn is_card(value: &str) -> bool {
    let digits: Vec<u32> = value
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '-'))
        .map_while(|letter| letter.to_digit(10))
        .collect();
    let is_whole = digits.len() == value.chars().filter(|letter| !matches!(letter, ' ' | '-')).count();
    let doubled =
        |index: usize, digit: u32| if index % 2 == 1 { digit * 2 - 9 * u32::from(digit > 4) } else { digit };
    let sum: u32 = digits.iter().rev().enumerate().map(|(index, digit)| doubled(index, *digit)).sum();
    is_whole && (13..=19).contains(&digits.len()) && sum.is_multiple_of(10)
}

pub(super) fn is_currency(value: &str) -> bool {
    value.len() == 3 && value.bytes().all(|byte| byte.is_ascii_uppercase())
}

const YES: [&str; 9] = ["1", "true", "yes", "t", "y", "fraud", "fraudulent", "chargeback", "bad"];
const NO: [&str; 13] = [
    "0",
    "false",
    "no",
    "f",
    "n",
    "legit",
    "legitimate",
    "genuine",
    "normal",
    "good",
    "ok",
    "non-fraud",
    "not fraud",
];

/// The words of a column for true and for false, if it has no others.
pub(super) fn flags(column: &Column) -> Option<(Vec<&str>, Vec<&str>)> {
    let words = column.words(4).filter(|words| !words.is_empty())?;
    let is_among = |list: &[&str], word: &str| list.iter().any(|known| known.eq_ignore_ascii_case(word));
    let yes: Vec<&str> = words.iter().copied().filter(|word| is_among(&YES, word)).collect();
    let no: Vec<&str> = words.iter().copied().filter(|word| is_among(&NO, word)).collect();
    (yes.len() + no.len() == words.len()).then_some((yes, no))
}

const DEVICES: [(&str, &[&str]); 3] = [
    ("desktop", &["desktop", "pc", "computer", "laptop", "web", "windows", "mac", "macos", "linux"]),
    ("mobile", &["mobile", "phone", "smartphone", "android", "ios", "iphone", "app", "mobile web"]),
    ("tablet", &["tablet", "ipad"]),
];

/// What the words of a column mean as kinds of devices, those that mean themselves left out; `None` if one is strange.
pub(super) fn devices(column: &Column) -> Option<BTreeMap<String, &'static str>> {
    let mut values = BTreeMap::new();
    for word in column.words(20).filter(|words| !words.is_empty())? {
        let lower = word.to_lowercase();
        let device = DEVICES.iter().find(|device| device.1.contains(&lower.as_str()))?.0;
        if lower != device {
            values.insert(word.to_owned(), device);
        }
    }
    Some(values)
}
