//! Opening a shard: a torn end is cut off, damage is kept and reported when it is read.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use tracing::warn;

use super::codec;
use super::files::{self, sync_directory};
use super::segment::{Chunks, Index, MAGIC, MAGIC_BYTES, Segment, first_of, path_of};
use super::shard::Shard;
use crate::StreamError;

/// Where a shard's writer goes on.
pub(crate) struct Tail {
    pub(crate) segment: Arc<Segment>,
    pub(crate) file: File,
    pub(crate) length: u64,
    pub(crate) next: u64,
}

/// Finds a shard's segments, makes the first one if there is none, and cuts a torn end.
pub(crate) fn open(shard: &Shard) -> Result<Tail, StreamError> {
    let directory = &shard.directory;
    files::make_directory(directory)?;
    let mut firsts = segments(directory)?;
    let last = firsts.pop().unwrap_or(1);
    for first in firsts {
        let length = length_of(&path_of(directory, first))?;
        shard.add(Arc::new(Segment::new(directory, first, length, Index::default())));
    }
    let mut tail = open_last(directory, last)?;
    if tail.segment.index().has_holes() {
        // That a hole was acknowledged is told by what stands behind it. A later cut could take that away, and at the
        // next opening all from the hole on would look torn; so nothing is cut or written behind damage.
        let next = create(directory, tail.next)?;
        shard.add(std::mem::replace(&mut tail, next).segment);
    }
    // The names may have been made by a process that did not live to sync them.
    files::sync_upwards(directory, 3)?;
    shard.add(Arc::clone(&tail.segment));
    shard.advance(tail.next - 1);
    Ok(tail)
}

/// Makes the segment that begins with `first`, ready to be written.
pub(crate) fn create(directory: &Path, first: u64) -> Result<Tail, StreamError> {
    let path = path_of(directory, first);
    let file = open_file(&path)?;
    begin(&file, &path)?;
    sync_directory(directory)?;
    let segment = Arc::new(Segment::new(directory, first, MAGIC_BYTES, Index::default()));
    Ok(Tail { segment, file, length: MAGIC_BYTES, next: first })
}

/// First sequences of the segments in a directory, in order.
pub(crate) fn segments(directory: &Path) -> Result<Vec<u64>, StreamError> {
    let failed = || StreamError::io("list directory", directory);
    let mut firsts = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed())? {
        let entry = entry.map_err(failed())?;
        match entry.file_name().to_str().and_then(first_of) {
            Some(first) if first > 0 => firsts.push(first),
            _ => {
                return Err(StreamError::NotALog {
                    path: entry.path(),
                    found: "its name is not a sequence of 20 digits and `.log`",
                });
            }
        }
    }
    firsts.sort_unstable();
    Ok(firsts)
}

fn length_of(path: &Path) -> Result<u64, StreamError> {
    let file = File::open(path).map_err(StreamError::io("open segment", path))?;
    check_magic(&file, path)?;
    Ok(file.metadata().map_err(StreamError::io("read the size of", path))?.len())
}

fn open_file(path: &Path) -> Result<File, StreamError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options.open(path).map_err(StreamError::io("open segment", path))
}

fn begin(file: &File, path: &Path) -> Result<(), StreamError> {
    let failed = || StreamError::io("write segment", path);
    file.set_len(0).map_err(failed())?;
    file.write_all_at(MAGIC, 0).map_err(failed())?;
    file.sync_data().map_err(failed())
}

fn check_magic(file: &File, path: &Path) -> Result<(), StreamError> {
    let mut magic = [0; MAGIC.len()];
    let readable = file.read_exact_at(&mut magic, 0).is_ok();
    if readable && magic == *MAGIC {
        return Ok(());
    }
    Err(StreamError::NotALog { path: path.to_owned(), found: "it does not begin with `weirlog1`" })
}

fn open_last(directory: &Path, first: u64) -> Result<Tail, StreamError> {
    let path = path_of(directory, first);
    let file = open_file(&path)?;
    let length = file.metadata().map_err(StreamError::io("read the size of", &path))?.len();
    if length < MAGIC_BYTES {
        // Killed while it was being made: nothing was in it.
        return create(directory, first);
    }
    check_magic(&file, &path)?;
    let mut index = Index::default();
    let (next, end) = scan(&path, first, length, &mut index)?;
    if end < length && !index.has_holes() {
        warn!(path = %path.display(), cut.bytes = length - end, "cut a torn end off a segment");
        file.set_len(end).map_err(StreamError::io("cut segment", &path))?;
    }
    // What is readable now may have been written by a process that did not live to sync it.
    file.sync_data().map_err(StreamError::io("sync segment", &path))?;
    let segment = Arc::new(Segment::new(directory, first, end, index));
    Ok(Tail { segment, file, length: end, next })
}

/// Reads a whole segment: the sequence that comes next, and where the last whole record ends.
fn scan(path: &Path, first: u64, length: u64, index: &mut Index) -> Result<(u64, u64), StreamError> {
    let mut chunks = Chunks::open(path, length)?;
    let (mut sequence, mut offset) = (first, MAGIC_BYTES);
    while offset < length {
        if let Some(record) = chunks.record(offset)?.filter(|record| record.sequence == sequence) {
            index.note(sequence, offset);
            sequence += 1;
            offset += record.size() as u64;
            continue;
        }
        let Some((next, place)) = behind_damage(chunks.rest(offset)?, sequence) else { break };
        warn!(path = %path.display(), offset, "a segment is damaged; the records behind are kept");
        index.note_hole(offset, (next, offset + place));
        (sequence, offset) = (next, offset + place);
    }
    Ok((sequence, offset))
}

/// The first record in `rest` if any later flush is there: then what is unreadable was acknowledged once, and is
/// damaged. Otherwise it belongs to the last flush, which nobody was told of.
fn behind_damage(rest: &[u8], expected: u64) -> Option<(u64, u64)> {
    let (mut at, found) = codec::find(rest, expected)?;
    let behind = (found.sequence, at as u64);
    let mut record = found;
    while record.flush_start() <= expected {
        at += record.size();
        let (skipped, next) = codec::find(rest.get(at..)?, record.sequence + 1)?;
        (at, record) = (at + skipped, next);
    }
    Some(behind)
}
