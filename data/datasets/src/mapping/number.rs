//! How a file writes numbers.

use std::borrow::Cow;

use super::document::Table;
use super::error::{MappingError, nearest};
use crate::amount::{minor_units, rounded_minor_units};

/// Separators of a file's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NumberForm {
    pub(crate) decimal: char,
    pub(crate) thousands: Option<char>,
}

impl Default for NumberForm {
    fn default() -> Self {
        Self { decimal: '.', thousands: None }
    }
}

impl NumberForm {
    /// The same number with a point and no thousands; `None` if the separators stand where they cannot.
    pub(crate) fn plain(self, text: &str) -> Option<Cow<'_, str>> {
        if self == Self::default() {
            return Some(Cow::Borrowed(text));
        }
        let (whole, fraction) = match text.split_once(self.decimal) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        let mut plain = String::with_capacity(text.len());
        match self.thousands.filter(|separator| whole.contains(*separator)) {
            None => plain.push_str(whole),
            Some(separator) => {
                for (index, group) in whole.split(separator).enumerate() {
                    let digits = if index == 0 { group.trim_start_matches('-') } else { group };
                    let fits = if index == 0 { (1..=3).contains(&digits.len()) } else { digits.len() == 3 };
                    if !fits || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                        return None;
                    }
                    plain.push_str(group);
                }
            }
        }
        if plain.contains('.') || fraction.is_some_and(|digits| digits.contains('.')) {
            return None;
        }
        if let Some(fraction) = fraction {
            plain.push('.');
            plain.push_str(fraction);
        }
        Some(Cow::Owned(plain))
    }

    /// A whole number; `3.0` is one, as tables with gaps write it.
    pub(crate) fn integer(self, text: &str) -> Option<i64> {
        let plain = self.plain(text)?;
        let whole = plain.split_once('.').map_or(&*plain, |(whole, fraction)| {
            if fraction.bytes().all(|digit| digit == b'0') { whole } else { &plain }
        });
        whole.parse().ok()
    }

    /// A finite number.
    pub(crate) fn float(self, text: &str) -> Option<f64> {
        self.plain(text)?.parse::<f64>().ok().filter(|number| number.is_finite())
    }
}

/// How a column writes amounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AmountForm {
    pub(crate) numbers: NumberForm,
    pub(crate) is_minor: bool,
    pub(crate) symbol: String,
    pub(crate) is_rounded: bool,
}

/// Keys of an amount.
pub(crate) const KEYS: [&str; 3] = ["unit", "symbol", "round"];

impl AmountForm {
    /// The keys `unit`, `symbol` and `round`.
    pub(crate) fn read(table: &Table<'_>, numbers: NumberForm) -> Result<Self, MappingError> {
        let is_minor = match table.text("unit")? {
            None | Some("major") => false,
            Some("minor") => true,
            Some(other) => {
                let error = table.error("unit", "`major` or `minor`");
                return Err(MappingError { nearest: nearest(other, ["major", "minor"]), ..error });
            }
        };
        let symbol = table.text("symbol")?.unwrap_or_default().trim().to_owned();
        Ok(Self { numbers, is_minor, symbol, is_rounded: table.flag("round")?.unwrap_or(false) })
    }

    /// Minor units of an amount in a currency of so many digits.
    pub(crate) fn minor_units(&self, text: &str, exponent: u32) -> Option<i64> {
        let bare = if self.symbol.is_empty() {
            text
        } else {
            let bare = text.strip_prefix(self.symbol.as_str()).unwrap_or(text);
            bare.strip_suffix(self.symbol.as_str()).unwrap_or(bare).trim()
        };
        let plain = self.numbers.plain(bare)?;
        let digits = if self.is_minor { 0 } else { exponent };
        if self.is_rounded { rounded_minor_units(&plain, digits) } else { minor_units(&plain, digits) }
    }

    /// What a value should look like.
    pub(crate) fn expected(&self, exponent: u32) -> String {
        if self.is_minor {
            return "a whole number of minor units, 0 or more".to_owned();
        }
        if self.is_rounded {
            return "a decimal amount of 0 or more".to_owned();
        }
        format!("a decimal amount of 0 or more with at most {exponent} digits after the point")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GERMAN: NumberForm = NumberForm { decimal: ',', thousands: Some('.') };

    #[test]
    fn separators_stand_where_they_belong_or_the_number_is_refused() {
        assert_eq!(GERMAN.plain("1.234.567,89").as_deref(), Some("1234567.89"));
        assert_eq!(GERMAN.plain("0,5").as_deref(), Some("0.5"));
        for wrong in ["1.5", "12.34,5", "1234.567", "1,2.3", ".123"] {
            assert_eq!(GERMAN.plain(wrong), None, "{wrong}");
        }
        assert_eq!(GERMAN.integer("-1.234,0"), Some(-1_234));
        assert_eq!(NumberForm::default().integer("3.5"), None);
        assert_eq!(NumberForm::default().float("NaN"), None);
    }

    #[test]
    fn symbols_units_and_rounding_are_as_told() {
        let dollars = AmountForm { symbol: "$".to_owned(), ..AmountForm::default() };
        assert_eq!(dollars.minor_units("$134.09", 2), Some(13_409));
        assert_eq!(dollars.minor_units("134.09 $", 2), Some(13_409));
        assert_eq!(dollars.minor_units("$-1.00", 2), None);
        let rounded = AmountForm { is_rounded: true, ..AmountForm::default() };
        assert_eq!(
            (rounded.minor_units("37.098", 2), rounded.minor_units("0.004", 2)),
            (Some(3_710), Some(0))
        );
        let minor = AmountForm { is_minor: true, ..AmountForm::default() };
        assert_eq!((minor.minor_units("4232", 2), minor.minor_units("42.32", 2)), (Some(4_232), None));
    }
}
