//! `keyring.json`: the master keys, readable by their owner alone.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::KeyringError;
use crate::master::{Master, Secret};

const FORMAT: u16 = 1;
const CHECK_CONTEXT: &str = "weir keyring 1: check of the key file";
const RESTORE: &str = "restore it from a copy; without it nothing sealed so far can be read";

/// The file's fields; keys in hex.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    format: u16,
    tenant: String,
    key_id: u16,
    pseudonym_key: String,
    wrapping_key: String,
    /// Hash of the other fields: a wrong digit would make other pseudonyms without anybody noticing.
    check: String,
}

impl Content {
    fn check(&self) -> String {
        let mut hasher = blake3::Hasher::new_derive_key(CHECK_CONTEXT);
        for part in [&self.tenant, &self.pseudonym_key, &self.wrapping_key] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        hasher.update(&self.format.to_le_bytes()).update(&self.key_id.to_le_bytes());
        hex::encode(&hasher.finalize().as_bytes()[..8])
    }
}

impl Drop for Content {
    fn drop(&mut self) {
        self.pseudonym_key.zeroize();
        self.wrapping_key.zeroize();
    }
}

/// Reads the master keys; `None` if there is no file.
pub(crate) fn read(path: &Path) -> Result<Option<Master>, KeyringError> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(KeyringError::io("read", path)(error)),
    };
    check_mode(path, metadata.mode())?;
    let text = Zeroizing::new(fs::read(path).map_err(KeyringError::io("read", path))?);
    let wrong = |found: String| KeyringError::KeyFile { path: path.to_owned(), found, advice: RESTORE };
    // The parser's own message would quote what it found.
    let content: Content = serde_json::from_slice(&text).map_err(|error| {
        wrong(format!("it is cut or changed at line {}, column {}", error.line(), error.column()))
    })?;
    if content.format != FORMAT {
        return Err(wrong(format!("it has format {}, this build reads {FORMAT}", content.format)));
    }
    let keys = secret(&content.pseudonym_key).zip(secret(&content.wrapping_key));
    match keys.filter(|_| content.check == content.check()) {
        Some((pseudonym, wrapping)) => {
            Ok(Some(Master::new(content.tenant.clone(), content.key_id, pseudonym, wrapping)))
        }
        None => Err(wrong("a key in it was changed".to_owned())),
    }
}

/// Writes the master keys; the file is whole or absent, and durable when this returns.
pub(crate) fn write(path: &Path, master: &Master) -> Result<(), KeyringError> {
    let mut content = Content {
        format: FORMAT,
        tenant: master.tenant.clone(),
        key_id: master.key_id,
        pseudonym_key: hex::encode(*master.pseudonym),
        wrapping_key: hex::encode(*master.wrapping),
        check: String::new(),
    };
    content.check = content.check();
    let draft = path.with_extension("tmp");
    let failed = || KeyringError::io("write", &draft);
    let text = serde_json::to_vec_pretty(&content).map_err(|error| failed()(error.into()))?;
    let text = Zeroizing::new(text);
    let mut options = File::options();
    let options = options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(&draft).map_err(failed())?;
    file.write_all(&text).map_err(failed())?;
    file.sync_all().map_err(failed())?;
    fs::rename(&draft, path).map_err(KeyringError::io("write", path))?;
    let directory = path.parent().unwrap_or(Path::new("."));
    let synced = File::open(directory).and_then(|directory| directory.sync_all());
    synced.map_err(KeyringError::io("sync", directory))
}

fn secret(text: &str) -> Option<Secret> {
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text, bytes.as_mut_slice()).ok().map(|()| bytes)
}

fn check_mode(path: &Path, mode: u32) -> Result<(), KeyringError> {
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(KeyringError::KeyFile {
        path: path.to_owned(),
        found: format!("its mode {:04o} lets others than its owner at it", mode & 0o7777),
        advice: "set it to 0600 with `chmod 600`",
    })
}
