//! How a CSV file is written.

use super::document::Table;
use super::error::MappingError;
use super::number::NumberForm;
use crate::cells::Encoding;

/// Bytes that are read from a file at once.
const BUFFER_BYTES: usize = 1 << 16;

/// How a CSV file is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) delimiter: u8,
    /// `None` if quotes are letters like others.
    pub(crate) quote: Option<u8>,
    pub(crate) has_header: bool,
    pub(crate) encoding: Encoding,
    pub(crate) numbers: NumberForm,
    /// Words that mean that nothing stands there.
    pub(crate) missing: Vec<String>,
    /// Longest row that is read, bytes.
    pub(crate) row_bytes_max: u64,
}

/// Longest row unless the mapping says otherwise.
const ROW_BYTES_MAX: u64 = 1 << 20;
/// Longest row that a mapping may allow: so much memory a bad file can take.
const MOST_ROW_BYTES_MAX: u32 = 1 << 30;

impl Default for Form {
    fn default() -> Self {
        Self {
            delimiter: b',',
            quote: Some(b'"'),
            has_header: true,
            encoding: Encoding::Utf8,
            numbers: NumberForm::default(),
            missing: Vec::new(),
            row_bytes_max: ROW_BYTES_MAX,
        }
    }
}

impl Form {
    /// The table `file`.
    pub(crate) fn read(table: &Table<'_>) -> Result<Self, MappingError> {
        table.only(&[
            "delimiter",
            "quote",
            "header",
            "encoding",
            "decimal",
            "thousands",
            "missing",
            "row_bytes_max",
        ])?;
        let usual = Self::default();
        let delimiter = letter(table, "delimiter")?.unwrap_or(Some(','));
        let quote = letter(table, "quote")?.unwrap_or(Some('"'));
        let byte = |key: &str, letter: Option<char>| match letter.map(u8::try_from) {
            None => Ok(None),
            Some(Ok(byte)) if byte.is_ascii() && !matches!(byte, b'\r' | b'\n') => Ok(Some(byte)),
            Some(_) => Err(table.error(key, "one ASCII character that is no line break")),
        };
        let delimiter =
            byte("delimiter", delimiter)?.ok_or_else(|| table.error("delimiter", "one character"))?;
        let quote = byte("quote", quote)?;
        if quote == Some(delimiter) {
            return Err(table.error("quote", "a character other than `delimiter`"));
        }
        let encoding = match table.text("encoding")? {
            None | Some("utf-8") => Encoding::Utf8,
            Some("latin-1") => Encoding::Latin1,
            Some(_) => return Err(table.error("encoding", "`utf-8` or `latin-1`")),
        };
        let missing = table.texts("missing")?.unwrap_or_default();
        Ok(Self {
            delimiter,
            quote,
            has_header: table.flag("header")?.unwrap_or(usual.has_header),
            encoding,
            numbers: numbers(table)?,
            missing: missing.into_iter().map(|word| word.trim().to_owned()).collect(),
            row_bytes_max: row_bytes_max(table)?,
        })
    }

    /// A reader of such a file. Rows end with a line feed alone, since the line of a row would otherwise be told as the
    /// one before it where rows end with CRLF; the carriage return is at the end of the last cell, which is trimmed.
    pub(crate) fn reader<R: std::io::Read>(&self, source: R) -> csv::Reader<R> {
        let mut builder = csv::ReaderBuilder::new();
        builder.terminator(csv::Terminator::Any(b'\n')).buffer_capacity(BUFFER_BYTES);
        builder.flexible(true).has_headers(self.has_header).delimiter(self.delimiter);
        match self.quote {
            Some(quote) => builder.quote(quote),
            None => builder.quoting(false),
        };
        builder.from_reader(source)
    }

    /// The names of the columns: trimmed, and by their place where there is none.
    pub(crate) fn names(&self, header: &csv::ByteRecord) -> Vec<String> {
        let names = header.iter().enumerate().map(|(index, name)| {
            let name = match self.encoding {
                Encoding::Utf8 => String::from_utf8_lossy(name).trim().to_owned(),
                Encoding::Latin1 => crate::cells::latin1(name).trim().to_owned(),
            };
            if name.is_empty() || !self.has_header { format!("column_{}", index + 1) } else { name }
        });
        names.collect()
    }
}

fn row_bytes_max(table: &Table<'_>) -> Result<u64, MappingError> {
    match table.number("row_bytes_max", MOST_ROW_BYTES_MAX)? {
        None => Ok(ROW_BYTES_MAX),
        Some(0) => {
            Err(table.error("row_bytes_max", format!("a whole number from 1 to {MOST_ROW_BYTES_MAX}")))
        }
        Some(most) => Ok(most.into()),
    }
}

fn numbers(table: &Table<'_>) -> Result<NumberForm, MappingError> {
    let decimal = letter(table, "decimal")?.unwrap_or(Some('.'));
    let decimal = decimal.filter(|decimal| matches!(decimal, '.' | ','));
    let decimal = decimal.ok_or_else(|| table.error("decimal", "`.` or `,`"))?;
    let thousands = letter(table, "thousands")?.flatten();
    let is_usable =
        |separator: char| !separator.is_ascii_alphanumeric() && separator != decimal && separator != '-';
    if !thousands.is_none_or(is_usable) {
        return Err(table.error("thousands", "one character that is not `decimal`, no letter and no digit"));
    }
    Ok(NumberForm { decimal, thousands })
}

/// One character, or nothing for an empty text; the outer `None` if the key is not there.
fn letter(table: &Table<'_>, key: &str) -> Result<Option<Option<char>>, MappingError> {
    let Some(text) = table.text(key)? else { return Ok(None) };
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (letter, None) => Ok(Some(letter)),
        _ => Err(table.error(key, "one character")),
    }
}
