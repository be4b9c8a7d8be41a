//! Columns of few distinct values, as numbers into a dictionary.

use std::borrow::Cow;

use weir_events::Timestamp;
use weir_features::{Field, OrderFields};

use crate::chunk::Chunk;
use crate::columns::{Column, Form, Source};
use crate::page_chunk::push_varint;
use crate::values::Values;

/// Greatest amount, in minor units, whose place in the dictionary is found in a table.
const LARGEST_AMOUNT: i64 = 1 << 20;

/// Values that are all there, as numbers into a dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Few<'a> {
    /// The distinct values, 8 bytes each, little end first.
    pub(crate) dictionary: Vec<u8>,
    /// Numbers into the dictionary, `width` bytes each, little end first.
    pub(crate) numbers: Cow<'a, [u8]>,
    /// 1 or 2.
    pub(crate) width: usize,
}

impl Few<'_> {
    /// Appends what a data page holds: the bit width and one bit-packed run.
    pub(crate) fn write(&self, body: &mut Vec<u8>) {
        let rows = self.numbers.len() / self.width;
        let groups = rows.div_ceil(8);
        body.push(self.width as u8 * 8);
        push_varint(body, (groups as u64) << 1 | 1);
        body.extend_from_slice(&self.numbers);
        body.resize(body.len() + (groups * 8 - rows) * self.width, 0);
    }
}

/// The values of a column, if it is one whose values are few, and they are.
pub(crate) fn few<'a>(chunk: &Chunk<'a>, column: &Column) -> Option<Few<'a>> {
    match (column.form, column.source) {
        (_, Source::Folded { fold, column }) => numbered(&chunk.folded[fold].columns[column]),
        (Form::Amount, Source::Field(Field::Amount)) => {
            let transactions = chunk.transactions;
            amounts(&transactions.amount_minor[chunk.rows.clone()], transactions.minor_per_major)
        }
        _ => None,
    }
}

/// Values that have numbers already; each may be its own.
fn numbered(values: &Values) -> Option<Few<'_>> {
    let Values { numbers, dictionary, .. } = values;
    let most = i64::from(*numbers.iter().max()?);
    let dictionary = match dictionary.is_empty() {
        true => (0..=most).flat_map(i64::to_le_bytes).collect(),
        false => dictionary.iter().flat_map(|value| value.to_le_bytes()).collect(),
    };
    Some(Few { dictionary, numbers: Cow::Borrowed(numbers), width: 1 })
}

/// Amounts, numbered in order of first appearance.
fn amounts(minor: &[i64], minor_per_major: i64) -> Option<Few<'static>> {
    const UNKNOWN: u16 = u16::MAX;
    let most = minor.iter().max().filter(|most| **most <= LARGEST_AMOUNT)?;
    let mut known = vec![UNKNOWN; usize::try_from(*most).ok()? + 1];
    let (mut dictionary, mut numbers) = (Vec::new(), Vec::with_capacity(minor.len() * 2));
    for amount_minor in minor {
        let place = known.get_mut(usize::try_from(*amount_minor).ok()?)?;
        if *place == UNKNOWN {
            *place = u16::try_from(dictionary.len() / 8).ok().filter(|number| *number != UNKNOWN)?;
            dictionary.extend(major(*amount_minor, minor_per_major).to_le_bytes());
        }
        numbers.extend(place.to_le_bytes());
    }
    Some(Few { dictionary, numbers: Cow::Owned(numbers), width: 2 })
}

fn major(amount_minor: i64, minor_per_major: i64) -> f64 {
    let occurred_at = Timestamp::default();
    OrderFields { occurred_at, amount_minor, minor_per_major, ..OrderFields::default() }.value(Field::Amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_find_their_values() {
        let values = Values { numbers: vec![3, 0, 1], ..Values::default() };
        let few = numbered(&values).unwrap();
        assert_eq!((&*few.numbers, few.dictionary.len()), (&[3, 0, 1][..], 32));
        let values = Values { numbers: vec![1, 0], dictionary: vec![0.5, 0.25], ..Values::default() };
        let dictionary = [0.5_f64.to_le_bytes(), 0.25_f64.to_le_bytes()].concat();
        assert_eq!(numbered(&values).unwrap().dictionary, dictionary);
        assert_eq!(numbered(&Values::default()), None);
    }

    #[test]
    fn amounts_are_numbered_as_they_come() {
        let few = amounts(&[250, 7, 250], 100).unwrap();
        assert_eq!(*few.numbers, [0, 0, 1, 0, 0, 0]);
        assert_eq!(few.dictionary, [2.5_f64.to_le_bytes(), 0.07_f64.to_le_bytes()].concat());
        assert_eq!(amounts(&[LARGEST_AMOUNT + 1], 100), None);
        let many: Vec<i64> = (0..65_536).collect();
        assert_eq!(amounts(&many, 100), None);
    }
}
