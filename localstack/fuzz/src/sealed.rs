//! Sealed blobs, and the keyring's files.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::OnceLock;

use tokio::runtime::Runtime;
use weir_events::{EntityKey, EntityKind, Sealed};
use weir_keyring::{FileKeyring, Keyring};

use crate::source::Source;
use crate::{MARK, folder};

/// A keyring in files with two subjects, one of them forgotten, and a blob of each and of nobody.
struct Made {
    runtime: Runtime,
    keyring: FileKeyring,
    blobs: Vec<Sealed>,
    files: [(&'static str, Vec<u8>); 2],
}

const TEXT: &[u8] = "{\"email\":\"§7Qx9\"}".as_bytes();

fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let directory = folder().join("made");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let (keyring, _) = FileKeyring::open(&directory).expect("a new keyring");
        let subjects =
            [1, 2, 3].map(|digest| EntityKey { kind: EntityKind::Customer, key_id: 1, digest: [digest; 16] });
        let blobs = runtime.block_on(async {
            let texts = [
                (Some(subjects[0]), TEXT),
                (Some(subjects[1]), TEXT),
                (None, TEXT),
                (Some(subjects[2]), TEXT),
            ];
            let blobs = keyring.seal(&texts).await.expect("sealed");
            assert!(keyring.destroy(&subjects[1]).await.expect("destroyed"));
            blobs
        });
        let file = |name| (name, fs::read(directory.join(name)).expect("a file of the keyring"));
        Made { runtime, keyring, blobs, files: [file("keyring.json"), file("subjects.keys")] }
    })
}

/// Blobs of any bytes, blobs that were changed, and files of keys that were changed.
pub fn check(bytes: &[u8]) {
    let mut source = Source(bytes);
    match source.byte() % 4 {
        0 => any_bytes(source.0),
        1 => files(&mut source),
        _ => changed(&mut source),
    }
}

fn any_bytes(bytes: &[u8]) {
    let Ok(sealed) = serde_json::from_slice::<Sealed>(bytes) else { return };
    let written = serde_json::to_vec(&sealed).expect("a blob is JSON");
    assert_eq!(serde_json::from_slice::<Sealed>(&written).ok().as_ref(), Some(&sealed));
    assert!(open(&sealed).is_err(), "a blob that nobody sealed is opened");
}

fn open(sealed: &Sealed) -> Result<Vec<u8>, weir_keyring::KeyringError> {
    let opened = made().runtime.block_on(made().keyring.open(sealed));
    if let Err(error) = &opened {
        let text = format!("{error} {error:?}");
        assert!(!text.contains(MARK), "a value stands in an error");
    }
    opened
}

/// A blob opens to what was sealed, or not at all.
fn changed(source: &mut Source<'_>) {
    let place = usize::from(source.byte() % 4);
    let original = &made().blobs[place];
    let mut sealed = original.clone();
    while !source.is_empty() {
        change(&mut sealed, source);
    }
    let opened = open(&sealed);
    // Taken over from another blob altogether it is that blob.
    let is_whole = made().blobs.iter().enumerate().any(|(place, blob)| place != 1 && *blob == sealed);
    if is_whole {
        assert_eq!(opened.ok().as_deref(), Some(TEXT));
    } else {
        assert!(opened.is_err(), "a changed or forgotten blob is opened");
    }
}

fn change(sealed: &mut Sealed, source: &mut Source<'_>) {
    let (what, at, bits) = (source.byte(), usize::from(source.byte()), source.byte());
    let length = sealed.ciphertext.len();
    match what % 8 {
        0 => sealed.key_id ^= u32::from(bits) << (at % 25),
        1 => sealed.nonce[at % 12] ^= bits,
        2 => sealed.ciphertext.truncate(at),
        3 => sealed.ciphertext.push(bits),
        4 => sealed.subject = made().blobs[at % 4].subject,
        5 => sealed.nonce = made().blobs[at % 4].nonce,
        6 => sealed.ciphertext.clone_from(&made().blobs[at % 4].ciphertext),
        _ if length > 0 => sealed.ciphertext[at % length] ^= bits,
        _ => (),
    }
}

/// Files of keys that were changed or cut are refused, or open what was sealed under them as before.
fn files(source: &mut Source<'_>) {
    let directory = folder().join("changed");
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).expect("a folder in memory");
    let mut contents = made().files.clone();
    let cut = source.short();
    let chosen = usize::from(source.byte() % 2);
    while !source.is_empty() {
        let (at, bits) = (usize::from(source.short()), source.byte());
        let content = &mut contents[chosen].1;
        let length = content.len();
        content[at % length] ^= bits;
    }
    if cut % 2 == 0 {
        let length = contents[chosen].1.len();
        contents[chosen].1.truncate(usize::from(cut) % (length + 1));
    }
    for (name, content) in &contents {
        let path = directory.join(name);
        fs::write(&path, content).expect("a folder in memory");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("our own file");
    }
    let is_changed = contents != made().files;
    let Ok((keyring, is_new)) = FileKeyring::open(&directory) else {
        return assert!(is_changed, "refused unchanged");
    };
    assert!(!is_new, "keys are made anew beside old ones");
    for (place, blob) in made().blobs.iter().enumerate() {
        match made().runtime.block_on(keyring.open(blob)) {
            Ok(text) => assert!(text == TEXT && place != 1),
            Err(_) => assert!(is_changed || place == 1),
        }
    }
}
