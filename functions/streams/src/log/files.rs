//! Directories and small files, made so that they are whole or absent after a power cut.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::StreamError;

/// Makes a directory and everything above it, and syncs the names into their parents.
pub(crate) fn make_directory(path: &Path) -> Result<(), StreamError> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        make_directory(parent)?;
    }
    match fs::create_dir(path) {
        Ok(()) => path.parent().map_or(Ok(()), sync_directory),
        Err(_) if path.is_dir() => Ok(()),
        Err(source) => Err(StreamError::Io { action: "make directory", path: path.to_owned(), source }),
    }
}

/// Syncs the names in a directory.
pub(crate) fn sync_directory(path: &Path) -> Result<(), StreamError> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let directory = File::open(path).map_err(StreamError::io("open directory", path))?;
    directory.sync_all().map_err(StreamError::io("sync directory", path))
}

/// Syncs the names in a directory and in so many above it.
pub(crate) fn sync_upwards(path: &Path, levels: usize) -> Result<(), StreamError> {
    path.ancestors().take(levels + 1).try_for_each(sync_directory)
}

/// Puts a small file in the place of an older one; a reader finds the one or the other.
pub(crate) fn replace(path: &Path, content: &[u8], is_synced: bool) -> Result<(), StreamError> {
    let draft = path.with_extension("tmp");
    let failed = || StreamError::io("write", &draft);
    let mut file = File::create(&draft).map_err(failed())?;
    file.write_all(content).map_err(failed())?;
    if is_synced {
        file.sync_data().map_err(failed())?;
    }
    fs::rename(&draft, path).map_err(StreamError::io("replace", path))?;
    if is_synced { path.parent().map_or(Ok(()), sync_directory) } else { Ok(()) }
}
