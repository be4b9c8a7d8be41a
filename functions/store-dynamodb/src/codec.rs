//! Decisions, labels and effects as bytes: their JSON, compressed against what every one of them repeats.
//!
//! The first byte is the layout. A layout never changes: another dictionary is another layout.

use std::sync::LazyLock;

use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

/// The JSON as it is.
const PLAIN: u8 = 0;
/// Length of the JSON in 3 bytes, then zstd with the first dictionary.
const FIRST: u8 = 1;

/// What JSON of the first layout repeats: a dictionary trained on decisions, labels and effects of a made-up shop, in
/// which no model's digest occurs twice. Never to be replaced.
const FIRST_DICTIONARY: &[u8] = include_bytes!("dictionary/first.zdict");

/// Higher levels take four times as long and save a twentieth: see the measurement in the ADR.
const LEVEL: i32 = 3;

/// Longest JSON; far over what fits an item.
const MOST_BYTES: usize = (1 << 24) - 1;

static ENCODER: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(FIRST_DICTIONARY, LEVEL));
static DECODER: LazyLock<DecoderDictionary<'static>> =
    LazyLock::new(|| DecoderDictionary::copy(FIRST_DICTIONARY));

/// Compresses; one for a batch, since making it costs more than using it.
pub(crate) struct Encoder(Option<Compressor<'static>>);

impl Encoder {
    pub(crate) fn new() -> Self {
        Self(Compressor::with_prepared_dictionary(&ENCODER).ok())
    }

    /// The shorter of both layouts.
    pub(crate) fn encode(&mut self, json: &[u8]) -> Vec<u8> {
        let length = u32::try_from(json.len()).ok().filter(|_| json.len() <= MOST_BYTES);
        let packed = self.0.as_mut().zip(length).and_then(|(compressor, length)| {
            let packed = compressor.compress(json).ok()?;
            Some([&[FIRST], &length.to_be_bytes()[1..], &packed].concat())
        });
        match packed {
            Some(packed) if packed.len() <= json.len() => packed,
            _ => [&[PLAIN], json].concat(),
        }
    }
}

/// Decompresses; made when the first bytes come, since most readings find nothing to decompress.
pub(crate) struct Decoder(Option<Decompressor<'static>>);

impl Decoder {
    pub(crate) const fn new() -> Self {
        Self(None)
    }

    /// The JSON; `None` for a layout that this build does not know, or damage.
    pub(crate) fn decode(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        match bytes {
            [PLAIN, json @ ..] => Some(json.to_vec()),
            [FIRST, high, middle, low, packed @ ..] => {
                let length = u32::from_be_bytes([0, *high, *middle, *low]);
                let length = usize::try_from(length).ok()?;
                if self.0.is_none() {
                    self.0 = Decompressor::with_prepared_dictionary(&DECODER).ok();
                }
                let json = self.0.as_mut()?.decompress(packed, length).ok()?;
                (json.len() == length).then_some(json)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_encoded_is_decoded(json in proptest::collection::vec(any::<u8>(), 0..5_000)) {
            let bytes = Encoder::new().encode(&json);
            prop_assert!(bytes.len() <= json.len() + 1);
            prop_assert_eq!(Decoder::new().decode(&bytes), Some(json));
        }

        #[test]
        fn damage_is_no_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut decoder = Decoder::new();
            let _ = decoder.decode(&bytes);
            let _ = decoder.decode(&[&[FIRST], bytes.as_slice()].concat());
        }
    }

    #[test]
    fn the_first_dictionary_is_never_edited() {
        let sum = FIRST_DICTIONARY
            .iter()
            .fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
        assert_eq!((FIRST_DICTIONARY.len(), sum), (8192, 14993882076660456669));
    }
}
