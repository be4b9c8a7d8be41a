//! Which format a file has, told by its first bytes.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::{ReadError, handbook, shop_header};

/// A known form of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// CSV with the columns of the public shop dataset.
    ShopCsv,
    /// CSV whose columns a mapping explains.
    MappedCsv,
    /// Parquet with the columns of the Fraud Detection Handbook.
    HandbookParquet,
    /// Lines of JSON: transactions, or events `{"transaction":{…}}` and `{"label":{…}}`.
    Ndjson,
}

/// Most bytes of a first line that are looked at.
const HEAD_BYTES: u64 = 65_536;
/// What is found in text with two bytes a letter.
pub(crate) const UTF_16: &str = "UTF-16; write it as UTF-8 with `iconv -f UTF-16 -t UTF-8`";
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

impl Format {
    /// Looks at the first bytes of a file; columns are checked when it is read.
    pub fn of(path: &Path) -> Result<Self, ReadError> {
        let file = File::open(path).map_err(ReadError::file(path))?;
        let mut head = Vec::new();
        let mut limited = BufReader::new(file).take(HEAD_BYTES);
        limited.read_until(b'\n', &mut head).map_err(ReadError::file(path))?;
        let unknown = |found: &str| ReadError::Unknown { file: path.to_owned(), found: found.to_owned() };
        match head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&head).trim_ascii() {
            text if is_utf_16(text) => Err(unknown(UTF_16)),
            b"" => Err(unknown("nothing in its first line")),
            text if text.starts_with(b"PAR1") => Ok(Self::HandbookParquet),
            text if text.starts_with(b"{") => Ok(Self::Ndjson),
            text if text.contains(&b',') => Ok(Self::ShopCsv),
            _ => Err(unknown("neither columns nor JSON in its first line")),
        }
    }
}

/// Whether text has two bytes a letter: it has a mark, or one of the first two bytes is nothing.
fn is_utf_16(text: &[u8]) -> bool {
    matches!(text, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, _, ..] | [_, 0, ..])
}

/// The known formats in words.
pub(crate) fn known() -> String {
    format!(
        "known are CSV with the columns {}; Parquet with the columns {}; NDJSON of transactions or events; any other CSV needs a mapping, which `weir mapping guess` begins",
        shop_header::REQUIRED.join(", "),
        handbook::COLUMNS.join(", "),
    )
}
