//! The port: pseudonyms, and sealing of personal data.

use weir_events::{ContentHash, EntityKey, EntityKind, Sealed};

use crate::{KeyringError, SealedTexts, Texts};

/// Pseudonyms and sealing of personal data.
#[async_trait::async_trait]
pub trait Keyring: Send + Sync {
    /// Id of the pseudonym key in use.
    fn key_id(&self) -> u16;

    /// Keyed pseudonym of an entity's normalised plain value. Pure computation, no I/O.
    fn pseudonym(&self, kind: EntityKind, value: &str) -> EntityKey;

    /// Keyed hash of a transaction's canonical bytes. Pure computation, no I/O.
    fn content_hash(&self, canonical: &[u8]) -> ContentHash;

    /// Seals each text under its subject's own key, made now if the subject has none (durable on return);
    /// without a subject under the deployment's key.
    async fn seal(&self, items: &[(Option<EntityKey>, &[u8])]) -> Result<Vec<Sealed>, KeyringError>;

    /// Seals each text as [`Keyring::seal`] does, in the memory that the texts have: for bulk work.
    async fn seal_texts(&self, subjects: &[EntityKey], texts: Texts) -> Result<SealedTexts, KeyringError> {
        let items = subjects.iter().map(|subject| Some(*subject)).zip(texts.iter()).collect::<Vec<_>>();
        Ok(SealedTexts::of(&self.seal(&items).await?))
    }

    /// Opens a sealed blob.
    async fn open(&self, sealed: &Sealed) -> Result<Vec<u8>, KeyringError>;

    /// Destroys a subject's keys for good: every copy of its sealed data becomes unreadable.
    /// Answers whether there was a key to destroy.
    async fn destroy(&self, subject: &EntityKey) -> Result<bool, KeyringError>;
}
