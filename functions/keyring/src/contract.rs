//! The contract of [`Keyring`], run by every adapter.
//!
//! An adapter's test gives a [`Bench`] and awaits [`suite`]; a broken promise is a failed assertion that says which.

use std::sync::Arc;

use weir_events::{EntityKey, EntityKind, Sealed};

use crate::{Keyring, KeyringError};

/// Where the suite gets its adapters from; one bench is one place to keep keys.
#[async_trait::async_trait]
pub trait Bench: Send {
    /// The adapter under test.
    type Adapter: Keyring + 'static;

    /// Opens the adapter, at first with no subject's key.
    async fn open(&mut self) -> Self::Adapter;

    /// Ends the adapter as a kill would and opens what it left; `None` if it keeps nothing.
    async fn reopen(&mut self, adapter: Self::Adapter) -> Option<Self::Adapter>;
}

/// Runs every check, each on a new bench.
///
/// # Errors
/// What the adapter answered where the contract has no error.
///
/// # Panics
/// Where the adapter breaks the contract.
pub async fn suite<B: Bench>(make: impl Fn() -> B) -> Result<(), KeyringError> {
    pseudonyms_tell_values_and_kinds_apart(&make().open().await);
    what_is_sealed_opens_again(&make().open().await).await?;
    a_blob_is_bound_to_its_subject_and_bytes(&make().open().await).await?;
    one_subject_has_one_key(Arc::new(make().open().await)).await?;
    a_destroyed_key_erases_every_copy(&make().open().await).await?;
    everything_survives_a_kill(make()).await
}

fn customer(keyring: &impl Keyring, value: &str) -> EntityKey {
    keyring.pseudonym(EntityKind::Customer, value)
}

async fn seal_one(keyring: &impl Keyring, subject: EntityKey, text: &str) -> Result<Sealed, KeyringError> {
    let sealed = keyring.seal(&[(Some(subject), text.as_bytes())]).await?.pop();
    sealed.ok_or(KeyringError::UnknownKey)
}

fn pseudonyms_tell_values_and_kinds_apart(keyring: &impl Keyring) {
    let key = customer(keyring, "c-1");
    assert_eq!(key, customer(keyring, "c-1"), "the same value has the same pseudonym");
    assert_eq!(key.key_id, keyring.key_id(), "a pseudonym names its key");
    assert_ne!(key.digest, customer(keyring, "c-2").digest, "another value has another pseudonym");
    let card = keyring.pseudonym(EntityKind::Card, "c-1");
    assert_ne!(key.digest, card.digest, "another kind has another pseudonym");
    assert_eq!(keyring.content_hash(b"one"), keyring.content_hash(b"one"), "equal content, equal hash");
    assert_ne!(keyring.content_hash(b"one"), keyring.content_hash(b"two"), "other content, other hash");
}

async fn what_is_sealed_opens_again(keyring: &impl Keyring) -> Result<(), KeyringError> {
    let (first, second) = (customer(keyring, "c-1"), customer(keyring, "c-2"));
    let texts: [(Option<EntityKey>, &[u8]); 4] =
        [(Some(first), b"a"), (Some(second), b""), (None, b"no subject"), (Some(first), b"a")];
    let sealed = keyring.seal(&texts).await?;
    assert_eq!(sealed.len(), texts.len(), "one blob for each text");
    for (blob, (subject, text)) in sealed.iter().zip(texts) {
        assert_eq!(blob.subject, subject, "blobs in order of the texts");
        assert!(keyring.open(blob).await? == text, "a blob opens to its text");
    }
    assert_ne!(sealed[0].nonce, sealed[3].nonce, "no nonce is used twice");
    assert_eq!(sealed[0].key_id, sealed[3].key_id, "a subject has one key in a batch");
    assert!(keyring.seal(&[]).await?.is_empty(), "nothing sealed is nothing");
    Ok(())
}

