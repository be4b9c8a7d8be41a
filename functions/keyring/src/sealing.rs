//! AES-256-GCM: blobs under a subject's key, subjects' keys under the wrapping key.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use weir_events::{EntityKey, Sealed};
use zeroize::Zeroizing;

use crate::KeyringError;

/// A key and its tag.
pub(crate) const WRAPPED_BYTES: usize = 48;
/// A nonce.
pub(crate) const NONCE_BYTES: usize = NONCE_LEN;
/// A tag.
pub(crate) const TAG_BYTES: usize = 16;
/// A nonce, taken from random bytes once.
pub(crate) type NonceBytes = [u8; NONCE_BYTES];
/// A nonce and a key, taken from random bytes once.
pub(crate) type NewKey = [u8; NONCE_BYTES + 32];
/// Bytes of what a ciphertext is bound to, at most.
const ASSOCIATED_BYTES: usize = 14 + 19 + 4;

/// A subject's key as it is stored.
#[derive(Clone, Copy)]
pub(crate) struct Wrapped {
    pub(crate) nonce: [u8; NONCE_BYTES],
    pub(crate) bytes: [u8; WRAPPED_BYTES],
}

/// Makes a new key for a subject from random bytes and wraps it.
pub(crate) fn new_wrapped(
    wrapping: &LessSafeKey,
    subject: &EntityKey,
    key_id: u32,
    random: &NewKey,
) -> Result<Wrapped, KeyringError> {
    let (random_nonce, secret) = random.split_at(NONCE_BYTES);
    let mut nonce = [0; NONCE_BYTES];
    nonce.copy_from_slice(random_nonce);
    let mut bytes = [0; WRAPPED_BYTES];
    bytes[..secret.len()].copy_from_slice(secret);
    let (text, tag) = bytes.split_at_mut(secret.len());
    let made = wrapping.seal_in_place_separate_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::from(associated(b"weir wrapped 1", Some(subject), key_id)),
        text,
    )?;
    tag.copy_from_slice(made.as_ref());
    Ok(Wrapped { nonce, bytes })
}

/// The key of a subject.
pub(crate) fn unwrap(
    wrapping: &LessSafeKey,
    subject: &EntityKey,
    key_id: u32,
    wrapped: &Wrapped,
) -> Result<LessSafeKey, KeyringError> {
    let mut bytes = Zeroizing::new(wrapped.bytes);
    let associated = Aad::from(associated(b"weir wrapped 1", Some(subject), key_id));
    let nonce = Nonce::assume_unique_for_key(wrapped.nonce);
    let opened = wrapping.open_in_place(nonce, associated, bytes.as_mut_slice());
    cipher(opened.map_err(|_| KeyringError::Tampered)?)
}

/// A cipher with a key of 32 bytes.
pub(crate) fn cipher(key: &(impl AsRef<[u8]> + ?Sized)) -> Result<LessSafeKey, KeyringError> {
    Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.as_ref())?))
}

/// Seals a text; the nonce is random and used once, since blobs of one key are few (NIST SP 800-38D, 8.3: below 2^32).
pub(crate) fn seal(
    key: &LessSafeKey,
    subject: Option<EntityKey>,
    key_id: u32,
    nonce: NonceBytes,
    text: &[u8],
) -> Result<Sealed, KeyringError> {
    let mut ciphertext = Vec::with_capacity(text.len() + AES_256_GCM.tag_len());
    ciphertext.extend_from_slice(text);
    key.seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::from(associated(b"weir sealed 1", subject.as_ref(), key_id)),
        &mut ciphertext,
    )?;
    Ok(Sealed { subject, key_id, nonce, ciphertext })
}

/// Seals a text in the memory that it has, with room for the tag behind it.
pub(crate) fn seal_in_place(
    key: &LessSafeKey,
    subject: &EntityKey,
    key_id: u32,
    nonce: NonceBytes,
    text_and_tag: &mut [u8],
) -> Result<(), KeyringError> {
    let (text, tag) = text_and_tag.split_last_chunk_mut::<TAG_BYTES>().ok_or(KeyringError::Cipher)?;
    let made = key.seal_in_place_separate_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::from(associated(b"weir sealed 1", Some(subject), key_id)),
        text,
    )?;
    tag.copy_from_slice(made.as_ref());
    Ok(())
}

/// Opens a blob.
pub(crate) fn open(key: &LessSafeKey, sealed: &Sealed) -> Result<Vec<u8>, KeyringError> {
    let mut text = sealed.ciphertext.clone();
    let associated = Aad::from(associated(b"weir sealed 1", sealed.subject.as_ref(), sealed.key_id));
    let nonce = Nonce::assume_unique_for_key(sealed.nonce);
    let length = key.open_in_place(nonce, associated, &mut text).map_err(|_| KeyringError::Tampered)?.len();
    text.truncate(length);
    Ok(text)
}

/// What a ciphertext is bound to: its use, its subject and the id of the key.
fn associated<const N: usize>(usage: &[u8; N], subject: Option<&EntityKey>, key_id: u32) -> Associated {
    const { assert!(N + 19 + 4 <= ASSOCIATED_BYTES) };
    let mut bytes = [0; ASSOCIATED_BYTES];
    bytes[..N].copy_from_slice(usage);
    bytes[N..N + 19].copy_from_slice(&subject.map_or([0; 19], subject_bytes));
    bytes[N + 19..N + 23].copy_from_slice(&key_id.to_le_bytes());
    Associated { bytes, size: N + 23 }
}

/// What a ciphertext is bound to, without memory taken for each.
struct Associated {
    bytes: [u8; ASSOCIATED_BYTES],
    size: usize,
}

impl AsRef<[u8]> for Associated {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.size]
    }
}

/// Kind, id of the pseudonym key and digest; kinds begin at 1, so that no subject is all zeros.
pub(crate) fn subject_bytes(subject: &EntityKey) -> [u8; 19] {
    let mut bytes = [0; 19];
    bytes[0] = subject.kind as u8;
    bytes[1..3].copy_from_slice(&subject.key_id.to_le_bytes());
    bytes[3..].copy_from_slice(&subject.digest);
    bytes
}
