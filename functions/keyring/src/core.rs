//! What both adapters share: the index of subjects' keys, sealing, opening and destroying.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use ring::aead::LessSafeKey;
use weir_events::{EntityKey, Sealed};

use crate::master::{Master, random_for};
use crate::sealing;
use crate::sealing::{NONCE_BYTES, NewKey};
use crate::slot::Slot;
use crate::slots::Slots;
use crate::subjects::BySubject;
use crate::{KeyringError, SealedTexts, Texts};

/// A subject's newest key; all before it are destroyed, since a new one is made only then.
#[derive(Clone, Copy)]
struct Newest {
    slot: u32,
    key_id: u32,
    is_live: bool,
}

/// How many slots there are; held while one is written.
type Appender = Arc<tokio::sync::Mutex<u32>>;

/// A key, with its id among its subject's keys.
type Key = (u32, LessSafeKey);

/// Master keys, subjects' keys, and the index over them.
pub(crate) struct Core {
    pub(crate) master: Master,
    slots: Slots,
    index: RwLock<BySubject<Newest>>,
    /// Subjects that somebody waits to have a key for; whoever writes next makes them all.
    wanted: Mutex<BTreeSet<EntityKey>>,
    appender: Appender,
    deployment: LessSafeKey,
    wrapping: LessSafeKey,
}

impl Core {
    pub(crate) fn new(master: Master, slots: Slots, known: &[Slot]) -> Result<Self, KeyringError> {
        let newest = |(number, slot): (usize, &Slot)| {
            let is_live = slot.wrapped.is_some();
            (slot.subject, Newest { slot: number as u32, key_id: slot.key_id, is_live })
        };
        Ok(Self {
            deployment: sealing::cipher(&*master.deployment())?,
            wrapping: sealing::cipher(&*master.wrapping)?,
            index: RwLock::new(known.iter().enumerate().map(newest).collect()),
            wanted: Mutex::default(),
            appender: Arc::new(tokio::sync::Mutex::new(known.len() as u32)),
            master,
            slots,
        })
    }

    pub(crate) async fn seal(
        self: &Arc<Self>,
        items: &[(Option<EntityKey>, &[u8])],
    ) -> Result<Vec<Sealed>, KeyringError> {
        let keys = self.keys(items.iter().filter_map(|(subject, _)| *subject).collect()).await?;
        let nonces = random_for::<NONCE_BYTES>(items.len())?;
        let seal = |((subject, text), nonce): (&(Option<EntityKey>, &[u8]), &[u8; NONCE_BYTES])| match subject
        {
            None => sealing::seal(&self.deployment, None, 0, *nonce, text),
            Some(subject) => {
                let (key_id, key) = keys.get(subject).ok_or(KeyringError::UnknownKey)?;
                sealing::seal(key, Some(*subject), *key_id, *nonce, text)
            }
        };
        items.iter().zip(nonces.iter()).map(seal).collect()
    }

    /// Seals texts where they stand. Each key is unwrapped for its text and forgotten: thousands of them would be looked
    /// for in memory longer than that takes.
    pub(crate) async fn seal_texts(
        self: &Arc<Self>,
        subjects: &[EntityKey],
        texts: Texts,
    ) -> Result<SealedTexts, KeyringError> {
        let is_missing = |subject: &EntityKey| !self.newest(subject).is_some_and(|newest| newest.is_live);
        let missing = subjects.iter().copied().filter(is_missing).collect::<Vec<_>>();
        if !missing.is_empty() {
            self.make(&missing).await?;
        }
        let mut nonces = random_for::<NONCE_BYTES>(texts.ends.len())?;
        let Texts { bytes: mut ciphertexts, ends } = texts;
        let mut key_ids = Vec::with_capacity(ends.len());
        let mut start = 0;
        for ((subject, end), nonce) in subjects.iter().zip(&ends).zip(nonces.iter()) {
            let (key_id, key) = self.live_key(subject).await?;
            let text = ciphertexts.get_mut(start..*end).ok_or(KeyringError::Cipher)?;
            sealing::seal_in_place(&key, subject, key_id, *nonce, text)?;
            key_ids.push(key_id);
            start = *end;
        }
        if key_ids.len() != ends.len() {
            return Err(KeyringError::UnknownKey);
        }
        Ok(SealedTexts { ciphertexts, ends, key_ids, nonces: std::mem::take(&mut *nonces) })
    }

    /// The key of a subject that had one a moment ago; made anew if it was destroyed since.
    async fn live_key(self: &Arc<Self>, subject: &EntityKey) -> Result<Key, KeyringError> {
        loop {
            if let Some(newest) = self.newest(subject).filter(|newest| newest.is_live)
                && let Some(wrapped) = self.slots.read_again(newest.slot)?.wrapped
            {
                let key = sealing::unwrap(&self.wrapping, subject, newest.key_id, &wrapped)?;
                return Ok((newest.key_id, key));
            }
            self.make(&[*subject]).await?;
        }
    }

