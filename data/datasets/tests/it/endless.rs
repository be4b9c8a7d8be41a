//! CSV rows without an end.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use weir_datasets::{Item, Mapping, Options, ReadError, open};

const HEADER: &str = "Transaction ID,Customer ID,Transaction Amount,Transaction Date,Note\n";

fn row(id: &str, note: &str) -> String {
    format!("{id},c-1,12.50,2024-01-31 08:00:00,{note}\n")
}

/// Ids with the lines of their rows; of rejects the line and what was expected.
fn seen(text: &str, options: &Options) -> Vec<(u64, Result<String, String>)> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let mut reader = open(file.path(), options).unwrap();
    let mut seen = Vec::new();
    while let Some(item) = reader.next() {
        seen.push(match item {
            Ok(Item::Row(row)) => (reader.line(), Ok(row.transaction.order.transaction_id)),
            Err(ReadError::Rejected(reject)) => {
                assert_eq!(reject.line, reader.line());
                (reject.line, Err(reject.expected))
            }
            Ok(Item::Label(_)) => unreachable!("a label in a CSV file"),
            Err(error) => unreachable!("{error}"),
        });
    }
    seen
}

fn ids(seen: &[(u64, Result<String, String>)]) -> Vec<(u64, &str)> {
    seen.iter().filter_map(|(line, found)| Some((*line, found.as_deref().ok()?))).collect()
}

#[test]
fn a_quote_that_is_never_closed_takes_its_line_and_no_other() {
    let text = [HEADER, &row("a", "\"two\nlines\""), &row("b", "\"open"), &row("c", "good")];
    let seen = seen(&text.concat(), &Options::default());
    assert_eq!(ids(&seen), [(2, "a"), (5, "c")]);
    let expected = "quotes that are closed; the one opened on line 4 never is; this line is skipped";
    assert_eq!(seen[1], (4, Err(expected.to_owned())));
}

#[test]
fn lines_that_go_with_it_are_counted() {
    let text = [HEADER, "a,\"two\nlines\",12.50,2024-01-31 08:00:00,\"open\n", &row("b", "good")].concat();
    let seen = seen(&text, &Options::default());
    assert_eq!(ids(&seen), [(4, "b")]);
    let expected = "quotes that are closed; the one opened on line 3 never is; lines 2 to 3 are skipped";
    assert_eq!(seen[0], (2, Err(expected.to_owned())));
}

#[test]
fn a_quote_that_is_open_for_too_long_is_given_up_before_the_end_of_the_file() {
    let mut text = [HEADER, &row("a", "\"open")].concat();
    (0..30_000).for_each(|number| text.push_str(&row(&format!("t-{number}"), "good")));
    text.push_str(&row("z", "last\""));
    let seen = seen(&text, &Options::default());
    assert_eq!(ids(&seen).len(), 30_001);
    let expected =
        "quotes that are closed; the one opened on line 2 is not within 1048576 bytes; this line is skipped";
    assert_eq!(seen[0], (2, Err(expected.to_owned())));
    assert_eq!(ids(&seen)[0], (3, "t-0"));
}

#[test]
fn a_line_without_an_end_is_one_reject() {
    let text = [HEADER, &row("a", &"x".repeat(3 << 20)), &row("b", "good")].concat();
    let seen = seen(&text, &Options::default());
    assert_eq!(ids(&seen), [(3, "b")]);
    assert_eq!(seen[0].1, Err("a row of at most 1048576 bytes; this line is skipped".to_owned()));
}

#[test]
fn a_mapping_sets_the_longest_row() {
    let page = "[file]\nrow_bytes_max = 60\n[fields]\ntransaction_id = \"Transaction ID\"\n\
                customer_id = \"Customer ID\"\noccurred_at = \"Transaction Date\"\n\
                amount_minor = { column = \"Transaction Amount\", unit = \"major\" }\n";
    let mapping = |page: &str| Mapping::parse(Path::new("m.toml"), page);
    let options = Options { mapping: Some(Arc::new(mapping(page).unwrap())), ..Options::default() };
    let header = HEADER.replace(",Note", "").replace("Transaction ID", "\u{feff}Transaction ID");
    assert!(header.len() > 60);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(header.as_bytes()).unwrap();
    assert!(matches!(open(file.path(), &options), Err(ReadError::Unknown { .. })));
    let wrong = mapping(&page.replace("60", "0")).unwrap_err().to_string();
    assert!(wrong.contains("row_bytes_max") && wrong.contains("from 1"), "{wrong}");
}

#[test]
fn a_header_without_an_end_is_told_and_not_taken_for_an_empty_file() {
    let text = [HEADER.trim_end(), ",\"open\n", &row("a", "good,x")].concat();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let error = open(file.path(), &Options::default()).err().unwrap().to_string();
    assert!(error.contains("never closed"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn blank_lines_and_breaks_in_quotes_do_not_move_the_lines(
        blanks in prop::collection::vec((0_usize..3, any::<bool>()), 1..12), is_ended: bool,
    ) {
        let (mut text, mut line, mut expected) = (HEADER.to_owned(), 2, Vec::new());
        for (number, (blank, is_broken)) in blanks.iter().enumerate() {
            text.push_str(&"\n".repeat(*blank));
            line += *blank as u64;
            expected.push((line, format!("t-{number}")));
            text.push_str(&row(&format!("t-{number}"), if *is_broken { "\"a\n\nb\"" } else { "a" }));
            line += if *is_broken { 3 } else { 1 };
        }
        let text = if is_ended { text.as_str() } else { text.trim_end() };
        let seen = seen(text, &Options::default());
        let expected: Vec<(u64, &str)> = expected.iter().map(|(line, id)| (*line, id.as_str())).collect();
        prop_assert_eq!(ids(&seen), expected);
    }
}
