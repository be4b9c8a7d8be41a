//! File work of the synced store: write, sync, name.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use object_store::PutPayload;

/// Writes a file whole: content on disk first, then its name; refuses a name in use if `create`.
pub(crate) fn write(path: &Path, payload: &PutPayload, create: bool) -> io::Result<()> {
    let (mut file, staged) = stage(path)?;
    let written = fill(&mut file, payload).and_then(|()| name(&staged, path, create));
    if written.is_err() || create {
        // The staged name is only a second name by now; a leftover is hidden from listings and harmless.
        drop(fs::remove_file(&staged));
    }
    written
}

/// Syncs a file that something else has written.
pub(crate) fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Syncs directories, so that the names in them are on disk.
pub(crate) fn sync_directories(directories: &[PathBuf]) -> io::Result<()> {
    directories.iter().try_for_each(|directory| sync(directory))
}

/// A new file beside `path` under a hidden name; directories are made as needed.
fn stage(path: &Path) -> io::Result<(File, PathBuf)> {
    let mut number = 1_u64;
    loop {
        let mut staged = path.as_os_str().to_owned();
        staged.push(format!("#{number}"));
        match OpenOptions::new().write(true).create_new(true).open(&staged) {
            Ok(file) => return Ok((file, staged.into())),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            Err(error) if error.kind() == ErrorKind::NotFound => match path.parent() {
                Some(parent) => fs::create_dir_all(parent)?,
                None => return Err(error),
            },
            Err(error) => return Err(error),
        }
    }
}

/// Writes and syncs the content.
fn fill(file: &mut File, payload: &PutPayload) -> io::Result<()> {
    payload.iter().try_for_each(|part| file.write_all(part))?;
    file.sync_all()
}

/// Gives the staged content its own name.
fn name(staged: &Path, path: &Path, create: bool) -> io::Result<()> {
    if create { fs::hard_link(staged, path) } else { fs::rename(staged, path) }
}
