//! Files of lines of JSON, read by both readers.

use std::fs;
use std::path::Path;

use weir_datasets::{Block, BlockDecoder, Item, LINE_BYTES_MAX, Options, ReadError, open};

use crate::{MARK, folder};

/// Both readers give every line that is not blank once, and the same of it.
pub fn check(bytes: &[u8]) {
    // The format is told by the first line.
    let whole = [b"{}\n".as_slice(), bytes].concat();
    let path = folder().join("lines.ndjson");
    fs::write(&path, &whole).expect("a folder in memory");
    let general = general(&path);
    let is_blank = |line: &[u8]| line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line).trim_ascii().is_empty();
    let lines = whole
        .split(|byte| *byte == b'\n')
        .filter(|line| !is_blank(line) && (line.len() as u64) < LINE_BYTES_MAX);
    assert_eq!(general.len(), lines.count(), "a line is lost or told twice");
    let mut decoder = BlockDecoder::new(&path, &Options::default());
    let fast = seen(&decoder.decode(whole.clone(), 1, Block::default()));
    assert_eq!(fast, general_seen(&general));
    // What it learnt of the lines changes nothing.
    let again = seen(&decoder.decode(whole, 1, Block::default()));
    assert_eq!(again, fast, "the second time it reads something else");
}

type Read = Vec<(u64, Result<Item, (String, String, String)>)>;

fn general(path: &Path) -> Read {
    let mut reader = open(path, &Options::default()).expect("lines of JSON");
    let mut all = Vec::new();
    while let Some(item) = reader.next() {
        let item = match item {
            Err(ReadError::Rejected(reject)) => {
                assert_eq!(reject.line, reader.line());
                assert!(!format!("{reject}").contains(MARK), "a value stands in an error");
                Err((reject.field, reject.expected, reject.found))
            }
            item => Ok(item.unwrap_or_else(|error| panic!("{error}"))),
        };
        all.push((reader.line(), item));
    }
    all
}

/// What a block holds, texts plain.
#[derive(Debug, PartialEq)]
struct Seen {
    rows: Vec<(u64, Vec<String>)>,
    labels: Vec<(usize, String)>,
    rejects: Vec<(u64, String, String, String)>,
}

fn seen(block: &Block) -> Seen {
    let text = |span| block.text(span).plain().into_owned();
    let rows = block.rows.iter().map(|row| {
        let entities = &row.entities;
        let others = [entities.merchant, entities.card, entities.device, entities.ip];
        let addresses = [entities.shipping_address, entities.billing_address];
        let spans = [row.transaction_id, row.payment_method, row.product_category, entities.customer];
        let mut texts: Vec<String> = spans.into_iter().map(text).collect();
        texts.extend(others.into_iter().chain(addresses).map(|span| span.map(text).unwrap_or_default()));
        texts.push(format!(
            "{} {} {} {:?} {:?} {:?} {:?} {:?} {:?}",
            row.occurred_at,
            row.amount_minor,
            row.currency,
            row.quantity,
            row.customer_age,
            row.account_age_days,
            row.device_type,
            row.label,
            row.known_at,
        ));
        (row.line, texts)
    });
    let labels = block.labels.iter().map(|(place, label)| (*place, format!("{label:?}")));
    let rejects = block.rejects.iter();
    let rejects = rejects.map(|one| (one.line, one.field.clone(), one.expected.clone(), one.found.clone()));
    Seen { rows: rows.collect(), labels: labels.collect(), rejects: rejects.collect() }
}

fn general_seen(all: &Read) -> Seen {
    let mut block = Block::default();
    let mut rejects = Vec::new();
    for (line, item) in all {
        match item {
            Ok(item) => block.push(item, *line),
            Err((field, expected, found)) => {
                rejects.push((*line, field.clone(), expected.clone(), found.clone()))
            }
        }
    }
    Seen { rejects, ..seen(&block) }
}