    pub(crate) fn open(&self, sealed: &Sealed) -> Result<Vec<u8>, KeyringError> {
        let Some(subject) = &sealed.subject else { return sealing::open(&self.deployment, sealed) };
        let newest = self.newest(subject).ok_or(KeyringError::UnknownKey)?;
        if sealed.key_id > newest.key_id || sealed.key_id == 0 {
            return Err(KeyringError::UnknownKey);
        }
        if sealed.key_id < newest.key_id {
            return Err(KeyringError::Destroyed);
        }
        let (_, key) = self.read_key(subject, newest)?.ok_or(KeyringError::Destroyed)?;
        sealing::open(&key, sealed)
    }

    pub(crate) async fn destroy(self: &Arc<Self>, subject: &EntityKey) -> Result<bool, KeyringError> {
        let _appender = Arc::clone(&self.appender).lock_owned().await;
        let Some(newest) = self.newest(subject).filter(|newest| newest.is_live) else { return Ok(false) };
        let live = self.slots.read(newest.slot)?;
        self.slots.write(newest.slot, &[Slot { wrapped: None, ..live }])?;
        self.remember(*subject, Newest { is_live: false, ..newest });
        Ok(true)
    }

    /// A live key for each subject, made where there is none.
    async fn keys(self: &Arc<Self>, wanted: Vec<EntityKey>) -> Result<BySubject<Key>, KeyringError> {
        let mut keys = BySubject::with_capacity_and_hasher(wanted.len(), Default::default());
        let mut wanted = wanted;
        loop {
            let mut missing = Vec::new();
            for subject in wanted {
                if keys.contains_key(&subject) {
                    continue;
                }
                let newest = self.newest(&subject);
                match newest.map(|newest| self.read_key(&subject, newest)).transpose()?.flatten() {
                    Some(key) => drop(keys.insert(subject, key)),
                    None => missing.push(subject),
                }
            }
            if missing.is_empty() {
                return Ok(keys);
            }
            // A key destroyed in between is missing again: then it is made anew.
            self.make(&missing).await?;
            wanted = missing;
        }
    }

    /// `None` if the key is destroyed.
    fn read_key(&self, subject: &EntityKey, newest: Newest) -> Result<Option<Key>, KeyringError> {
        if !newest.is_live {
            return Ok(None);
        }
        let Some(wrapped) = self.slots.read(newest.slot)?.wrapped else { return Ok(None) };
        let key = sealing::unwrap(&self.wrapping, subject, newest.key_id, &wrapped)?;
        Ok(Some((newest.key_id, key)))
    }

    /// Makes keys for these subjects and for whoever else waits, in one write.
    async fn make(self: &Arc<Self>, subjects: &[EntityKey]) -> Result<(), KeyringError> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).extend(subjects);
        let mut appender = Arc::clone(&self.appender).lock_owned().await;
        let core = Arc::clone(self);
        // The write goes on if the caller gives up meanwhile; the lock goes with it.
        let made = tokio::task::spawn_blocking(move || core.append(&mut appender)).await;
        made.map_err(|_| KeyringError::Cipher)?
    }

    fn append(&self, count: &mut u32) -> Result<(), KeyringError> {
        let wanted = std::mem::take(&mut *self.wanted.lock().unwrap_or_else(PoisonError::into_inner));
        let random = random_for::<{ size_of::<NewKey>() }>(wanted.len())?;
        let mut slots = Vec::with_capacity(wanted.len());
        for (subject, random) in wanted.into_iter().zip(random.iter()) {
            let newest = self.newest(&subject);
            if newest.is_some_and(|newest| newest.is_live) {
                continue;
            }
            let key_id = newest.map_or(1, |newest| newest.key_id + 1);
            let wrapped = Some(sealing::new_wrapped(&self.wrapping, &subject, key_id, random)?);
            slots.push(Slot { subject, key_id, append_index: slots.len() as u32, wrapped });
        }
        if slots.is_empty() {
            return Ok(());
        }
        self.slots.write(*count, &slots)?;
        for (slot, number) in slots.iter().zip(*count..) {
            self.remember(slot.subject, Newest { slot: number, key_id: slot.key_id, is_live: true });
        }
        *count += slots.len() as u32;
        Ok(())
    }

    fn newest(&self, subject: &EntityKey) -> Option<Newest> {
        self.index.read().unwrap_or_else(PoisonError::into_inner).get(subject).copied()
    }

    fn remember(&self, subject: EntityKey, newest: Newest) {
        self.index.write().unwrap_or_else(PoisonError::into_inner).insert(subject, newest);
    }
}