async fn a_blob_is_bound_to_its_subject_and_bytes(keyring: &impl Keyring) -> Result<(), KeyringError> {
    let subject = customer(keyring, "c-1");
    let sealed = seal_one(keyring, subject, "text").await?;
    let mut changed = sealed.clone();
    changed.ciphertext[0] ^= 1;
    assert!(matches!(keyring.open(&changed).await, Err(KeyringError::Tampered)), "a changed blob is refused");
    let other = customer(keyring, "c-2");
    seal_one(keyring, other, "text").await?;
    let moved = Sealed { subject: Some(other), ..sealed.clone() };
    assert!(matches!(keyring.open(&moved).await, Err(KeyringError::Tampered)), "a blob is its subject's");
    let bare = Sealed { subject: None, ..sealed.clone() };
    assert!(keyring.open(&bare).await.is_err(), "a subject's blob is not the deployment's");
    let ahead = Sealed { key_id: sealed.key_id + 1, ..sealed };
    assert!(
        matches!(keyring.open(&ahead).await, Err(KeyringError::UnknownKey)),
        "a key never made is unknown"
    );
    Ok(())
}

async fn one_subject_has_one_key<K: Keyring + 'static>(keyring: Arc<K>) -> Result<(), KeyringError> {
    let seal = |task: usize| {
        let keyring = Arc::clone(&keyring);
        tokio::spawn(async move {
            let subjects = (0..20).map(|number| customer(&*keyring, &((task + number) % 20).to_string()));
            let items: Vec<_> = subjects.map(|subject| (Some(subject), &b"text"[..])).collect();
            keyring.seal(&items).await
        })
    };
    for task in (0..16).map(seal).collect::<Vec<_>>() {
        for blob in task.await.map_err(|_| KeyringError::Cipher)?? {
            assert_eq!(blob.key_id, 1, "tasks at once make one key for a subject");
            assert!(keyring.open(&blob).await? == b"text", "what any task sealed opens");
        }
    }
    Ok(())
}

async fn a_destroyed_key_erases_every_copy(keyring: &impl Keyring) -> Result<(), KeyringError> {
    let (erased, kept) = (customer(keyring, "c-1"), customer(keyring, "c-2"));
    let before = seal_one(keyring, erased, "before").await?;
    let other = seal_one(keyring, kept, "other").await?;
    assert!(keyring.destroy(&erased).await?, "there was a key to destroy");
    assert!(!keyring.destroy(&erased).await?, "now there is none");
    assert!(!keyring.destroy(&customer(keyring, "absent")).await?, "an unknown subject has none");
    assert!(matches!(keyring.open(&before).await, Err(KeyringError::Destroyed)), "its copies are unreadable");
    assert!(keyring.open(&other).await? == b"other", "others' data stay");
    let after = seal_one(keyring, erased, "after").await?;
    assert!(after.key_id > before.key_id, "a new event gets a new key");
    assert!(keyring.open(&after).await? == b"after", "and opens under it");
    assert!(
        matches!(keyring.open(&before).await, Err(KeyringError::Destroyed)),
        "the old copies stay erased"
    );
    Ok(())
}

async fn everything_survives_a_kill<B: Bench>(mut bench: B) -> Result<(), KeyringError> {
    let keyring = bench.open().await;
    let (erased, kept) = (customer(&keyring, "c-1"), customer(&keyring, "c-2"));
    let gone = seal_one(&keyring, erased, "gone").await?;
    let here = seal_one(&keyring, kept, "here").await?;
    let bare = keyring.seal(&[(None, b"bare")]).await?;
    keyring.destroy(&erased).await?;
    let Some(keyring) = bench.reopen(keyring).await else { return Ok(()) };
    assert_eq!(customer(&keyring, "c-1"), erased, "pseudonyms stay");
    assert!(keyring.open(&here).await? == b"here" && keyring.open(&bare[0]).await? == b"bare", "keys stay");
    assert!(
        matches!(keyring.open(&gone).await, Err(KeyringError::Destroyed)),
        "a destroyed key stays destroyed"
    );
    let again = seal_one(&keyring, erased, "again").await?;
    assert!(again.key_id > gone.key_id, "ids of keys go on growing");
    let Some(keyring) = bench.reopen(keyring).await else { return Ok(()) };
    assert!(keyring.open(&again).await? == b"again", "the new key stays");
    assert!(matches!(keyring.open(&gone).await, Err(KeyringError::Destroyed)), "the old one stays destroyed");
    Ok(())
}
