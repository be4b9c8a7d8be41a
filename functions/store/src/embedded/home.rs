//! Making and opening the store's folder.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use fjall::{Database, Keyspace, KeyspaceCreateOptions};

use super::heads::Heads;
use super::recent::Recent;
use crate::StoreError;

/// File that the engine writes once a folder is a database.
const MARKER: &str = "version";
/// Folder that the engine keeps the keyspaces in.
const KEYSPACES: &str = "keyspaces";
/// File that the engine locks.
const LOCK: &str = "lock";
/// Bounds the journal that a start after a kill replays.
const JOURNAL_BYTES: u64 = 64 * 1024 * 1024;
/// Memory that one keyspace fills before it is written to a table file.
const MEMTABLE_BYTES: u64 = 16 * 1024 * 1024;

/// The open database and its keyspaces.
pub(super) struct Tables {
    pub(super) states: Keyspace,
    pub(super) parts: Keyspace,
    pub(super) items: Keyspace,
    pub(super) outbox: Keyspace,
    pub(super) meta: Keyspace,
    pub(super) database: Database,
    /// Heads that were written last.
    pub(super) heads: Heads,
    /// The newest entries of the outbox.
    pub(super) recent: Recent,
    pub(super) path: PathBuf,
}

/// Opens the store in a folder, making it first if there is none.
pub(super) fn open(path: &Path) -> Result<Tables, StoreError> {
    let exists = path.join(MARKER).try_exists().map_err(|source| not_writable(path, source))?;
    if !exists {
        create(path)?;
    }
    let tables = open_in(path).map_err(|error| open_error(path, error))?;
    // A keyspace's folder is made without syncing its name, and a start before this one may have been cut short.
    let keyspaces = path.join(KEYSPACES);
    let folders = [&*keyspaces, path].into_iter().chain(path.parent());
    folders.map(as_folder).try_for_each(sync_folder).map_err(|source| not_writable(path, source))?;
    Ok(tables)
}

/// A folder by a path that can be opened.
fn as_folder(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

/// Makes the store beside its place and moves it there whole: a kill on the way leaves nothing that looks like a
/// store and is none.
fn create(path: &Path) -> Result<(), StoreError> {
    let refuse = |source| not_writable(path, source);
    if path.read_dir().is_ok_and(|mut files| files.next().is_some()) {
        return Err(StoreError::NotAStore { path: path.to_owned() });
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let unfinished = path.with_file_name(name);
    clear(&unfinished, path)?;
    std::fs::create_dir_all(&unfinished).map_err(refuse)?;
    drop(open_in(&unfinished).map_err(|error| open_error(path, error))?);
    std::fs::rename(&unfinished, path).map_err(refuse)?;
    path.parent().map_or(Ok(()), |parent| sync_folder(as_folder(parent)).map_err(refuse))
}

/// Removes what a killed start left, unless a living process is at work there.
fn clear(unfinished: &Path, path: &Path) -> Result<(), StoreError> {
    match File::open(unfinished.join(LOCK)) {
        Ok(lock) => lock.try_lock().map_err(|error| match error {
            std::fs::TryLockError::WouldBlock => StoreError::Locked { path: path.to_owned() },
            std::fs::TryLockError::Error(source) => not_writable(path, source),
        })?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(not_writable(path, error)),
    }
    match std::fs::remove_dir_all(unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(not_writable(path, error)),
        _ => Ok(()),
    }
}

fn open_in(path: &Path) -> fjall::Result<Tables> {
    let database = Database::builder(path).max_journaling_size(JOURNAL_BYTES).open()?;
    let keyspace =
        |name| database.keyspace(name, || KeyspaceCreateOptions::default().max_memtable_size(MEMTABLE_BYTES));
    Ok(Tables {
        states: keyspace("states")?,
        parts: keyspace("parts")?,
        items: keyspace("items")?,
        outbox: keyspace("outbox")?,
        meta: keyspace("meta")?,
        database,
        heads: Heads::default(),
        recent: Recent::default(),
        path: path.to_owned(),
    })
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

fn not_writable(path: &Path, source: io::Error) -> StoreError {
    StoreError::NotWritable { path: path.to_owned(), source }
}

fn open_error(path: &Path, error: fjall::Error) -> StoreError {
    match (&error, io_kind(&error)) {
        (fjall::Error::Locked, _) => StoreError::Locked { path: path.to_owned() },
        (_, Some(kind @ (io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem))) => {
            not_writable(path, io::Error::new(kind, error))
        }
        _ => StoreError::Open { path: path.to_owned(), source: Box::new(error) },
    }
}

/// Kind of the input/output error at the bottom of an engine error, if there is one.
fn io_kind(error: &fjall::Error) -> Option<io::ErrorKind> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if let Some(found) = current.downcast_ref::<io::Error>() {
            return Some(found.kind());
        }
        cause = current.source();
    }
    None
}
