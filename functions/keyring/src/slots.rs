//! Where slots are kept: a file, or memory.

use std::fs::File;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use tracing::warn;
use zeroize::Zeroizing;

use crate::KeyringError;
use crate::slot::{self, SLOT_BYTES, Slot};

/// First bytes of `subjects.keys`; the fingerprint of the wrapping key follows.
const MAGIC: &[u8; 8] = b"weirkeys";
const ADVICE: &str = "restore it from a copy; without it the personal data sealed so far cannot be read";

/// Keeps slots by number, from 0.
pub(crate) enum Slots {
    /// Ends with the process.
    Memory(Mutex<Vec<[u8; SLOT_BYTES]>>),
    /// Durable.
    File(SlotFile),
}

/// A file of slots behind a header of the size of a slot.
pub(crate) struct SlotFile {
    file: File,
    path: PathBuf,
    recent: RwLock<Recent>,
}

/// Slots that were read lately, each at the place of its number's last bits; what is in them is wrapped. Empty until the
/// first is asked for again.
#[derive(Default)]
struct Recent(Vec<[u8; SLOT_BYTES + 4]>);

/// How many they are: 17 MB, touched as they are used.
const RECENT: usize = 1 << 17;

impl Recent {
    fn get(&self, number: u32) -> Option<&[u8]> {
        let (of, bytes) = self.0.get(number as usize % RECENT)?.split_first_chunk::<4>()?;
        // No slot has the greatest number, so that what is empty is of none.
        (u32::from_le_bytes(*of) == number.wrapping_add(1) && number != u32::MAX).then_some(bytes)
    }

    fn put(&mut self, number: u32, bytes: &[u8; SLOT_BYTES]) {
        if self.0.is_empty() {
            self.0 = vec![[0; SLOT_BYTES + 4]; RECENT];
        }
        if let Some(place) = self.0.get_mut(number as usize % RECENT) {
            place[..4].copy_from_slice(&number.wrapping_add(1).to_le_bytes());
            place[4..].copy_from_slice(bytes);
        }
    }

    fn forget(&mut self, number: u32) {
        if self.get(number).is_some()
            && let Some(place) = self.0.get_mut(number as usize % RECENT)
        {
            place.fill(0);
        }
    }
}

impl Slots {
    /// Reads one slot; its copy of the wrapped key is not secret, since it is wrapped.
    pub(crate) fn read(&self, number: u32) -> Result<Slot, KeyringError> {
        let mut bytes = [0; SLOT_BYTES];
        match self {
            Self::Memory(all) => {
                bytes = locked(all).get(number as usize).copied().ok_or(KeyringError::UnknownKey)?;
            }
            Self::File(SlotFile { file, path, .. }) => {
                file.read_exact_at(&mut bytes, offset(number)).map_err(KeyringError::io("read", path))?
            }
        }
        slot::decode(&bytes).ok_or_else(|| self.damaged(number))
    }

    /// Reads one slot that is likely to have been read before, from memory if it was.
    pub(crate) fn read_again(&self, number: u32) -> Result<Slot, KeyringError> {
        let Self::File(SlotFile { file, path, recent }) = self else { return self.read(number) };
        let held = recent.read().unwrap_or_else(PoisonError::into_inner).get(number).and_then(slot::decode);
        if let Some(slot) = held {
            return Ok(slot);
        }
        let mut bytes = [0; SLOT_BYTES];
        // Nobody writes meanwhile, so that what is destroyed does not stay here.
        let mut recent = recent.write().unwrap_or_else(PoisonError::into_inner);
        file.read_exact_at(&mut bytes, offset(number)).map_err(KeyringError::io("read", path))?;
        let slot = slot::decode(&bytes).ok_or_else(|| self.damaged(number))?;
        recent.put(number, &bytes);
        Ok(slot)
    }

    /// Writes slots from `number` on; durable when it returns.
    pub(crate) fn write(&self, number: u32, slots: &[Slot]) -> Result<(), KeyringError> {
        let bytes: Vec<_> = slots.iter().map(slot::encode).collect();
        match self {
            Self::Memory(all) => {
                let mut all = locked(all);
                let end = number as usize + bytes.len();
                if all.len() < end {
                    all.resize(end, [0; SLOT_BYTES]);
                }
                all[number as usize..end].copy_from_slice(&bytes);
                Ok(())
            }
            Self::File(SlotFile { file, path, recent }) => {
                let failed = || KeyringError::io("write", path);
                let mut recent = recent.write().unwrap_or_else(PoisonError::into_inner);
                (number..).take(slots.len()).for_each(|number| recent.forget(number));
                file.write_all_at(bytes.as_flattened(), offset(number)).map_err(failed())?;
                drop(recent);
                file.sync_data().map_err(failed())
            }
        }
    }

