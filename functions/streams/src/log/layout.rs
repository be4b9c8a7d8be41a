//! What lies where in the directory of a log.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;

use super::shard::Shard;
use super::shard_writer::ShardWriter;
use super::{LogSettings, files, recovery};
use crate::StreamError;

/// The system lets the lock go when the process ends, however it ends.
pub(crate) fn lock(path: &Path) -> Result<File, StreamError> {
    let file_path = path.join("lock");
    let mut options = File::options();
    let file = options.write(true).create(true).truncate(false).open(&file_path);
    let file = file.map_err(StreamError::io("open", &file_path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StreamError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(StreamError::Io { action: "lock", path: file_path, source }),
    }
}

/// Opens the shards of a stream: the reading and the writing side of each.
pub(crate) fn open_stream(
    path: &Path,
    name: &str,
    count: u32,
    settings: &LogSettings,
) -> Result<(Vec<Arc<Shard>>, Vec<ShardWriter>), StreamError> {
    let directory = path.join("streams").join(name);
    files::make_directory(&directory)?;
    check_count(&directory.join("shards"), name, count)?;
    let mut shards = Vec::new();
    let mut writers = Vec::new();
    for number in 0..count {
        let shard = Arc::new(Shard::new(name, number.to_string(), directory.join(number.to_string())));
        let tail = recovery::open(&shard)?;
        writers.push(ShardWriter::new(Arc::clone(&shard), tail, settings));
        shards.push(shard);
    }
    Ok((shards, writers))
}

/// The number of shards decides where a key goes, so it stays what it was at first.
fn check_count(path: &Path, stream: &str, declared: u32) -> Result<(), StreamError> {
    if !path.exists() {
        return files::replace(path, format!("{declared}\n").as_bytes(), true);
    }
    let text = std::fs::read_to_string(path).map_err(StreamError::io("read", path))?;
    let stored: u32 = text.trim().parse().map_err(|_| StreamError::NotALog {
        path: path.to_owned(),
        found: "it should hold the number of shards",
    })?;
    if stored == declared {
        return Ok(());
    }
    Err(StreamError::ShardCount { stream: stream.to_owned(), stored, declared, path: path.to_owned() })
}
