//! Reading a whole log to find what is damaged.

use std::fs;
use std::path::{Path, PathBuf};

use weir_events::Sequence;

use super::recovery;
use super::segment::{Index, Segment, path_of};
use crate::{Damage, StreamError};

/// Reads every segment of the log in a directory, which may be in use, and answers where it is damaged. A torn end is
/// no damage: it was never acknowledged.
///
/// # Errors
/// A directory or file that cannot be read or is no part of a log.
pub fn verify(path: impl AsRef<Path>) -> Result<Vec<Damage>, StreamError> {
    let mut damages = Vec::new();
    for stream in folders(&path.as_ref().join("streams"))? {
        for shard in folders(&stream)? {
            verify_shard(&name(&stream), &shard, &mut damages)?;
        }
    }
    Ok(damages)
}

fn verify_shard(stream: &str, directory: &Path, damages: &mut Vec<Damage>) -> Result<(), StreamError> {
    let firsts = recovery::segments(directory)?;
    let ends = firsts.iter().skip(1).map(|first| Some(*first)).chain([None]);
    for (first, next) in firsts.iter().zip(ends) {
        let segment_path = path_of(directory, *first);
        let length = match fs::metadata(&segment_path) {
            Ok(metadata) => metadata.len(),
            // Retention was here first.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(source) => return Err(StreamError::io("read the size of", &segment_path)(source)),
        };
        let segment = Segment::new(directory, *first, length, Index::default());
        let (mut start, end) = (*first, next.unwrap_or(u64::MAX));
        while start < end {
            let Some(hole) = segment.read(start, end, |_| true)? else { break };
            let Some(behind) = hole.behind.or(next) else { break };
            damages.push(Damage {
                stream: stream.to_owned(),
                shard: name(directory),
                path: segment.path.clone(),
                offset: hole.offset,
                after: Sequence::from(hole.expected - 1),
                resume: Some(Sequence::from(behind - 1)),
            });
            start = behind;
        }
    }
    Ok(())
}

/// Folders in a directory, by name; none if there is no such directory.
fn folders(path: &Path) -> Result<Vec<PathBuf>, StreamError> {
    let failed = || StreamError::io("list directory", path);
    if !path.is_dir() {
        return Ok(Vec::new());
    }
    let mut folders = Vec::new();
    for entry in fs::read_dir(path).map_err(failed())? {
        folders.push(entry.map_err(failed())?.path());
    }
    folders.retain(|folder| folder.is_dir());
    folders.sort();
    Ok(folders)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
