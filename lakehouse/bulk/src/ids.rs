//! Ids of transactions in a column, as the file holds them.

use std::cmp::Ordering;

use weir_features::bulk::{TransactionHash, transaction_hash};

use crate::order::Moves;

/// Ids as the file holds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ids {
    /// Integers: they compare as numbers.
    Numbers(Vec<i64>),
    /// Texts: they compare byte by byte.
    Texts(Texts),
}

/// Many texts in one buffer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    bytes: String,
    /// Where each text begins and how long it is.
    places: Vec<(usize, u32)>,
}

impl Texts {
    pub(crate) fn push(&mut self, text: &str) {
        self.places.push((self.bytes.len(), text.len() as u32));
        self.bytes.push_str(text);
    }

    pub(crate) fn get(&self, place: usize) -> &str {
        let (start, length) = self.places[place];
        &self.bytes[start..start + length as usize]
    }
}

impl Ids {
    /// How the ids of two rows compare.
    pub(crate) fn compare(&self, one: usize, other: usize) -> Ordering {
        match self {
            Self::Numbers(numbers) => numbers[one].cmp(&numbers[other]),
            Self::Texts(texts) => texts.get(one).cmp(texts.get(other)),
        }
    }

    /// Puts ids into other places.
    pub(crate) fn make(&mut self, moves: &Moves) {
        match self {
            Self::Numbers(numbers) => moves.make(numbers),
            Self::Texts(texts) => moves.make(&mut texts.places),
        }
    }

    /// The texts as numbers, if each is an integer written the one way in which integers print.
    pub(crate) fn into_numbers(self) -> Self {
        let Self::Texts(texts) = &self else { return self };
        let number = |place| {
            let text = texts.get(place);
            text.parse::<i64>().ok().filter(|number| number.to_string() == text)
        };
        let numbers: Option<Vec<i64>> = (0..texts.places.len()).map(number).collect();
        numbers.map_or(self, Self::Numbers)
    }
}

/// Hash of an integer id: of its text, as everywhere.
pub(crate) fn number_hash(number: i64) -> u32 {
    let mut digits = [0_u8; 20];
    let mut start = digits.len();
    let mut rest = number.unsigned_abs();
    loop {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        start -= 1;
        digits[start] = b'-';
    }
    transaction_hash(&digits[start..])
}

/// The same of many numbers. Most are near the one before and have its first digits.
#[derive(Debug, Default)]
pub(crate) struct NumberHashes {
    thousands: i64,
    /// Hash of these digits.
    begun: TransactionHash,
}

impl NumberHashes {
    #[inline]
    pub(crate) fn hash(&mut self, number: i64) -> u32 {
        if number < 1_000 {
            return number_hash(number);
        }
        let (thousands, rest) = (number / 1_000, (number % 1_000) as u16);
        if thousands != self.thousands {
            let begun = TransactionHash::default().with(thousands.to_string().as_bytes());
            *self = Self { thousands, begun };
        }
        let digits = [rest / 100, rest / 10 % 10, rest % 10].map(|digit| b'0' + digit as u8);
        self.begun.with(&digits).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_numbers_hash_as_one() {
        let mut hashes = NumberHashes::default();
        for number in [1_000, 1_999, 999, 2_000, 2_010, 7, -1_500, 1_754_154, 1_754_150, i64::MAX, 0] {
            assert_eq!(hashes.hash(number), number_hash(number), "{number}");
        }
    }

    #[test]
    fn numbers_hash_as_their_texts() {
        for number in [0, 7, 10, 1_754_154, -1, i64::MAX, i64::MIN] {
            assert_eq!(number_hash(number), transaction_hash(number.to_string().as_bytes()), "{number}");
        }
    }

    #[test]
    fn texts_become_numbers_only_if_they_print_the_same() {
        let ids = |texts: &[&str]| {
            let mut all = Texts::default();
            texts.iter().for_each(|text| all.push(text));
            Ids::Texts(all)
        };
        assert_eq!(ids(&["9", "10"]).into_numbers(), Ids::Numbers(vec![9, 10]));
        assert_eq!(ids(&["9", "010"]).into_numbers(), ids(&["9", "010"]));
        assert_eq!(ids(&["9", "t-1"]).into_numbers(), ids(&["9", "t-1"]));
    }
}
