//! A column that a fold makes of a chunk.

use crate::columns::Form;

/// More places than there are numbers, so that the one looked for is soon found.
const PLACES: usize = 1_024;

/// Values in one of two forms. Numbers of a byte are made before they find their rows: fewer bytes do so sooner.
#[derive(Clone, Debug)]
pub(crate) struct Values {
    /// Numbers into the dictionary, if the values are few; else empty.
    pub(crate) numbers: Vec<u8>,
    /// The distinct values. Empty if each number is its own value.
    pub(crate) dictionary: Vec<f64>,
    /// The values, if they are not few; else empty.
    pub(crate) reals: Vec<f64>,
    /// By a hash of the value, its number.
    pub(crate) known: [Option<u8>; PLACES],
}

impl Default for Values {
    fn default() -> Self {
        Self { numbers: Vec::new(), dictionary: Vec::new(), reals: Vec::new(), known: [None; PLACES] }
    }
}

impl Values {
    /// Makes room for so many rows, all of which are to be put.
    pub(crate) fn begin(&mut self, rows: usize, form: Form) {
        self.dictionary.clear();
        self.known = [None; PLACES];
        let (numbers, reals) = if form.may_be_few() { (rows, 0) } else { (0, rows) };
        self.numbers.resize(numbers, 0);
        self.reals.resize(reals, 0.0);
    }

    /// Puts values at their rows; `bytes` is room to work in.
    pub(crate) fn put(&mut self, rows: &[u32], values: &[f64], form: Form, bytes: &mut Vec<u8>) {
        if self.reals.is_empty() {
            let are_few = match form {
                Form::Whole => are_small(values, bytes),
                _ => are_few(values, (&mut self.dictionary, &mut self.known), bytes),
            };
            if are_few {
                scatter(rows, bytes, &mut self.numbers);
                return;
            }
            self.reals = self.to_reals();
            self.numbers.clear();
            self.dictionary.clear();
        }
        scatter(rows, values, &mut self.reals);
    }

    /// Brings the dictionary into order, so that it does not depend on which entity was met first.
    pub(crate) fn finish(&mut self) {
        if !self.dictionary.is_empty() {
            in_order(&mut self.dictionary, &mut self.numbers);
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
    /// A sum with this has a whole number below 2^52 in its lowest bits: several at once, as no conversion does.
    const WHOLE: f64 = (1_u64 << 52) as f64;
    numbers.clear();
    numbers.extend(values.iter().map(|value| (*value + WHOLE).to_bits() as u8));
    values.iter().zip(numbers).fold(true, |so_far, (value, number)| so_far & (f64::from(*number) == *value))
}

/// Puts values at their rows.
pub(crate) fn scatter<T: Copy>(rows: &[u32], values: &[T], to: &mut [T]) {
    for (row, value) in rows.iter().zip(values) {
        to[*row as usize] = *value;
    }
}

/// Numbers values as they come; answers whether a byte is enough, and none is missing.
fn are_few(
    values: &[f64],
    (dictionary, known): (&mut Vec<f64>, &mut [Option<u8>; PLACES]),
    numbers: &mut Vec<u8>,
) -> bool {
    // Most values are that of the row before.
    let mut before = None;
    numbers.clear();
    for value in values {
        if let Some((bits, number)) = before
            && bits == value.to_bits()
        {
            numbers.push(number);
            continue;
        }
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
        before = Some((value.to_bits(), number));
        numbers.push(number);
    }
    true
}

/// Sorts a dictionary.
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

    /// Of values in the order of their rows, put in two parts.
    fn taken(values: &[f64], form: Form) -> Values {
        let rows: Vec<u32> = (0..values.len() as u32).collect();
        let mut taken =
            Values { numbers: vec![7], dictionary: vec![7.0], reals: vec![7.0], ..Values::default() };
        let half = values.len() / 2;
        taken.begin(values.len(), form);
        taken.put(&rows[..half], &values[..half], form, &mut vec![7]);
        taken.put(&rows[half..], &values[half..], form, &mut vec![7]);
        taken.finish();
        let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&taken.to_reals()), bits(values));
        taken
    }

    #[test]
    fn values_find_their_rows() {
        let mut values = Values::default();
        values.begin(3, Form::Whole);
        values.put(&[1, 0, 2], &[3.0, 0.0, 255.0], Form::Whole, &mut Vec::new());
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
