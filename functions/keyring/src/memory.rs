//! A keyring in memory, for tests.

use std::sync::{Arc, Mutex};

use weir_events::{ContentHash, EntityKey, EntityKind, Sealed};

use crate::core::Core;
use crate::master::Master;
use crate::slots::Slots;
use crate::{Keyring, KeyringError, Pseudonyms, SealedTexts, Texts};

/// Keys in memory: what is sealed under them is unreadable once the keyring is gone.
pub struct MemoryKeyring {
    core: Arc<Core>,
}

impl MemoryKeyring {
    /// New random keys.
    ///
    /// # Errors
    /// A system without random numbers.
    pub fn new() -> Result<Self, KeyringError> {
        let slots = Slots::Memory(Mutex::default());
        Ok(Self { core: Arc::new(Core::new(Master::generate("memory")?, slots, &[])?) })
    }

    /// Its pseudonyms alone.
    pub fn pseudonyms(&self) -> Pseudonyms {
        self.core.master.pseudonyms()
    }
}

#[async_trait::async_trait]
impl Keyring for MemoryKeyring {
    fn key_id(&self) -> u16 {
        self.core.master.key_id
    }

    fn pseudonym(&self, kind: EntityKind, value: &str) -> EntityKey {
        self.core.master.pseudonym(kind, value)
    }

    fn content_hash(&self, canonical: &[u8]) -> ContentHash {
        self.core.master.content_hash(canonical)
    }

    async fn seal(&self, items: &[(Option<EntityKey>, &[u8])]) -> Result<Vec<Sealed>, KeyringError> {
        self.core.seal(items).await
    }

    async fn seal_texts(&self, subjects: &[EntityKey], texts: Texts) -> Result<SealedTexts, KeyringError> {
        self.core.seal_texts(subjects, texts).await
    }

    async fn open(&self, sealed: &Sealed) -> Result<Vec<u8>, KeyringError> {
        self.core.open(sealed)
    }

    async fn destroy(&self, subject: &EntityKey) -> Result<bool, KeyringError> {
        self.core.destroy(subject).await
    }
}