    fn damaged(&self, number: u32) -> KeyringError {
        let path = match self {
            Self::Memory(_) => PathBuf::new(),
            Self::File(file) => file.path.clone(),
        };
        KeyringError::KeyFile { path, found: format!("slot {number} is damaged"), advice: ADVICE }
    }
}

impl SlotFile {
    /// Opens or makes the file and answers its slots; cuts an append off that was torn before it was used.
    pub(crate) fn open(path: &Path, fingerprint: [u8; 16]) -> Result<(Self, Vec<Slot>), KeyringError> {
        let mut options = File::options();
        let options = options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(path).map_err(KeyringError::io("open", path))?;
        let bytes = Zeroizing::new(std::fs::read(path).map_err(KeyringError::io("read", path))?);
        let opened = Self { file, path: path.to_owned(), recent: RwLock::default() };
        let Some((header, body)) = bytes.split_at_checked(SLOT_BYTES) else {
            // Killed while it was being made: no key was in it.
            opened.begin(&header(fingerprint))?;
            return Ok((opened, Vec::new()));
        };
        opened.check(header, fingerprint)?;
        let slots = opened.whole(body)?;
        let length = ((slots.len() + 1) * SLOT_BYTES) as u64;
        if (bytes.len() as u64) > length {
            warn!(path = %path.display(), "cut keys off that were torn before they were used");
            opened.file.set_len(length).map_err(KeyringError::io("cut", path))?;
        }
        opened.file.sync_data().map_err(KeyringError::io("sync", path))?;
        Ok((opened, slots))
    }

    fn begin(&self, header: &[u8]) -> Result<(), KeyringError> {
        let failed = || KeyringError::io("write", &self.path);
        self.file.write_all_at(header, 0).map_err(failed())?;
        self.file.sync_all().map_err(failed())
    }

    fn check(&self, found: &[u8], fingerprint: [u8; 16]) -> Result<(), KeyringError> {
        let expected = header(fingerprint);
        if found == expected {
            return Ok(());
        }
        let is_other = found[..MAGIC.len()] == expected[..MAGIC.len()];
        let found = if is_other { "it belongs to another `keyring.json`" } else { "it is no file of keys" };
        Err(KeyringError::KeyFile { path: self.path.clone(), found: found.to_owned(), advice: ADVICE })
    }

    /// The slots up to a torn append. A slot is used only after its append was synced, so one that cannot be read
    /// is damaged if a later append follows, and otherwise was never used.
    fn whole(&self, body: &[u8]) -> Result<Vec<Slot>, KeyringError> {
        let all: Vec<_> = body.chunks(SLOT_BYTES).map(slot::decode).collect();
        let end = all.iter().position(Option::is_none).unwrap_or(all.len());
        let begun = |(number, slot): (usize, &Option<Slot>)| {
            Some(number.saturating_sub(slot.as_ref()?.append_index as usize))
        };
        if all.iter().enumerate().skip(end).filter_map(begun).any(|start| start > end) {
            let found = format!("slot {end} is damaged");
            return Err(KeyringError::KeyFile { path: self.path.clone(), found, advice: ADVICE });
        }
        Ok(all.into_iter().map_while(|slot| slot).collect())
    }
}

fn header(fingerprint: [u8; 16]) -> [u8; SLOT_BYTES] {
    let mut bytes = [0; SLOT_BYTES];
    bytes[..8].copy_from_slice(MAGIC);
    bytes[8..24].copy_from_slice(&fingerprint);
    bytes
}

fn offset(number: u32) -> u64 {
    (u64::from(number) + 1) * SLOT_BYTES as u64
}

fn locked(all: &Mutex<Vec<[u8; SLOT_BYTES]>>) -> MutexGuard<'_, Vec<[u8; SLOT_BYTES]>> {
    all.lock().unwrap_or_else(PoisonError::into_inner)
}
