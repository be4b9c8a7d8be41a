//! Contexts of compression, used again: making one takes memory that the system has to clear first.

use std::sync::{Mutex, PoisonError};

use zstd::bulk::Compressor;
use zstd::zstd_safe::CParameter;

/// Level of compression: the fastest but for those that hardly compress.
pub(crate) const LEVEL: i32 = 1;

/// What bytes are like, as far as compression can make use of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Floats as they are: what repeats is most of one of them, so matches of six bytes count.
    Floats,
    /// First bytes of floats, then the second ones, and so on: most are as good as random, and coding the others
    /// takes three times as long as leaving them, for a twenty-fifth of the size.
    Split,
    /// Anything else.
    Other,
}

/// Contexts that nobody uses at the moment.
#[derive(Default)]
pub(crate) struct Compressors(Mutex<Vec<Compressor<'static>>>);

impl Compressors {
    /// The bytes of a page in fewer.
    pub(crate) fn compress(&self, bytes: &[u8], kind: Content) -> std::io::Result<Vec<u8>> {
        let free = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut compressor = match free {
            Some(compressor) => compressor,
            None => Compressor::new(LEVEL)?,
        };
        // 0 is what the level has.
        let (shortest_match, is_skipping) = match kind {
            Content::Floats => (6, 0),
            Content::Split => (0, 1),
            Content::Other => (0, 0),
        };
        compressor.set_parameter(CParameter::MinMatch(shortest_match))?;
        compressor.set_parameter(CParameter::TargetLength(is_skipping))?;
        let compressed = compressor.compress(bytes)?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(compressor);
        Ok(compressed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_comes_back_whatever_was_compressed_before() {
        let compressors = Compressors::default();
        let floats: Vec<u8> = (0..4_000).flat_map(|row| (f64::from(row % 90) / 7.0).to_le_bytes()).collect();
        for kind in [Content::Split, Content::Floats, Content::Other, Content::Floats, Content::Split] {
            let compressed = compressors.compress(&floats, kind).unwrap();
            assert!(compressed.len() < floats.len() / 2, "{kind:?}");
            assert_eq!(zstd::bulk::decompress(&compressed, floats.len()).unwrap(), floats);
        }
    }
}
