//! Maps by subject.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use weir_events::EntityKey;

/// A map by subject. Pseudonyms are keyed hashes already, which nobody without the key can choose.
pub(crate) type BySubject<T> = HashMap<EntityKey, T, BuildHasherDefault<AsItIs>>;

/// Takes the bytes of a pseudonym as its hash.
#[derive(Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = self.0.rotate_left(11) ^ u64::from_le_bytes(word);
        }
    }
}
