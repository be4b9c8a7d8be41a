//! A file in pieces, in its order.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use weir_datasets::{Block, Format, LINE_BYTES_MAX, Options, ReadError, Reader};

/// Bytes of lines that are worked on together: they and their rows fit the cache of one core.
const PIECE_BYTES: usize = 256 * 1_024;
/// Rows of other formats that are worked on together.
const PIECE_ROWS: usize = 1_024;

/// A file that is read piece by piece.
pub(crate) enum Source {
    Lines(Lines),
    Rows(Rows),
}

/// What is read at once.
pub(crate) enum Work {
    /// Whole lines of JSON, still to be decoded.
    Lines(Vec<u8>, Block),
    /// Decoded rows.
    Block(Block),
}

pub(crate) struct Lines {
    path: PathBuf,
    file: File,
    /// The begin of a line whose end is not read yet.
    carry: Vec<u8>,
    left: u64,
    progress: (u64, u64),
}

pub(crate) struct Rows {
    reader: Reader,
}

impl Source {
    pub(crate) fn open(path: &Path, options: &Options) -> Result<Self, ReadError> {
        if options.mapping.is_none() && Format::of(path)? == Format::Ndjson {
            let broken = |source| ReadError::File { file: path.to_owned(), source };
            let file = File::open(path).map_err(broken)?;
            let progress = (0, file.metadata().map_err(broken)?.len());
            let (carry, left) = (Vec::new(), options.limit.unwrap_or(u64::MAX));
            return Ok(Self::Lines(Lines { path: path.to_owned(), file, carry, left, progress }));
        }
        Ok(Self::Rows(Rows { reader: weir_datasets::open(path, options)? }))
    }

    /// The next piece, in memory that is used again; `None` at the end.
    pub(crate) fn next(&mut self, spare: Block) -> Result<Option<Work>, ReadError> {
        let (bytes, block) = spare.recycle();
        match self {
            Self::Lines(lines) => Ok(lines.next(bytes)?.map(|bytes| Work::Lines(bytes, block))),
            Self::Rows(rows) => Ok(rows.next(block)?.map(Work::Block)),
        }
    }

    pub(crate) fn progress(&self) -> (u64, u64) {
        match self {
            Self::Lines(lines) => lines.progress,
            Self::Rows(rows) => rows.reader.progress(),
        }
    }
}

impl Lines {
    fn next(&mut self, mut bytes: Vec<u8>) -> Result<Option<Vec<u8>>, ReadError> {
        bytes.append(&mut self.carry);
        loop {
            let is_at_end = self.left == 0 || self.read(&mut bytes)? == 0;
            if is_at_end {
                break;
            }
            if let Some(last) = memchr::memrchr(b'\n', &bytes) {
                self.carry.extend_from_slice(bytes.get(last + 1..).unwrap_or_default());
                bytes.truncate(last + 1);
                break;
            }
            // A line that is too long is cut, so that it is refused without being held.
            bytes.truncate(LINE_BYTES_MAX as usize);
        }
        if self.left < u64::MAX {
            self.stop_at_limit(&mut bytes);
        }
        Ok((!bytes.is_empty()).then_some(bytes))
    }

    fn read(&mut self, bytes: &mut Vec<u8>) -> Result<usize, ReadError> {
        bytes.reserve(PIECE_BYTES + 64);
        let read = (&mut self.file).take(PIECE_BYTES as u64).read_to_end(bytes);
        let read = read.map_err(|source| ReadError::File { file: self.path.clone(), source })?;
        self.progress.0 += read as u64;
        Ok(read)
    }

    /// Counts lines that hold something, and drops those past the limit.
    fn stop_at_limit(&mut self, bytes: &mut Vec<u8>) {
        let mut start = 0;
        while self.left > 0 && start < bytes.len() {
            let rest = bytes.get(start..).unwrap_or_default();
            let size = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            let is_blank = rest.get(..size).is_none_or(|line| line.trim_ascii().is_empty());
            self.left -= u64::from(!is_blank);
            start += size;
        }
        bytes.truncate(start);
    }
}

impl Rows {
    fn next(&mut self, mut block: Block) -> Result<Option<Block>, ReadError> {
        let mut rows = 0;
        while rows < PIECE_ROWS {
            let Some(item) = self.reader.next() else { break };
            rows += 1;
            match item {
                Ok(item) => block.push(&item, self.reader.line()),
                Err(ReadError::Rejected(reject)) => block.rejects.push(*reject),
                Err(error) => return Err(error),
            }
        }
        Ok((rows > 0).then_some(block))
    }
}
