//! Numbers in a line of JSON; whatever is not plain is left to the general decoder.

use super::cursor::Cursor;

/// Most digits that are read here: such a number is exact in every form.
const DIGITS_MAX: usize = 12;

/// A decimal number of 0 or more: its digits without the point, and how many of them stood behind it.
#[derive(Clone, Copy)]
pub(crate) struct Decimal {
    pub(crate) digits: i64,
    pub(crate) behind_point: u32,
}

impl Decimal {
    /// As minor units with this many digits behind the point; `None` if it is finer than that.
    pub(crate) fn minor_units(self, exponent: u32) -> Option<i64> {
        let missing = exponent.checked_sub(self.behind_point)?;
        self.digits.checked_mul(10_i64.pow(missing))
    }
}

impl Cursor<'_> {
    /// A whole number within limits.
    pub(crate) fn integer(&mut self, least: i64, most: i64) -> Option<i64> {
        let is_negative = self.peek() == b'-';
        self.at += usize::from(is_negative);
        let digits = self.whole()?;
        let number = if is_negative { -digits } else { digits };
        // `-0` is no whole number to the general decoder.
        let is_plain = self.ends_here() && !(is_negative && digits == 0);
        (is_plain && (least..=most).contains(&number)).then_some(number)
    }

    /// A decimal number of 0 or more.
    pub(crate) fn decimal(&mut self) -> Option<Decimal> {
        let mut decimal = Decimal { digits: self.whole()?, behind_point: 0 };
        if self.peek() == b'.' {
            self.at += 1;
            while self.peek().is_ascii_digit() {
                decimal.digits = decimal.digits * 10 + i64::from(self.peek() - b'0');
                decimal.behind_point += 1;
                self.at += 1;
                if decimal.behind_point > 3 {
                    return None;
                }
            }
            if decimal.behind_point == 0 {
                return None;
            }
        }
        self.ends_here().then_some(decimal)
    }

    /// Digits as JSON writes a whole number: no zero before others.
    fn whole(&mut self) -> Option<i64> {
        let (start, first) = (self.at, self.peek());
        let mut number = 0;
        while self.peek().is_ascii_digit() {
            number = number * 10 + i64::from(self.peek() - b'0');
            self.at += 1;
            if self.at - start > DIGITS_MAX {
                return None;
            }
        }
        let size = self.at - start;
        (size > 0 && (first != b'0' || size == 1)).then_some(number)
    }

    fn ends_here(&self) -> bool {
        matches!(self.peek(), b',' | b'}' | b' ' | b'\t')
    }
}
