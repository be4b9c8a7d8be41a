//! Bytes as hexadecimal text and back, without a detour over single characters: every event has hundreds of them.

use std::str::FromStr;

use serde::{Deserializer, Serializer, de::Error};

/// Lower-case digits, two a byte.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut digits = vec![0; bytes.len() * 2];
    // The length is right by construction, and digits are ASCII.
    let _ = hex::encode_to_slice(bytes, &mut digits);
    String::from_utf8(digits).unwrap_or_default()
}

/// The bytes of an even number of digits; `None` for anything else.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = vec![0; text.len() / 2];
    decode_into(text.as_bytes(), &mut bytes).then_some(bytes)
}

/// Writes the bytes of these digits into memory of just their number; false if they are no such digits.
pub(crate) fn decode_into(digits: &[u8], bytes: &mut [u8]) -> bool {
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() || pairs.len() != bytes.len() {
        return false;
    }
    // What is no digit has bits above the lowest four; they are looked at once, behind the loop.
    let mut wrong = 0;
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        let (high, low) = (VALUES[usize::from(*high)], VALUES[usize::from(*low)]);
        wrong |= high | low;
        *byte = (high << 4) | (low & 15);
    }
    wrong < 16
}

/// Value of each digit, 255 for what is none.
const VALUES: [u8; 256] = {
    let mut values = [255; 256];
    let mut value = 0;
    while value < 16 {
        values[b"0123456789abcdef"[value] as usize] = value as u8;
        values[b"0123456789ABCDEF"[value] as usize] = value as u8;
        value += 1;
    }
    values
};

pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&encode(bytes))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: TryFrom<Vec<u8>>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let Digits(bytes) = crate::text::parse(deserializer)?;
    T::try_from(bytes).map_err(|_| D::Error::custom(EXPECTED))
}

const EXPECTED: &str = "expected hexadecimal digits, two a byte";

struct Digits(Vec<u8>);

impl FromStr for Digits {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        decode(text).map(Self).ok_or(EXPECTED)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bytes_come_back_as_they_went(bytes: Vec<u8>) {
            let text = encode(&bytes);
            prop_assert_eq!(&text, &hex::encode(&bytes));
            prop_assert_eq!(decode(&text), Some(bytes));
        }

        #[test]
        fn what_is_no_hexadecimal_text_is_refused(text: String) {
            prop_assert_eq!(decode(&text), hex::decode(&text).ok());
        }
    }
}
