//! The embedded keyring: two files in one directory.

use std::fs::{DirBuilder, File, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use weir_events::{ContentHash, EntityKey, EntityKind, Sealed};

use crate::core::Core;
use crate::key_file;
use crate::master::Master;
use crate::slots::{SlotFile, Slots};
use crate::{Keyring, KeyringError, Pseudonyms, SealedTexts, Texts};

/// Name in pseudonyms unless another one is given.
const TENANT: &str = "default";

/// Keys in files: `keyring.json` with the master keys, `subjects.keys` with one key per subject under them.
pub struct FileKeyring {
    core: Arc<Core>,
    key_path: PathBuf,
    /// Held as long as the keyring is open.
    _lock: File,
}

impl FileKeyring {
    /// Opens the keyring of a directory; the second value says whether it was made now.
    ///
    /// # Errors
    /// A directory that cannot be written or is in use; a key file that others can read, that is cut or changed, or
    /// that is missing while keys under it exist.
    pub fn open(directory: impl AsRef<Path>) -> Result<(Self, bool), KeyringError> {
        Self::open_for(directory, TENANT)
    }

    /// Opens the keyring of a tenant: the same value has another pseudonym with each tenant.
    ///
    /// # Errors
    /// As [`FileKeyring::open`], and a key file of another tenant.
    pub fn open_for(directory: impl AsRef<Path>, tenant: &str) -> Result<(Self, bool), KeyringError> {
        let directory = directory.as_ref();
        let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
        made.map_err(KeyringError::io("make directory", directory))?;
        let lock = lock(directory)?;
        let (key_path, slot_path) = (directory.join("keyring.json"), directory.join("subjects.keys"));
        let (master, is_new) = match key_file::read(&key_path)? {
            Some(master) => (master, false),
            None => (generate(&key_path, &slot_path, tenant)?, true),
        };
        check_tenant(&key_path, &master, tenant)?;
        let (file, known) = SlotFile::open(&slot_path, master.fingerprint())?;
        sync(directory)?;
        let core = Arc::new(Core::new(master, Slots::File(file), &known)?);
        Ok((Self { core, key_path, _lock: lock }, is_new))
    }

    /// The file with the master keys: whoever loses it loses all personal data, whoever has it can read them.
    pub fn key_path(&self) -> &Path {
        &self.key_path
    }

    /// Its pseudonyms alone.
    pub fn pseudonyms(&self) -> Pseudonyms {
        self.core.master.pseudonyms()
    }
}

#[async_trait::async_trait]
impl Keyring for FileKeyring {
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

/// New master keys, unless keys exist that only lost ones could unwrap.
fn generate(key_path: &Path, slot_path: &Path, tenant: &str) -> Result<Master, KeyringError> {
    if slot_path.exists() {
        return Err(KeyringError::KeyFile {
            path: key_path.to_owned(),
            found: "it is missing, and `subjects.keys` beside it has keys that need it".to_owned(),
            advice: "restore it from a copy; to begin anew, empty the directory",
        });
    }
    let master = Master::generate(tenant)?;
    key_file::write(key_path, &master)?;
    Ok(master)
}

fn check_tenant(path: &Path, master: &Master, tenant: &str) -> Result<(), KeyringError> {
    if master.tenant == tenant {
        return Ok(());
    }
    Err(KeyringError::KeyFile {
        path: path.to_owned(),
        found: format!("it was made for tenant `{}`, not for `{tenant}`", master.tenant),
        advice: "give each tenant a directory of its own",
    })
}

fn sync(directory: &Path) -> Result<(), KeyringError> {
    let synced = File::open(directory).and_then(|directory| directory.sync_all());
    synced.map_err(KeyringError::io("sync", directory))
}

/// The system lets the lock go when the process ends, however it ends.
fn lock(directory: &Path) -> Result<File, KeyringError> {
    let path = directory.join("lock");
    let mut options = File::options();
    let options = options.write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(&path).map_err(KeyringError::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(KeyringError::InUse { path: directory.to_owned() }),
        Err(TryLockError::Error(source)) => Err(KeyringError::io("lock", &path)(source)),
    }
}
