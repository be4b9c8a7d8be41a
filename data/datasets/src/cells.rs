//! The cells of one row as texts.

use std::borrow::Cow;

use crate::record::Record;

/// How bytes become letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8; other bytes are rejected.
    #[default]
    Utf8,
    /// ISO 8859-1: each byte is a letter.
    Latin1,
}

/// Bytes that are no UTF-8.
pub(crate) struct Unreadable;

/// One row.
pub(crate) struct Cells<'a> {
    pub(crate) record: Record<'a>,
    /// Number of the row, from 1.
    pub(crate) row: u64,
    pub(crate) encoding: Encoding,
    /// Words that mean that nothing stands there.
    pub(crate) missing: &'a [String],
}

impl<'a> Cells<'a> {
    /// The trimmed text of a cell; `None` if it is blank or says that it is missing.
    pub(crate) fn text(&self, index: usize) -> Result<Option<Cow<'a, str>>, Unreadable> {
        let text = match self.encoding {
            Encoding::Utf8 => Cow::Borrowed(trimmed(self.record.text(index).ok_or(Unreadable)?)),
            Encoding::Latin1 => Cow::Owned(latin1(self.record.get(index)).trim().to_owned()),
        };
        let is_missing = text.is_empty() || self.missing.iter().any(|word| *word == text);
        Ok((!is_missing).then_some(text))
    }
}

/// Without outer white space, which most cells do not have.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// Each byte as the letter of its number.
pub(crate) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}
