//! One segment file: its name, its sparse index, and reading from it.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::codec::{self, Decoded, Stored};
use crate::StreamError;

/// First bytes of every segment file.
pub(crate) const MAGIC: &[u8; 8] = b"weirlog1";
/// Where the first record begins.
pub(crate) const MAGIC_BYTES: u64 = MAGIC.len() as u64;
/// Bytes read at once.
const CHUNK_BYTES: usize = 64 << 10;
/// Least distance between two places in the index.
const INDEX_BYTES: u64 = 16 << 10;

/// A segment: records from `first` on, up to where they are durable.
pub(crate) struct Segment {
    pub(crate) first: u64,
    pub(crate) path: PathBuf,
    length: AtomicU64,
    index: Mutex<Index>,
}

/// What is known of the places in a segment; grows as it is written and read.
#[derive(Default)]
pub(crate) struct Index {
    places: BTreeMap<u64, u64>,
    /// Where damage begins, and the first record behind it.
    holes: BTreeMap<u64, (u64, u64)>,
}

impl Index {
    /// Remembers where a record begins, if no place shortly before it is known.
    pub(crate) fn note(&mut self, sequence: u64, offset: u64) {
        let before = self.places.range(..=sequence).next_back().map_or(MAGIC_BYTES, |(_, place)| *place);
        if offset >= before + INDEX_BYTES {
            self.places.insert(sequence, offset);
        }
    }

    /// Whether damage is known.
    pub(crate) fn has_holes(&self) -> bool {
        !self.holes.is_empty()
    }

    /// Remembers damage, and the first record behind it.
    pub(crate) fn note_hole(&mut self, offset: u64, behind: (u64, u64)) {
        self.places.insert(behind.0, behind.1);
        self.holes.insert(offset, behind);
    }
}

/// Why reading stopped at an offset, and the first sequence readable behind it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Hole {
    pub(crate) offset: u64,
    pub(crate) expected: u64,
    pub(crate) behind: Option<u64>,
}

impl Segment {
    pub(crate) fn new(directory: &Path, first: u64, length: u64, index: Index) -> Self {
        let path = path_of(directory, first);
        Self { first, path, length: AtomicU64::new(length), index: Mutex::new(index) }
    }

    pub(crate) fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes up to where it is durable.
    pub(crate) fn length(&self) -> u64 {
        self.length.load(Ordering::Acquire)
    }

    /// Makes what was written up to `length` readable.
    pub(crate) fn advance(&self, length: u64) {
        self.length.store(length, Ordering::Release);
    }

    /// Calls `take` with each record from `start` until it answers false or `end` is reached; stops at damage.
    pub(crate) fn read(
        &self,
        start: u64,
        end: u64,
        mut take: impl FnMut(&Stored<'_>) -> bool,
    ) -> Result<Option<Hole>, StreamError> {
        let mut chunks = Chunks::open(&self.path, self.length())?;
        let known = self.index().places.range(..=start).next_back().map(|(at, place)| (*at, *place));
        let (mut sequence, mut offset) = known.unwrap_or((self.first, MAGIC_BYTES));
        while sequence < end {
            if let Some(record) = chunks.record(offset)?.filter(|record| record.sequence == sequence) {
                if sequence >= start && !take(&record) {
                    return Ok(None);
                }
                self.index().note(sequence, offset);
                offset += record.size() as u64;
                sequence += 1;
                continue;
            }
            match self.behind(&mut chunks, offset, sequence)? {
                Some((next, place)) if next <= start => (sequence, offset) = (next, place),
                behind => {
                    let behind = behind.map(|(next, _)| next);
                    return Ok(Some(Hole { offset, expected: sequence, behind }));
                }
            }
        }
        Ok(None)
    }

    /// The first record behind damage at `offset`.
    fn behind(
        &self,
        chunks: &mut Chunks,
        offset: u64,
        expected: u64,
    ) -> Result<Option<(u64, u64)>, StreamError> {
        if let Some(known) = self.index().holes.get(&offset) {
            return Ok(Some(*known));
        }
        let behind = codec::find(chunks.rest(offset)?, expected)
            .map(|(at, record)| (record.sequence, offset + at as u64));
        // Nothing behind is not remembered: it may be written yet.
        if let Some(behind) = behind {
            self.index().note_hole(offset, behind);
        }
        Ok(behind)
    }
}

/// File of the segment that begins with a sequence.
pub(crate) fn path_of(directory: &Path, first: u64) -> PathBuf {
    directory.join(format!("{first:020}.log"))
}

/// First sequence of a segment from its file's name.
pub(crate) fn first_of(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".log").filter(|digits| digits.len() == 20)?;
    digits.parse().ok()
}

/// Reads a file in chunks; a record is looked at where it lies in its chunk.
pub(crate) struct Chunks {
    file: File,
    path: PathBuf,
    length: u64,
    start: u64,
    buffer: Vec<u8>,
}

impl Chunks {
    pub(crate) fn open(path: &Path, length: u64) -> Result<Self, StreamError> {
        let file = File::open(path).map_err(StreamError::io("open segment", path))?;
        Ok(Self { file, path: path.to_owned(), length, start: 0, buffer: Vec::new() })
    }

    /// The whole record at `offset`, if there is one.
    pub(crate) fn record(&mut self, offset: u64) -> Result<Option<Stored<'_>>, StreamError> {
        let mut needed = codec::HEADER_BYTES;
        loop {
            self.fill(offset, needed)?;
            match codec::decode(self.from(offset)) {
                Decoded::Short(more) if more > self.from(offset).len() && self.reaches(offset, more) => {
                    needed = more;
                }
                _ => break,
            }
        }
        Ok(match codec::decode(self.from(offset)) {
            Decoded::Record(record) => Some(record),
            Decoded::Short(_) | Decoded::Damaged => None,
        })
    }

    /// Everything from `offset` to the end.
    pub(crate) fn rest(&mut self, offset: u64) -> Result<&[u8], StreamError> {
        self.fill(offset, usize::try_from(self.length.saturating_sub(offset)).unwrap_or(usize::MAX))?;
        Ok(self.from(offset))
    }

    fn reaches(&self, offset: u64, needed: usize) -> bool {
        offset + needed as u64 <= self.length
    }

    fn from(&self, offset: u64) -> &[u8] {
        let skip = offset.checked_sub(self.start).and_then(|skip| usize::try_from(skip).ok());
        skip.and_then(|skip| self.buffer.get(skip..)).unwrap_or_default()
    }

    /// Has at least `needed` bytes from `offset` on in the buffer, or all that the file has.
    fn fill(&mut self, offset: u64, needed: usize) -> Result<(), StreamError> {
        let left = usize::try_from(self.length.saturating_sub(offset)).unwrap_or(usize::MAX);
        if self.from(offset).len() >= needed.min(left) {
            return Ok(());
        }
        self.start = offset;
        self.buffer.resize(needed.max(CHUNK_BYTES).min(left), 0);
        self.file.read_exact_at(&mut self.buffer, offset).map_err(StreamError::io("read segment", &self.path))
    }
}
