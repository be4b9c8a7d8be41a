//! A column that a fold made of a chunk.

use crate::grouped::Grouped;

/// Values in one of two forms.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values {
    /// If they are whole numbers from 0 to 255; else empty.
    pub(crate) small: Vec<u8>,
    /// If not; else empty.
    pub(crate) reals: Vec<f64>,
}

impl Values {
    /// Takes values over that stand entity by entity. Small ones are made small first: fewer bytes find their
    /// places sooner.
    pub(crate) fn take(&mut self, grouped: &Grouped, values: &[f64], is_whole: bool, bytes: &mut Vec<u8>) {
        self.small.clear();
        self.reals.clear();
        if is_whole && are_small(values, bytes) {
            grouped.restore(bytes, &mut self.small);
        } else {
            grouped.restore(values, &mut self.reals);
        }
    }

    /// As numbers, whatever the form.
    pub(crate) fn to_reals(&self) -> Vec<f64> {
        if self.small.is_empty() {
            return self.reals.clone();
        }
        self.small.iter().map(|small| f64::from(*small)).collect()
    }
}

/// Writes values as bytes; answers whether they are the same.
fn are_small(values: &[f64], bytes: &mut Vec<u8>) -> bool {
    bytes.clear();
    bytes.extend(values.iter().map(|value| *value as u8));
    values.iter().zip(bytes).all(|(value, byte)| f64::from(*byte) == *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_kept_small() {
        let mut grouped = Grouped::default();
        grouped.group(&[1, 0, 1]);
        let (mut values, mut bytes) = (Values::default(), Vec::new());
        values.take(&grouped, &[3.0, 0.0, 255.0], true, &mut bytes);
        assert_eq!((values.small.as_slice(), values.reals.len()), (&[0, 3, 255][..], 0));
        assert_eq!(values.to_reals(), [0.0, 3.0, 255.0]);
        for odd in [f64::NAN, 0.5, -1.0, 256.0] {
            values.take(&grouped, &[3.0, 1.0, odd], true, &mut bytes);
            assert!(values.small.is_empty() && values.to_reals()[0].to_bits() == 1.0_f64.to_bits());
        }
        values.take(&grouped, &[3.0, 0.0, 1.0], false, &mut bytes);
        assert_eq!(values.reals, [0.0, 3.0, 1.0]);
    }
}
