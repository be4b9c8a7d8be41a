//! Steps through the bytes of a line of JSON. Every step answers `None` where the fast decoder gives up.

use super::text::Span;

/// A place in a piece of a file.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) at: usize,
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Marks (in their highest bits) a quote, a backslash or a control character among eight bytes; marks above the
/// first may be wrong.
const fn marks(word: u64) -> u64 {
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    let is_quote = quote.wrapping_sub(ONES) & !quote;
    let is_backslash = backslash.wrapping_sub(ONES) & !backslash;
    let is_control = word.wrapping_sub(ONES * 0x20) & !word;
    (is_quote | is_backslash | is_control) & HIGHS
}

/// Whether two texts of one length are equal, without a call for those of the length that names mostly have.
fn is_same(left: &[u8], right: &[u8]) -> bool {
    let ends = |text: &[u8]| Some((text.first_chunk::<8>().copied()?, text.last_chunk::<8>().copied()?));
    let long = |text: &[u8]| Some((text.first_chunk::<16>().copied()?, text.last_chunk::<16>().copied()?));
    match left.len() {
        8..=16 => ends(left) == ends(right),
        17..=32 => long(left) == long(right),
        _ => left == right,
    }
}

impl Cursor<'_> {
    /// The byte here; 0 past the end.
    pub(crate) fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    /// Goes past one byte if it is this one.
    pub(crate) fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek() == byte).then(|| self.at += 1)
    }

    /// Goes past these bytes if they stand here.
    pub(crate) fn take_all(&mut self, expected: &[u8]) -> bool {
        let here = self.bytes.get(self.at..self.at + expected.len());
        let is_there = here.is_some_and(|here| is_same(here, expected));
        if is_there {
            self.at += expected.len();
        }
        is_there
    }

    /// Goes past spaces and tabs.
    pub(crate) fn skip_blanks(&mut self) {
        while matches!(self.peek(), b' ' | b'\t') {
            self.at += 1;
        }
    }

    /// Goes past `null`.
    pub(crate) fn take_null(&mut self) -> bool {
        self.peek() == b'n' && self.take_all(b"null")
    }

    /// A text of at most `most` bytes that is not blank and has no white space around it.
    pub(crate) fn text(&mut self, most: usize) -> Option<Span> {
        let (start, is_escaped) = self.string()?;
        let inner = self.bytes.get(start..self.at - 1)?;
        let is_plain = |byte: u8| byte > b' ' && byte < 0x7f && byte != b'\\';
        // An escape at either end may stand for white space; so may a character beyond ASCII.
        let before_last = inner.len().checked_sub(2).and_then(|index| inner.get(index));
        let is_bare = is_plain(*inner.first()?)
            && is_plain(*inner.last()?)
            && !(is_escaped && before_last == Some(&b'\\'));
        (is_bare && inner.len() <= most).then_some(Span {
            start: start as u32,
            size: inner.len() as u32,
            is_escaped,
        })
    }

    /// Goes past a string; answers where its inside begins and whether it holds escapes.
    pub(crate) fn string(&mut self) -> Option<(usize, bool)> {
        self.take(b'"')?;
        let start = self.at;
        let mut is_escaped = false;
        loop {
            self.skip_plain();
            match self.peek() {
                b'"' => {
                    self.at += 1;
                    return Some((start, is_escaped));
                }
                b'\\' => {
                    let escaped = *self.bytes.get(self.at + 1)?;
                    if !matches!(escaped, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') {
                        return None;
                    }
                    is_escaped = true;
                    self.at += 2;
                }
                _ => return None,
            }
        }
    }

    /// Goes to the next quote, backslash or control character.
    fn skip_plain(&mut self) {
        while let Some(eight) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk::<8>) {
            let marks = marks(u64::from_le_bytes(*eight));
            if marks != 0 {
                self.at += marks.trailing_zeros() as usize / 8;
                return;
            }
            self.at += 8;
        }
        while self.peek() >= b' ' && !matches!(self.peek(), b'"' | b'\\') {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn texts_are_equal_if_all_their_bytes_are(text in "[a-z]{1,40}", index: prop::sample::Index) {
            let mut other = text.clone().into_bytes();
            prop_assert!(is_same(text.as_bytes(), &other));
            other[index.index(text.len())] ^= 1;
            prop_assert!(!is_same(text.as_bytes(), &other));
        }

        #[test]
        fn a_string_ends_where_the_general_parser_says(inner in "[ -~éß\n]{0,40}") {
            let json = serde_json::to_string(&inner).unwrap() + ",";
            let mut cursor = Cursor { bytes: json.as_bytes(), at: 0 };
            prop_assert!(cursor.string().is_some());
            prop_assert_eq!(cursor.at, json.len() - 1);
        }
    }
}
