//! Texts within a block.

use std::borrow::Cow;

/// Where a text stands in its block; nowhere if the row has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub(crate) start: u32,
    /// Length in bytes; no text of the schema is empty.
    pub(crate) size: u32,
    pub(crate) is_escaped: bool,
}

impl Span {
    /// No text.
    pub const NONE: Self = Self { start: 0, size: 0, is_escaped: false };

    /// Whether there is no text.
    pub const fn is_none(self) -> bool {
        self.size == 0
    }
}

/// A text as it stands in its file.
#[derive(Clone, Copy)]
pub struct Text<'a> {
    /// Its letters, with JSON's escapes if `is_escaped`.
    pub raw: &'a str,
    /// Whether `raw` holds escapes: a backslash and one of `"\/bfnrt`.
    pub is_escaped: bool,
}

impl<'a> Text<'a> {
    /// The text itself.
    pub fn plain(self) -> Cow<'a, str> {
        if self.is_escaped { Cow::Owned(unescaped(self.raw)) } else { Cow::Borrowed(self.raw) }
    }
}

fn unescaped(raw: &str) -> String {
    let mut plain = String::with_capacity(raw.len());
    let mut letters = raw.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        plain.extend(letters.next().map(|escaped| match escaped {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            other => other,
        }));
    }
    plain
}
