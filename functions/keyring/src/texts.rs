//! Many texts in one piece of memory, in which they are sealed.

use weir_events::Sealed;

use crate::sealing::{NonceBytes, TAG_BYTES};

/// Texts one after the other, each with room for its tag behind it.
#[derive(Default)]
pub struct Texts {
    pub(crate) bytes: Vec<u8>,
    pub(crate) ends: Vec<usize>,
}

/// Texts that were sealed where they stood.
#[derive(Default)]
pub struct SealedTexts {
    /// Ciphertexts with their tags, one after the other.
    pub ciphertexts: Vec<u8>,
    /// Where each ends.
    pub ends: Vec<usize>,
    /// Id of the key of each, among its subject's keys.
    pub key_ids: Vec<u32>,
    /// Nonce of each.
    pub nonces: Vec<NonceBytes>,
}

impl Texts {
    /// Memory for so many texts of so many bytes.
    pub fn with_capacity(texts: usize, bytes: usize) -> Self {
        let bytes = Vec::with_capacity(bytes + texts * TAG_BYTES);
        Self { bytes, ends: Vec::with_capacity(texts) }
    }

    /// Adds what `write` appends.
    pub fn push(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.bytes);
        self.bytes.extend_from_slice(&[0; TAG_BYTES]);
        self.ends.push(self.bytes.len());
    }

    /// The texts.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let text = self.bytes.get(start..end - TAG_BYTES).unwrap_or_default();
            start = *end;
            text
        })
    }
}

impl SealedTexts {
    /// Of texts that were sealed one by one.
    pub(crate) fn of(sealed: &[Sealed]) -> Self {
        let mut texts = Self::default();
        for sealed in sealed {
            texts.ciphertexts.extend_from_slice(&sealed.ciphertext);
            texts.ends.push(texts.ciphertexts.len());
            texts.key_ids.push(sealed.key_id);
            texts.nonces.push(sealed.nonce);
        }
        texts
    }
}
