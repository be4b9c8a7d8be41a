//! From the body of a page to lines that can be staged.

use std::collections::HashMap;

use serde_json::value::RawValue;

use crate::client::Answer;
use crate::document::Format;
use crate::http_source::{HttpSource, Paging};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A page that was read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// The header of rows of CSV, with its line end.
    pub(crate) header: Option<Vec<u8>>,
    /// Records as lines, each with its end.
    pub(crate) lines: Vec<u8>,
    /// How many lines.
    pub(crate) count: u64,
    /// What the page says of the next: a URL or a cursor.
    pub(crate) next: Option<String>,
}

/// Reads a page.
///
/// # Errors
/// What is wrong with it; it may have been cut off.
pub(crate) fn read(source: &HttpSource, answer: Answer) -> Result<Page, String> {
    let Answer { body, link } = answer;
    let mut page = match source.format {
        Format::Json => json(source, &body)?,
        Format::Ndjson => Page { lines: ended(body), ..Page::default() },
        Format::Csv => csv(&body, source.has_header_row)?,
    };
    page.count = lines(&page.lines);
    if page.count == 0 {
        page.lines.clear();
    }
    if source.paging == Paging::Link {
        page.next = link;
    }
    Ok(page)
}

fn json(source: &HttpSource, body: &[u8]) -> Result<Page, String> {
    if body.trim_ascii().is_empty() {
        return Ok(Page::default());
    }
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    let document: &RawValue = serde_json::from_slice(body)
        .map_err(|error| format!("something else than one JSON document ({})", error_place(&error)))?;
    let records = at(document, &source.records).ok_or_else(|| not_there(&source.records))?;
    let records: Vec<&RawValue> = match records.get() {
        "null" => Vec::new(),
        text => serde_json::from_str(text).map_err(|_| not_there(&source.records))?,
    };
    let mut lines = Vec::new();
    for (index, record) in records.into_iter().enumerate() {
        if !record.get().starts_with('{') {
            return Err(format!("a record {} that is no object", index + 1));
        }
        compact(record.get(), &mut lines);
        lines.push(b'\n');
    }
    let next = match &source.paging {
        Paging::Next { pointer } | Paging::Cursor { pointer, .. } => word(document, pointer)?,
        _ => None,
    };
    Ok(Page { lines, next, ..Page::default() })
}

/// Line and column alone: the message itself may hold a value.
fn error_place(error: &serde_json::Error) -> String {
    format!("line {}, column {}", error.line(), error.column())
}

fn not_there(pointer: &str) -> String {
    match pointer {
        "" => {
            "a JSON document that is no array; `source.records` says where in it the array stands".to_owned()
        }
        pointer => format!("a JSON document without an array at `{pointer}`, which `source.records` names"),
    }
}

/// What stands at a JSON pointer (RFC 6901), its text untouched.
fn at<'a>(document: &'a RawValue, pointer: &str) -> Option<&'a RawValue> {
    pointer.split('/').skip(1).try_fold(document, |value, token| {
        let token = token.replace("~1", "/").replace("~0", "~");
        if value.get().starts_with('{') {
            let mut members: HashMap<String, &RawValue> = serde_json::from_str(value.get()).ok()?;
            return members.remove(&token);
        }
        let items: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
        items.get(token.parse::<usize>().ok()?).copied()
    })
}

/// A text or number that says what comes next; nothing, `null`, `false` and an empty text say that this was the last.
fn word(document: &RawValue, pointer: &str) -> Result<Option<String>, String> {
    let Some(value) = at(document, pointer) else { return Ok(None) };
    match serde_json::from_str(value.get()) {
        Ok(serde_json::Value::String(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
        Ok(serde_json::Value::Number(_)) => Ok(Some(value.get().to_owned())),
        Ok(serde_json::Value::Null | serde_json::Value::Bool(false)) => Ok(None),
        _ => Err(format!("something else than a text at `{pointer}`, which `source.pages` names")),
    }
}

/// JSON without white space between its tokens; texts and numbers as they are.
fn compact(text: &str, lines: &mut Vec<u8>) {
    let (mut is_text, mut is_escaped) = (false, false);
    for byte in text.bytes() {
        if !is_text && byte.is_ascii_whitespace() {
            continue;
        }
        lines.push(byte);
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            _ => {}
        }
    }
}

fn csv(body: &[u8], has_header_row: bool) -> Result<Page, String> {
    if body.starts_with(b"\xFF\xFE") || body.starts_with(b"\xFE\xFF") {
        return Err(
            "UTF-16; expected CSV in UTF-8, or in a single-byte encoding that the mapping names".to_owned()
        );
    }
    if body.trim_ascii().is_empty() {
        return Ok(Page::default());
    }
    if !has_header_row {
        return Ok(Page { lines: ended(body.to_vec()), ..Page::default() });
    }
    let end = first_row(body);
    let (header, rows) = body.split_at(end);
    Ok(Page { header: Some(ended(header.to_vec())), lines: ended(rows.to_vec()), ..Page::default() })
}

/// Where the first row ends; line breaks within quotes do not end it.
fn first_row(body: &[u8]) -> usize {
    let mut is_quoted = false;
    for (index, byte) in body.iter().enumerate() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' if !is_quoted => return index + 1,
            _ => {}
        }
    }
    body.len()
}

/// Text with a line end.
fn ended(mut text: Vec<u8>) -> Vec<u8> {
    if !text.is_empty() && !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    text
}

fn lines(text: &[u8]) -> u64 {
    text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count() as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn compacted(text: &str) -> String {
        let mut lines = Vec::new();
        compact(text, &mut lines);
        String::from_utf8(lines).unwrap()
    }

    #[test]
    fn records_keep_their_texts_and_numbers() {
        let text = "{ \"a b\" : \"x \\\" \\\\\" ,\n\t\"n\": 12.300, \"big\": 12345678901234567890123 }";
        assert_eq!(compacted(text), r#"{"a b":"x \" \\","n":12.300,"big":12345678901234567890123}"#);
    }

    #[test]
    fn pointers_find_members_and_items() {
        let document: &RawValue = serde_json::from_str(r#"{"a/b":[{"~c":"x"},2]}"#).unwrap();
        assert_eq!(word(document, "/a~1b/0/~0c"), Ok(Some("x".to_owned())));
        assert_eq!(word(document, "/a~1b/1"), Ok(Some("2".to_owned())));
        assert_eq!(word(document, "/a~1b/7"), Ok(None));
        assert!(word(document, "/a~1b").is_err());
    }

    #[test]
    fn a_header_may_have_line_breaks_in_quotes() {
        let page = csv(b"a,\"b\nc\"\r\n1,2", true).unwrap();
        assert_eq!(page.header.as_deref(), Some(b"a,\"b\nc\"\r\n".as_slice()));
        assert_eq!(page.lines, b"1,2\n");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn compact_json_means_the_same(keys in prop::collection::vec(("\\PC{0,8}", "\\PC{0,8}", any::<i64>()), 0..6)) {
            let object: serde_json::Map<_, _> =
                keys.into_iter().map(|(key, text, number)| (key, serde_json::json!([text, number, null]))).collect();
            let value = serde_json::Value::Object(object);
            let pretty = serde_json::to_string_pretty(&value).unwrap();
            let line = compacted(&pretty);
            prop_assert!(!line.contains('\n'));
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&line).unwrap(), value);
        }
    }
}
