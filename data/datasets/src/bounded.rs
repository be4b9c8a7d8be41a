//! A CSV row has an end: a quote that is never closed would take in the rest of the file.

use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom};

/// Reads a file row by row and refuses to go on within a row that is too long.
pub(crate) struct Bounded<R> {
    source: R,
    at: u64,
    /// Where the row that is read has to be over.
    until: u64,
}

/// The row is longer than allowed.
#[derive(Debug, thiserror::Error)]
#[error("a row is too long")]
struct TooLong;

/// Whether reading stopped since the row was too long.
pub(crate) fn is_too_long(error: &csv::Error) -> bool {
    let csv::ErrorKind::Io(error) = error.kind() else { return false };
    error.get_ref().is_some_and(|inner| inner.is::<TooLong>())
}

impl<R> Bounded<R> {
    pub(crate) const fn new(source: R, most: u64) -> Self {
        Self { source, at: 0, until: most.saturating_add(1) }
    }

    /// A row begins at this byte of the file and has at most so many.
    pub(crate) const fn begin(&mut self, start: u64, most: u64) {
        // One byte more, so that a row of just so many can be seen to be the last.
        self.until = start.saturating_add(most).saturating_add(1);
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let left = usize::try_from(self.until.saturating_sub(self.at)).unwrap_or(usize::MAX);
        if left == 0 && !buffer.is_empty() {
            return Err(Error::new(ErrorKind::InvalidData, TooLong));
        }
        let size = buffer.len().min(left);
        let read = self.source.read(&mut buffer[..size])?;
        self.at += read as u64;
        Ok(read)
    }
}

impl<R: Seek> Seek for Bounded<R> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.at = self.source.seek(to)?;
        Ok(self.at)
    }
}

/// Where the quote stands that is open at the end of `row`, the beginning of a row or all of it. Quotes count as the
/// `csv` crate counts them: they open a cell only at its first byte, and two within are one.
pub(crate) fn open_quote(row: &[u8], delimiter: u8, quote: u8) -> Option<usize> {
    let mut opened = None;
    let mut is_start = true;
    let mut bytes = row.iter().copied().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        match opened {
            Some(_) if byte == quote => match bytes.next_if(|(_, next)| *next == quote) {
                Some(_) => (),
                None => (opened, is_start) = (None, false),
            },
            Some(_) => (),
            None if is_start && byte == quote => opened = Some(at),
            None => is_start = byte == delimiter || byte == b'\n',
        }
    }
    opened
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(row: &str) -> Option<usize> {
        open_quote(row.as_bytes(), b',', b'"')
    }

    #[test]
    fn a_quote_is_open_until_a_single_one_closes_it() {
        assert_eq!(open("a,\"b\nc"), Some(2));
        assert_eq!(open("\"a\"\"b"), Some(0));
        assert_eq!(open("\"a\"\"\",\"b"), Some(6));
        for closed in ["", "a,b", "a,\"b\"", "a\"b", "\"a\"b\"c", "\"\"", "\"a\nb\",c\n"] {
            assert_eq!(open(closed), None, "{closed}");
        }
    }

    #[test]
    fn a_row_is_read_up_to_its_limit() {
        let read = |most| Bounded::new([b'x'; 10].as_slice(), most).read_to_end(&mut Vec::new()).ok();
        assert_eq!([read(9), read(10)], [None, Some(10)]);
    }
}
