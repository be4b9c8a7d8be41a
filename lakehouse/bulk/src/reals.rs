//! Columns of numbers, none of which is missing, as a data page holds them.

use parquet::basic::Encoding;

use crate::chunk::Chunk;
use crate::columns::{Column, Form, Source};

/// Values that stand side by side while their bytes are parted.
const BLOCK: usize = 1_024;

/// Values that are all there.
pub(crate) struct Reals<'a> {
    pub(crate) values: &'a [f64],
    /// Plain or by byte.
    pub(crate) encoding: Encoding,
}

/// The values of a column, if it is one of a fold that is not of whole numbers or flags, and none is missing.
pub(crate) fn reals<'a>(chunk: &Chunk<'a>, column: &Column) -> Option<Reals<'a>> {
    let encoding = match column.form {
        Form::Repeating => Encoding::PLAIN,
        Form::Real => Encoding::BYTE_STREAM_SPLIT,
        _ => return None,
    };
    let Source::Folded { fold, column } = column.source else { return None };
    let values = chunk.folded[fold].columns[column].reals.as_slice();
    (!values.is_empty() && !values.iter().any(|value| value.is_nan())).then_some(Reals { values, encoding })
}

/// The values of a column, if it is one of flags of the order, and none is missing.
pub(crate) fn flags(chunk: &Chunk<'_>, column: &Column) -> Option<Vec<f64>> {
    match (column.form, column.source) {
        (Form::Flag, Source::Field(field)) => {
            Some(chunk.field(field)).filter(|flags| !flags.iter().any(|flag| flag.is_nan()))
        }
        _ => None,
    }
}

impl Reals<'_> {
    /// Appends the values as their encoding has them.
    pub(crate) fn write(&self, body: &mut Vec<u8>) {
        match self.encoding {
            Encoding::BYTE_STREAM_SPLIT => self.write_split(body),
            _ => self.values.iter().for_each(|value| body.extend(value.to_le_bytes())),
        }
    }

    /// The first bytes of all values, then the second ones, and so on.
    fn write_split(&self, body: &mut Vec<u8>) {
        let start = body.len();
        body.resize(start + self.values.len() * 8, 0);
        for (number, block) in self.values.chunks(BLOCK).enumerate() {
            for byte in 0..8 {
                let first = start + byte * self.values.len() + number * BLOCK;
                let places = body[first..first + block.len()].iter_mut();
                places.zip(block).for_each(|(place, value)| *place = (value.to_bits() >> (8 * byte)) as u8);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_parted() {
        let values: Vec<f64> = (0..3_000).map(|value| f64::from(value) / 7.0).collect();
        let mut body = vec![9];
        Reals { values: &values, encoding: Encoding::BYTE_STREAM_SPLIT }.write(&mut body);
        for (place, value) in values.iter().enumerate() {
            let bytes: Vec<u8> = (0..8).map(|byte| body[1 + byte * values.len() + place]).collect();
            assert_eq!(bytes, value.to_le_bytes());
        }
        let mut plain = Vec::new();
        Reals { values: &values[..2], encoding: Encoding::PLAIN }.write(&mut plain);
        assert_eq!(plain, [values[0].to_le_bytes(), values[1].to_le_bytes()].concat());
    }
}
