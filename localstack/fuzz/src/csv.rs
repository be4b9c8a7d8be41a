//! CSV files: the shop's, and any with a mapping; the text of mappings.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use weir_datasets::{Mapping, Options, ReadError, check as check_mapping, open};

use crate::{MARK, folder};

const HEADER: &[u8] =
    b"Transaction ID,Customer ID,Transaction Amount,Transaction Date,Quantity,Note,Is Fraudulent\n";

/// How a file is written, and the mapping that says so.
struct Form {
    delimiter: u8,
    quote: Option<u8>,
    most: usize,
    mapping: Option<Arc<Mapping>>,
}

fn forms() -> &'static [Form] {
    static FORMS: OnceLock<Vec<Form>> = OnceLock::new();
    FORMS.get_or_init(|| {
        let mapped = |delimiter: u8, quote: Option<u8>, most: usize, encoding: &str| {
            let letter = |byte: u8| char::from(byte).to_string();
            let page = format!(
                "[file]\nheader = false\ndelimiter = {:?}\nquote = {:?}\nrow_bytes_max = {most}\nencoding = \"{encoding}\"\n\
                 [fields]\ntransaction_id = \"column_1\"\ncustomer_id = \"column_2\"\n\
                 amount_minor = {{ column = \"column_3\", unit = \"major\" }}\noccurred_at = \"column_4\"\n",
                letter(delimiter),
                quote.map_or_else(String::new, letter),
            );
            let mapping = Mapping::parse(Path::new("m.toml"), &page).expect("a mapping of ours");
            Form { delimiter, quote, most, mapping: Some(Arc::new(mapping)) }
        };
        vec![
            Form { delimiter: b',', quote: Some(b'"'), most: 1 << 20, mapping: None },
            mapped(b';', Some(b'\''), 80, "utf-8"),
            mapped(b'|', None, 80, "latin-1"),
            mapped(b',', Some(b'"'), 200, "utf-8"),
        ]
    })
}

/// Every row of a file is a row or a reject, at the line on which it begins.
pub fn check(bytes: &[u8]) {
    let Some((kind, rest)) = bytes.split_first() else { return };
    match kind % 5 {
        4 => mapping(rest),
        form => rows(&forms()[usize::from(form)], rest),
    }
}

fn rows(form: &Form, rest: &[u8]) {
    // Without a header the first row has to be one that ends, so that it can be told from a file of another kind.
    let first: &[u8] = if form.mapping.is_none() { HEADER } else { b"" };
    let first_of_form = [&b"t"[..], b"c", b"1.50", b"2024-01-31 08:00:00"].join(&form.delimiter);
    let first = if first.is_empty() { [first_of_form.as_slice(), b"\n"].concat() } else { first.to_vec() };
    let content = [first.as_slice(), rest].concat();
    let path = written(&content);
    let options = Options { mapping: form.mapping.clone(), ..Options::default() };
    let mut reader = open(&path, &options).expect("a file with its first row");
    let expected = expected(&content, form);
    let expected = expected.iter().skip(usize::from(form.mapping.is_none()));
    let mut found = Vec::new();
    while let Some(item) = reader.next() {
        match item {
            Ok(_) => found.push((reader.line(), false)),
            Err(ReadError::Rejected(reject)) => {
                assert_eq!(reject.line, reader.line());
                found.push((reject.line, reject.expected.contains("skipped")));
            }
            Err(error) => panic!("{error}"),
        }
        assert!(found.len() <= content.len(), "rows without end");
    }
    assert_eq!(found, expected.copied().collect::<Vec<_>>(), "lines of rows, and which have no end");
    says_nothing(form, &first, rest, &options);
}

/// The rows of a file, read plainly: the line of each, and whether it has no end.
fn expected(content: &[u8], form: &Form) -> Vec<(u64, bool)> {
    let (mut rows, mut at, mut line) = (Vec::new(), 0, 1);
    while at < content.len() {
        if content[at] == b'\n' {
            (at, line) = (at + 1, line + 1);
            continue;
        }
        let end = end_of(&content[at..], form);
        let size = match end {
            Ok(size) => size,
            Err(open) => {
                rows.push((line, true));
                let from = at + open.unwrap_or(form.most + 1);
                content[from..]
                    .iter()
                    .position(|byte| *byte == b'\n')
                    .map_or(content.len(), |place| from + place + 1)
                    - at
            }
        };
        let row = &content[at..at + size];
        if end.is_ok() && !is_blank(row, form) {
            rows.push((line, false));
        }
        line += row.iter().filter(|byte| **byte == b'\n').count() as u64;
        at += size;
    }
    rows
}

/// Size of the row with its line end; if it has no end, where the open quote stands.
fn end_of(content: &[u8], form: &Form) -> Result<usize, Option<usize>> {
    let (mut open, mut is_start, mut at) = (None, true, 0);
    loop {
        if at > form.most {
            return Err(open);
        }
        let Some(byte) = content.get(at).copied() else { break };
        at += 1;
        if open.is_some() {
            if Some(byte) == form.quote {
                if content.get(at) == form.quote.as_ref() && at <= form.most {
                    at += 1;
                } else {
                    (open, is_start) = (None, false);
                }
            }
        } else if is_start && Some(byte) == form.quote {
            open = Some(at - 1);
        } else if byte == b'\n' {
            return Ok(at);
        } else {
            is_start = byte == form.delimiter;
        }
    }
    if open.is_some() { Err(open) } else { Ok(at) }
}

/// One cell of white space.
fn is_blank(row: &[u8], form: &Form) -> bool {
    let row = row.strip_suffix(b"\n").unwrap_or(row);
    let cell = match form.quote.filter(|quote| row.first() == Some(quote)) {
        Some(quote) => {
            let mut cell = Vec::new();
            let (mut is_open, mut at) = (true, 1);
            while at < row.len() {
                if is_open && row[at] == quote {
                    if row.get(at + 1) == Some(&quote) {
                        cell.push(quote);
                        at += 1;
                    } else {
                        is_open = false;
                    }
                } else if !is_open && row[at] == form.delimiter {
                    return false;
                } else {
                    cell.push(row[at]);
                }
                at += 1;
            }
            cell
        }
        None if row.contains(&form.delimiter) => return false,
        None => row.to_vec(),
    };
    cell.trim_ascii().is_empty()
}

/// No reject quotes a cell.
fn says_nothing(form: &Form, first: &[u8], rest: &[u8], options: &Options) {
    let mut marked = first.to_vec();
    for byte in rest {
        if *byte == form.delimiter {
            marked.extend_from_slice(MARK.as_bytes());
        }
        marked.push(*byte);
    }
    let path = written(&marked);
    let Ok(reader) = open(&path, options) else { return };
    for item in reader {
        if let Err(error) = item {
            assert!(!format!("{error} {error:?}").contains(MARK), "a value stands in an error");
        }
    }
}

/// Any text is a mapping or an error that names a line of it.
fn mapping(text: &[u8]) {
    let Ok(text) = std::str::from_utf8(text) else { return };
    if let Ok(mapping) = Mapping::parse(Path::new("m.toml"), text) {
        let path = written(b"a,b,c,d\n1,2,3.00,2024-01-31 08:00:00\n,,,\n\"\n");
        let _ = check_mapping(&path, &mapping, Options::default().currency, 20, 5);
    }
}

fn written(content: &[u8]) -> PathBuf {
    let path = folder().join("rows.csv");
    fs::write(&path, content).expect("a folder in memory");
    path
}
