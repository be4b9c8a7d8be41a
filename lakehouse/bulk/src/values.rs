//! A column that a fold made of a chunk.

use crate::columns::Form;
use crate::grouped::Grouped;

/// Values in one of two forms. Numbers of a byte are made before they find their rows: fewer bytes do so sooner.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values {
    /// Numbers into the dictionary, if the values are few; else empty.
    pub(crate) numbers: Vec<u8>,
    /// The distinct values. Empty if each number is its own value.
    pub(crate) dictionary: Vec<f64>,
    /// The values, if they are not few; else empty.
    pub(crate) reals: Vec<f64>,
}

impl Values {
    /// Takes values over that stand entity by entity.
    pub(crate) fn take(&mut self, grouped: &Grouped, values: &[f64], form: Form, numbers: &mut Vec<u8>) {
        self.numbers.clear();
        self.dictionary.clear();
        self.reals.clear();
        let are_few = match form {
            Form::Whole => are_small(values, numbers),
            Form::Repeating => are_few(values, &mut self.dictionary, numbers),
            _ => false,
        };
        if are_few {
            grouped.restore(numbers, &mut self.numbers);
        } else {
            self.dictionary.clear();
            grouped.restore(values, &mut self.reals);
        }
    }

    /// As they are, whatever the form.
    pub(crate) fn to_reals(&self) -> Vec<f64> {
        let real = |number: &u8| match self.dictionary.get(usize::from(*number)) {
            Some(value) => *value,
            None => f64::from(*number),
        };
        if self.numbers.is_empty() { self.reals.clone() } else { self.numbers.iter().map(real).collect() }
    }
}

/// Writes values as bytes; answers whether they are the same.
fn are_small(values: &[f64], numbers: &mut Vec<u8>) -> bool {
    numbers.clear();
    numbers.extend(values.iter().map(|value| *value as u8));
    values.iter().zip(numbers).all(|(value, number)| f64::from(*number) == *value)
}

/// Numbers values in their order; answers whether a byte is enough, and none is missing.
fn are_few(values: &[f64], dictionary: &mut Vec<f64>, numbers: &mut Vec<u8>) -> bool {
    /// More than there are numbers, so that the one looked for is soon found.
    const PLACES: usize = 1_024;
    let mut known = [None::<u8>; PLACES];
    numbers.clear();
    for value in values {
        let mut place = (value.to_bits().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54) as usize;
        let number = loop {
            let Some(number) = known[place % PLACES] else {
                let Ok(next) = u8::try_from(dictionary.len()) else { return false };
                if value.is_nan() {
                    return false;
                }
                dictionary.push(*value);
                known[place % PLACES] = Some(next);
                break next;
            };
            if dictionary[usize::from(number)].to_bits() == value.to_bits() {
                break number;
            }
            place += 1;
        };
        numbers.push(number);
    }
    in_order(dictionary, numbers);
    true
}

/// Brings a dictionary into order, so that it does not depend on which entity was met first.
fn in_order(dictionary: &mut [f64], numbers: &mut [u8]) {
    let mut order: Vec<usize> = (0..dictionary.len()).collect();
    order.sort_unstable_by(|one, other| dictionary[*one].total_cmp(&dictionary[*other]));
    let mut places = [0; 256];
    for (place, number) in (0..=u8::MAX).zip(&order) {
        places[*number] = place;
    }
    dictionary.sort_unstable_by(f64::total_cmp);
    numbers.iter_mut().for_each(|number| *number = places[usize::from(*number)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(values: &[f64], form: Form) -> Values {
        let mut grouped = Grouped::default();
        grouped.group(&vec![0; values.len()]);
        let mut taken = Values { numbers: vec![7], dictionary: vec![7.0], reals: vec![7.0] };
        taken.take(&grouped, values, form, &mut vec![7]);
        let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&taken.to_reals()), bits(values));
        taken
    }

    #[test]
    fn values_find_their_rows() {
        let mut grouped = Grouped::default();
        grouped.group(&[1, 0, 1]);
        let mut values = Values::default();
        values.take(&grouped, &[3.0, 0.0, 255.0], Form::Whole, &mut Vec::new());
        assert_eq!(values.to_reals(), [0.0, 3.0, 255.0]);
    }

    #[test]
    fn small_numbers_are_their_own() {
        let values = taken(&[3.0, 0.0, 1.0], Form::Whole);
        assert_eq!((values.numbers, values.dictionary.len()), (vec![3, 0, 1], 0));
        for odd in [f64::NAN, 0.5, -1.0, 256.0] {
            assert!(taken(&[1.0, odd], Form::Whole).numbers.is_empty(), "{odd}");
        }
    }

    #[test]
    fn few_values_are_numbered_in_order() {
        let values = taken(&[0.5, -0.0, 0.0, 0.5], Form::Repeating);
        assert_eq!((values.numbers, values.dictionary.len()), (vec![2, 0, 1, 2], 3));
        let many: Vec<f64> = (0..257).map(|value| f64::from(value) / 3.0).collect();
        assert_eq!(taken(&many[..256], Form::Repeating).dictionary.len(), 256);
        assert!(taken(&many, Form::Repeating).numbers.is_empty());
        assert!(taken(&[0.5, f64::NAN], Form::Repeating).numbers.is_empty());
        assert!(taken(&[0.5, 0.5], Form::Real).numbers.is_empty());
    }
}
