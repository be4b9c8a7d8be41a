//! The files of a keyring: their modes, and what is answered when they are cut, changed or gone.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use weir_events::{EntityKey, EntityKind, Sealed};
use weir_keyring::{FileKeyring, Keyring, KeyringError, Kind};

const SLOT_BYTES: usize = 128;

struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn open(&self) -> FileKeyring {
        FileKeyring::open(self.0.path()).unwrap().0
    }

    /// The error of opening, which has to name the file.
    fn error_naming(&self, name: &str) -> KeyringError {
        let error = FileKeyring::open(self.0.path()).err().unwrap();
        let text = error.to_string();
        assert!(text.contains(&self.file(name).display().to_string()), "{text}");
        error
    }
}

fn customers(keyring: &FileKeyring, numbers: std::ops::Range<u32>) -> Vec<EntityKey> {
    numbers.map(|number| keyring.pseudonym(EntityKind::Customer, &number.to_string())).collect()
}

/// Seals one text for each customer in one batch.
async fn seal(keyring: &FileKeyring, customers: &[EntityKey]) -> Vec<Sealed> {
    let items: Vec<_> = customers.iter().map(|customer| (Some(*customer), &b"text"[..])).collect();
    keyring.seal(&items).await.unwrap()
}

fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

#[test]
fn the_first_run_makes_a_key_file_that_its_owner_alone_can_read() {
    let home = Home::new();
    let (keyring, is_new) = FileKeyring::open(home.0.path().join("keys")).unwrap();
    assert!(is_new);
    assert_eq!(keyring.key_path(), home.file("keys/keyring.json"));
    for name in ["keyring.json", "subjects.keys"] {
        let mode = fs::metadata(home.file("keys").join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    drop(keyring);
    let (_keyring, is_new) = FileKeyring::open(home.0.path().join("keys")).unwrap();
    assert!(!is_new);
}

#[test]
fn a_key_file_that_others_can_read_is_refused() {
    let home = Home::new();
    drop(home.open());
    fs::set_permissions(home.file("keyring.json"), fs::Permissions::from_mode(0o640)).unwrap();
    let error = home.error_naming("keyring.json");
    assert_eq!(error.kind(), Kind::Settings);
    assert!(error.to_string().contains("0640") && error.to_string().contains("chmod 600"), "{error}");
}

#[test]
fn a_key_file_cut_anywhere_is_refused() {
    let home = Home::new();
    drop(home.open());
    let whole = fs::read(home.file("keyring.json")).unwrap();
    for cut in [0, 1, whole.len() / 2, whole.len() - 1] {
        fs::write(home.file("keyring.json"), &whole[..cut]).unwrap();
        home.error_naming("keyring.json");
    }
}

#[test]
fn a_key_file_with_one_wrong_digit_is_refused_without_showing_a_key() {
    let home = Home::new();
    drop(home.open());
    let text = fs::read_to_string(home.file("keyring.json")).unwrap();
    let at = text.find("pseudonym_key").unwrap() + 20;
    let key = text[at..at + 20].to_owned();
    let digit = if text.as_bytes()[at] == b'0' { b'1' } else { b'0' };
    change(&home.file("keyring.json"), |bytes| bytes[at] = digit);
    let error = home.error_naming("keyring.json");
    assert!(!format!("{error} {error:?}").contains(&key[1..]));
}

#[tokio::test]
async fn a_missing_key_file_is_not_made_anew_while_keys_need_it() {
    let home = Home::new();
    let keyring = home.open();
    let customer = customers(&keyring, 0..1);
    seal(&keyring, &customer).await;
    drop(keyring);
    fs::remove_file(home.file("keyring.json")).unwrap();
    home.error_naming("keyring.json");
    assert!(!home.file("keyring.json").exists());
}

#[test]
fn a_key_file_of_another_keyring_is_refused() {
    let (home, other) = (Home::new(), Home::new());
    drop((home.open(), other.open()));
    fs::copy(other.file("keyring.json"), home.file("keyring.json")).unwrap();
    home.error_naming("subjects.keys");
}

#[test]
fn a_keyring_is_opened_once_at_a_time_and_for_one_tenant() {
    let home = Home::new();
    let keyring = home.open();
    assert!(matches!(FileKeyring::open(home.0.path()), Err(KeyringError::InUse { .. })));
    drop(keyring);
    assert!(FileKeyring::open_for(home.0.path(), "another").is_err());
}

#[tokio::test]
async fn the_file_holds_no_byte_of_a_destroyed_key() {
    let home = Home::new();
    let keyring = home.open();
    let customers = customers(&keyring, 0..3);
    seal(&keyring, &customers).await;
    let before = fs::read(home.file("subjects.keys")).unwrap();
    keyring.destroy(&customers[1]).await.unwrap();
    let after = fs::read(home.file("subjects.keys")).unwrap();
    let slot = (1..=3)
        .find(|slot| before[slot * SLOT_BYTES..][..SLOT_BYTES] != after[slot * SLOT_BYTES..][..SLOT_BYTES]);
    let key = slot.unwrap() * SLOT_BYTES + 28;
    assert!(before[key..key + 60].iter().any(|byte| *byte != 0));
    assert!(after[key..key + 60].iter().all(|byte| *byte == 0));
}

#[tokio::test]
async fn an_append_torn_before_its_sync_is_cut_and_the_rest_opens() {
    let home = Home::new();
    let keyring = home.open();
    let first = seal(&keyring, &customers(&keyring, 0..2)).await;
    let torn = customers(&keyring, 2..6);
    seal(&keyring, &torn).await;
    drop(keyring);
    let whole = fs::read(home.file("subjects.keys")).unwrap();
    for tear in [3 * SLOT_BYTES + 1, 5 * SLOT_BYTES, 6 * SLOT_BYTES + 100] {
        fs::write(home.file("subjects.keys"), &whole[..tear]).unwrap();
        let keyring = home.open();
        for blob in &first {
            assert!(keyring.open(blob).await.unwrap() == b"text");
        }
        let again = seal(&keyring, &torn).await;
        assert!(keyring.open(&again[3]).await.unwrap() == b"text");
    }
    // The disk may keep a later part of an append and lose an earlier one.
    fs::write(home.file("subjects.keys"), &whole).unwrap();
    change(&home.file("subjects.keys"), |bytes| bytes[4 * SLOT_BYTES..5 * SLOT_BYTES].fill(0));
    let keyring = home.open();
    assert!(keyring.open(&first[0]).await.unwrap() == b"text");
}

#[tokio::test]
async fn damage_before_a_later_append_is_an_error_that_names_the_file() {
    let home = Home::new();
    let keyring = home.open();
    seal(&keyring, &customers(&keyring, 0..2)).await;
    seal(&keyring, &customers(&keyring, 2..3)).await;
    drop(keyring);
    change(&home.file("subjects.keys"), |bytes| bytes[SLOT_BYTES + 50] ^= 1);
    let error = home.error_naming("subjects.keys");
    assert!(error.to_string().contains("slot 0"), "{error}");
}

#[tokio::test]
async fn a_hundred_customers_at_once_share_few_writes() {
    let home = Home::new();
    let keyring = std::sync::Arc::new(home.open());
    let tasks: Vec<_> = (0..100)
        .map(|number| {
            let keyring = std::sync::Arc::clone(&keyring);
            tokio::spawn(async move { seal(&keyring, &customers(&keyring, number..number + 1)).await })
        })
        .collect();
    for task in tasks {
        assert!(keyring.open(&task.await.unwrap()[0]).await.unwrap() == b"text");
    }
    let bytes = fs::read(home.file("subjects.keys")).unwrap();
    assert_eq!(bytes.len(), 101 * SLOT_BYTES);
    // An append begins with index 0; a task that waited found its key in somebody else's.
    let appends = bytes.chunks(SLOT_BYTES).skip(1).filter(|slot| slot[24..28] == [0; 4]).count();
    assert!(appends < 50, "{appends} appends");
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let home = Home::new();
    fs::write(home.file("taken"), b"").unwrap();
    let error = FileKeyring::open(home.file("taken/keys")).err().unwrap();
    assert!(error.to_string().contains(&home.file("taken/keys").display().to_string()), "{error}");
    assert_eq!(error.kind(), Kind::Settings);
}
