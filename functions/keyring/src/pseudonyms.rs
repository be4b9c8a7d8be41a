//! Pseudonyms alone: pure computation, for many values at once.

use std::path::Path;

use weir_events::{EntityKey, EntityKind};
use zeroize::Zeroizing;

use crate::master::{Secret, first_half};
use crate::{KeyringError, key_file};

/// Bytes for which no memory is taken: a value with what stands before it.
const SHORT: usize = 256;

/// Makes the pseudonyms that a keyring makes, and opens nothing. It has no `Debug`: it holds a key.
#[derive(Clone)]
pub struct Pseudonyms {
    key: Secret,
    key_id: u16,
    /// The tenant with its length before it, then the length of a kind.
    before_kind: Vec<u8>,
}

impl Pseudonyms {
    pub(crate) fn new(tenant: &str, key_id: u16, key: Secret) -> Self {
        let mut before_kind = (tenant.len() as u64).to_le_bytes().to_vec();
        before_kind.extend_from_slice(tenant.as_bytes());
        before_kind.extend_from_slice(&1_u64.to_le_bytes());
        Self { key, key_id, before_kind }
    }

    /// Those of the keyring in a directory, which may be in use; `None` if there is no keyring.
    ///
    /// # Errors
    /// A key file that others can read, or that is cut or changed.
    pub fn read(directory: &Path) -> Result<Option<Self>, KeyringError> {
        let master = key_file::read(&directory.join("keyring.json"))?;
        Ok(master.map(|master| master.pseudonyms()))
    }

    /// Those of a key that everybody knows: to tell values apart within one process. They hide nothing and must
    /// not leave it.
    pub fn for_one_process() -> Self {
        Self::new("one process", 0, Zeroizing::new([0; 32]))
    }

    /// Keyed pseudonym of an entity's normalised plain value. Each part is preceded by its length, so that no two
    /// triples of tenant, kind and value give the same bytes.
    pub fn of(&self, kind: EntityKind, value: &str) -> EntityKey {
        let size = (value.len() as u64).to_le_bytes();
        let parts = [&self.before_kind[..], &[kind as u8], &size, value.as_bytes()];
        let mut buffer = [0; SHORT];
        let digest = match joined(parts, &mut buffer) {
            // Small inputs are hashed faster in one piece.
            Some(bytes) => blake3::keyed_hash(&self.key, bytes),
            None => {
                let mut hasher = blake3::Hasher::new_keyed(&self.key);
                for part in parts {
                    hasher.update(part);
                }
                hasher.finalize()
            }
        };
        EntityKey { kind, key_id: self.key_id, digest: first_half(digest.as_bytes()) }
    }

    /// Appends the pseudonyms of many values of one kind.
    pub fn extend<'a>(
        &self,
        kind: EntityKind,
        values: impl IntoIterator<Item = &'a str>,
        into: &mut Vec<EntityKey>,
    ) {
        into.extend(values.into_iter().map(|value| self.of(kind, value)));
    }
}

/// The parts one after the other, if they fit.
fn joined<'a>(parts: [&[u8]; 4], buffer: &'a mut [u8; SHORT]) -> Option<&'a [u8]> {
    let mut end = 0;
    for part in parts {
        buffer.get_mut(end..end + part.len())?.copy_from_slice(part);
        end += part.len();
    }
    buffer.get(..end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The stored form, as first written down: each part with its length before it.
    fn stored(tenant: &str, key: [u8; 32], kind: EntityKind, value: &str) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&key);
        for part in [tenant.as_bytes(), &[kind as u8], value.as_bytes()] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        first_half(hasher.finalize().as_bytes())
    }

    proptest! {
        #[test]
        fn every_value_has_the_pseudonym_that_is_stored(
            key: [u8; 32], tenant in "[a-z]{0,20}", value in ".{0,300}", kind in 0_usize..6,
        ) {
            let kind = EntityKind::ALL[kind];
            let pseudonyms = Pseudonyms::new(&tenant, 3, Zeroizing::new(key));
            let made = pseudonyms.of(kind, &value);
            prop_assert_eq!(made.digest, stored(&tenant, key, kind, &value));
            prop_assert_eq!((made.kind, made.key_id), (kind, 3));
            let mut many = Vec::new();
            pseudonyms.extend(kind, [value.as_str(), ""], &mut many);
            prop_assert_eq!(many[0], made);
        }
    }
}
