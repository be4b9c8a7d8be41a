//! The log's decoders, for fuzz targets and tests of damage alone.

use std::path::Path;

use weir_events::RawRecord;

use super::codec::{self, Stored};
use super::shard::Shard;
use super::{checkpoint_text, recovery};
use crate::StreamError;

/// First bytes of every segment file.
pub const MAGIC: &[u8; 8] = super::segment::MAGIC;

/// Appends a record of one flush as it stands in a segment.
pub fn encode(sequence: u64, flush_index: u32, key: &str, bytes: &[u8], segment: &mut Vec<u8>) {
    let arrived_micros = sequence as i64;
    codec::encode(&Stored { sequence, flush_index, arrived_micros, key, bytes }, segment);
}

/// Opens a shard's directory as after a kill and reads all that can be read: the records, and how often damage was
/// told on the way.
pub fn recover(directory: &Path) -> Result<(Vec<RawRecord>, usize), StreamError> {
    let shard = Shard::new("fuzzed", "0".to_owned(), directory.to_owned());
    recovery::open(&shard)?;
    let (mut records, mut damages, mut after) = (Vec::new(), 0, None);
    loop {
        match shard.read(after, 100) {
            Ok(found) if found.is_empty() => return Ok((records, damages)),
            Ok(found) => {
                after = found.last().and_then(|record| record.position.sequence.as_str().parse().ok());
                records.extend(found);
            }
            Err(StreamError::Damaged(damage)) => {
                damages += 1;
                let resume = damage.resume.as_ref().and_then(|sequence| sequence.as_str().parse().ok());
                match resume.filter(|resume| after.is_none_or(|after| *resume > after)) {
                    Some(resume) => after = Some(resume),
                    None => return Ok((records, damages)),
                }
            }
            Err(error) => return Err(error),
        }
    }
}

/// Reads the text of a checkpoint file and writes it again; `None` if it is not whole.
pub fn checkpoint(text: &str) -> Option<String> {
    checkpoint_text::parse(text).map(|finished| checkpoint_text::render(Some(&finished)))
}
