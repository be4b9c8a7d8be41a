//! The deployment's master keys, and what is computed from them alone.

use ring::rand::{SecureRandom, SystemRandom};
use weir_events::{ContentHash, EntityKey, EntityKind};
use zeroize::Zeroizing;

use crate::KeyringError;
use crate::pseudonyms::Pseudonyms;

/// Thirty-two secret bytes, wiped when dropped; without `Debug`.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

const CONTENT_CONTEXT: &str = "weir keyring 1: hash of a transaction's content";
const DEPLOYMENT_CONTEXT: &str = "weir keyring 1: sealing of data without a subject";
const FINGERPRINT_CONTEXT: &str = "weir keyring 1: fingerprint of the wrapping key";

/// The master keys.
pub(crate) struct Master {
    pub(crate) tenant: String,
    pub(crate) key_id: u16,
    pub(crate) pseudonym: Secret,
    pub(crate) wrapping: Secret,
    content: Secret,
    naming: Pseudonyms,
}

impl Master {
    pub(crate) fn new(tenant: String, key_id: u16, pseudonym: Secret, wrapping: Secret) -> Self {
        let content = Zeroizing::new(blake3::derive_key(CONTENT_CONTEXT, &*pseudonym));
        let naming = Pseudonyms::new(&tenant, key_id, pseudonym.clone());
        Self { tenant, key_id, pseudonym, wrapping, content, naming }
    }

    /// New random keys.
    pub(crate) fn generate(tenant: &str) -> Result<Self, KeyringError> {
        Ok(Self::new(tenant.to_owned(), 1, random()?, random()?))
    }

    /// The key for data without a subject.
    pub(crate) fn deployment(&self) -> Secret {
        Zeroizing::new(blake3::derive_key(DEPLOYMENT_CONTEXT, &*self.wrapping))
    }

    /// Tells which wrapping key a file of wrapped keys belongs to, and nothing about it.
    pub(crate) fn fingerprint(&self) -> [u8; 16] {
        first_half(&blake3::derive_key(FINGERPRINT_CONTEXT, &*self.wrapping))
    }

    /// Pseudonyms alone, without what opens anything.
    pub(crate) fn pseudonyms(&self) -> Pseudonyms {
        self.naming.clone()
    }

    pub(crate) fn pseudonym(&self, kind: EntityKind, value: &str) -> EntityKey {
        self.naming.of(kind, value)
    }

    pub(crate) fn content_hash(&self, canonical: &[u8]) -> ContentHash {
        ContentHash(first_half(blake3::keyed_hash(&self.content, canonical).as_bytes()))
    }
}

/// Random bytes from the system.
pub(crate) fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, KeyringError>
where
    [u8; N]: zeroize::Zeroize,
{
    let mut bytes = Zeroizing::new([0; N]);
    SystemRandom::new().fill(bytes.as_mut_slice())?;
    Ok(bytes)
}

/// Random bytes from the system for many uses, asked for once. Zeroed when dropped.
pub(crate) fn random_for<const N: usize>(uses: usize) -> Result<Zeroizing<Vec<[u8; N]>>, KeyringError>
where
    [u8; N]: zeroize::Zeroize,
{
    let mut bytes = Zeroizing::new(vec![[0; N]; uses]);
    SystemRandom::new().fill(bytes.as_flattened_mut())?;
    Ok(bytes)
}

pub(crate) fn first_half(digest: &[u8; 32]) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    half
}

#[cfg(test)]
mod tests {
    use super::*;

    fn master(tenant: &str, seed: u8) -> Master {
        Master::new(tenant.to_owned(), 1, Zeroizing::new([seed; 32]), Zeroizing::new([seed + 1; 32]))
    }

    #[test]
    fn a_pseudonym_depends_on_value_kind_tenant_and_key() {
        let key = master("shop", 7).pseudonym(EntityKind::Customer, "c-1");
        assert_eq!(key, master("shop", 7).pseudonym(EntityKind::Customer, "c-1"));
        let others = [
            master("shop", 7).pseudonym(EntityKind::Customer, "c-2"),
            master("shop", 7).pseudonym(EntityKind::Card, "c-1"),
            master("shop2", 7).pseudonym(EntityKind::Customer, "c-1"),
            master("shop", 8).pseudonym(EntityKind::Customer, "c-1"),
        ];
        assert!(others.iter().all(|other| other.digest != key.digest));
    }

    #[test]
    fn pseudonyms_and_hashes_stay_the_same_from_build_to_build() {
        let master = master("shop", 7);
        let key = master.pseudonym(EntityKind::Customer, "c-1").to_string();
        assert_eq!(key, "cus_1_d3f49e2d71df953ec8b9fb21fc06905d");
        assert_eq!(master.content_hash(b"content").to_string(), "d4a789a3144e11ec0c6de86e67d4f450");
    }

    #[test]
    fn the_keys_of_different_uses_differ() {
        let master = master("shop", 7);
        assert!(*master.deployment() != *master.wrapping && *master.content != *master.pseudonym);
        assert_ne!(master.fingerprint()[..], master.wrapping[..16]);
    }
}
