//! Mapping files: what is wrong in them, and how rows come out.

use std::path::Path;
use std::sync::Arc;

use weir_datasets::{Counts, Item, Mapping, MappingError, Options, ReadError, open};

use crate::samples::{read, rows};

const FIELDS: &str = "[fields]\ntransaction_id = \"id\"\ncustomer_id = \"who\"\noccurred_at = \"when\"\n";
const HEADER: &str = "id,who,when,amount";

fn parse(text: &str) -> Result<Mapping, MappingError> {
    Mapping::parse(Path::new("theirs.toml"), text)
}

/// A mapping of the usual fields with one more line.
fn with(line: &str) -> String {
    format!("{FIELDS}{line}\n")
}

/// What comes of the bytes of a file.
fn all(mapping: &str, bytes: &[u8]) -> (Vec<Item>, Counts, Option<String>) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let mapping = Some(Arc::new(parse(mapping).unwrap()));
    read(file.path(), &Options { mapping, ..Options::default() })
}

fn open_error(mapping: &str, text: &str) -> ReadError {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let mapping = Some(Arc::new(parse(mapping).unwrap()));
    open(file.path(), &Options { mapping, ..Options::default() }).err().unwrap()
}

#[test]
fn what_is_wrong_is_told_with_line_key_and_nearest_name() {
    let amount = "amount_minor = \"amount\"";
    for (text, line, key, told) in [
        (with("amount = \"amount\""), 5, "fields.amount", "`amount_minor`"),
        (with("amount_minor = 5"), 5, "fields.amount_minor", "a table"),
        (
            with("amount_minor = { column = \"a\", constant = \"1\" }"),
            5,
            "fields.amount_minor.constant",
            "only one of",
        ),
        (with("amount_minor = { unit = \"major\" }"), 5, "fields.amount_minor", "`template`"),
        (
            with("amount_minor = { column = \"a\", unit = \"minr\" }"),
            5,
            "fields.amount_minor.unit",
            "`minor`",
        ),
        (
            with("amount_minor = { column = \"a\", format = \"iso\" }"),
            5,
            "fields.amount_minor.format",
            "symbol",
        ),
        (with("quantity = \"n\""), 1, "fields.amount_minor", "required"),
        (
            with(&format!("{amount}\ncurrency = {{ constant = \"eur\" }}")),
            6,
            "fields.currency.constant",
            "ISO 4217",
        ),
        (
            with(&format!("{amount}\ndevice_type = {{ constant = \"watch\" }}")),
            6,
            "fields.device_type.constant",
            "`tablet`",
        ),
        (with(&format!("{amount}\n[attribute]\n")), 6, "attribute", "`attributes`"),
        (
            with(&format!("{amount}\n[label]\ncolumn = \"f\"\ntrue = [\"1\"]\nfalse = [\"1\"]")),
            8,
            "label.true",
            "`false`",
        ),
        (
            with(&format!("{amount}\n[label]\nknown_after_days = -1\ncolumn = \"f\"")),
            7,
            "label.known_after_days",
            "0 to",
        ),
        (
            with(&format!("{amount}\n[label]\ncolumn = \"f\"\nknown_at = {{ constant = \"x\" }}")),
            8,
            "label.known_at.constant",
            "keys",
        ),
        (with(&format!("{amount}\n[file]\ndelimiter = \";;\"")), 7, "file.delimiter", "one character"),
        (
            with(&format!("{amount}\n[file]\ndecimal = \",\"\nthousands = \",\"")),
            8,
            "file.thousands",
            "decimal",
        ),
        (with(&format!("{amount}\n[columns]\nothers = \"hide\"")), 7, "columns.others", "`seal`"),
        (with("amount_minor = ["), 5, "(the file)", "TOML"),
    ] {
        let error = parse(&text).err().unwrap_or_else(|| panic!("{text}"));
        assert_eq!((error.line, error.key.as_str()), (line, key), "{error}");
        assert!(error.to_string().contains(told), "{error}");
        assert!(error.to_string().starts_with("`theirs.toml` line "), "{error}");
    }
}

#[test]
fn a_time_that_cannot_be_read_is_told_before_any_row() {
    for (time, key, told) in [
        ("format = \"YYYY-MM-DD\"", "format", "strftime"),
        ("format = [\"%Y-%m-%d\", \"%H:%M\"]", "format", "strftime"),
        ("zone = \"Europe/Berln\"", "zone", "`Europe/Berlin`"),
        ("format = \"%Y-%m-%d %H:%M %z\", zone = \"UTC\"", "zone", "no zone"),
        ("unit = \"hour\"", "unit", "`hours`"),
        ("unit = \"hours\", format = \"iso\"", "format", "either"),
        ("unit = \"hours\", since = \"yesterday\"", "since", "RFC 3339"),
        ("since = \"2026-01-01T00:00:00Z\"", "since", "`unit`"),
    ] {
        let text = format!("[fields]\noccurred_at = {{ column = \"when\", {time} }}\n");
        let error = parse(&text).err().unwrap();
        assert_eq!((error.line, error.key), (2, format!("fields.occurred_at.{key}")), "{time}");
        assert!(
            error.expected.contains(told) || error.nearest.is_some_and(|name| told.contains(&name)),
            "{time}"
        );
    }
}

#[test]
fn a_column_that_the_file_lacks_is_told_with_the_nearest() {
    let mapping = with("amount_minor = \"amuont\"");
    let error = open_error(&mapping, &format!("{HEADER}\n"));
    let ReadError::Mapping(error) = error else { panic!("{error}") };
    assert_eq!((error.line, error.nearest.as_deref()), (5, Some("amount")));
    assert!(error.expected.contains("`amuont`"), "{error}");

    let mapping = with("amount_minor = \"amount\"");
    let error = open_error(&mapping, "id,who,when,amount,amount\n");
    assert!(error.to_string().contains("more than once"), "{error}");
    let error = open_error(&mapping, &format!("{HEADER},email\n"));
    assert!(error.to_string().contains("`email`"), "{error}");
}

#[test]
fn an_unconfirmed_guess_is_not_used() {
    let mapping = with("amount_minor = { column = \"amount\", confirm = true }");
    let error = open_error(&mapping, &format!("{HEADER}\n"));
    let ReadError::Mapping(error) = error else { panic!("{error}") };
    assert_eq!((error.line, error.key.as_str()), (5, "fields.amount_minor.confirm"));
}

#[test]
fn a_whole_mapping_reads_a_whole_row() {
    let mapping = r##"
[file]
delimiter = ";"
decimal = ","
thousands = "."
missing = ["-"]
[fields]
transaction_id = { template = "{{{shop}}}-{#}" }
customer_id = "who"
occurred_at = { template = "{day} {clock}", format = ["%d.%m.%Y %H:%M", "%d.%m.%Y"], zone = "Europe/Berlin" }
amount_minor = { column = "total", symbol = "€" }
currency = { constant = "EUR" }
device_type = { column = "device", values = { "PC" = "desktop" } }
quantity = "pieces"
[label]
column = "fraud"
true = ["J"]
false = ["N"]
known_at = { column = "back", format = "%d.%m.%Y" }
known_after_days = 10
[attributes]
points = { column = "points", type = "number" }
gift = { column = "gift", type = "flag", true = ["ja"], false = ["nein"] }
channel = { constant = "web" }
[columns]
drop = ["notes"]
"##;
    let text = "who;day;clock;total;device;pieces;fraud;back;points;gift;notes;colour;shop\r\n\
                c1;01.07.2026;12:30;1.234,50 €;PC;3,0;J;01.07.2026;1.000,5;ja;\"a;b\r\nc\";red;x\r\n\
                c2;01.01.2026;-;€ 0,05;TABLET;-;N;;-;;;;y\r\n\r\n\
                c3;29.03.2026;02:30;1,00;PC;1;N;;1;ja;;;y\r\n\
                c4;01.01.2026;-;1,00;PC;1;perhaps;;1;ja;;;y\r\n";
    let (items, counts, rejects) = all(mapping, text.as_bytes());
    assert_eq!(counts, Counts { rows_in: 4, rows_out: 2, rejected: 2 });
    let rejects = rejects.unwrap();
    let lines: Vec<&str> = rejects.lines().collect();
    assert!(lines[1].contains(",6,occurred_at,") && lines[1].contains("exists in its zone"), "{rejects}");
    assert!(lines[2].contains(",7,is_fraud,") && !rejects.contains("perhaps"), "{rejects}");
    let rows = rows(&items);
    let (first, second) = (&rows[0].transaction, &rows[1].transaction);
    assert_eq!(
        (first.order.transaction_id.as_str(), second.order.transaction_id.as_str()),
        ("{x}-1", "{y}-2")
    );
    assert_eq!((first.order.amount_minor, second.order.amount_minor), (123_450, 5));
    assert_eq!(first.order.occurred_at.to_string(), "2026-07-01T10:30:00.000000Z");
    assert_eq!(second.order.occurred_at.to_string(), "2025-12-31T23:00:00.000000Z");
    assert_eq!((first.order.quantity, second.order.quantity), (Some(3), None));
    assert_eq!(second.order.device_type.unwrap().name(), "tablet");
    assert_eq!(
        serde_json::to_string(&first.order.attributes).unwrap(),
        r#"{"channel":"web","gift":true,"points":1000.5}"#
    );
    assert_eq!(first.unknown.expose().keys().collect::<Vec<_>>(), ["colour"]);
    // Known on the day of the order, and not before it.
    assert_eq!((rows[0].label, rows[0].known_at), (Some(true), Some(first.order.occurred_at)));
    let ten_days = second.order.occurred_at.plus_micros(10 * 86_400_000_000);
    assert_eq!((rows[1].label, rows[1].known_at), (Some(false), Some(ten_days)));
}

#[test]
fn bytes_that_are_no_utf8_are_rejected_with_their_line_or_read_as_latin1() {
    let mapping = with("amount_minor = \"amount\"\nmerchant_id = \"shop\"");
    let mut text = format!("\u{feff}{HEADER},shop\r\n1,c,2026-01-01 00:00:00,1,\"a\r\nb\"\r\n").into_bytes();
    text.extend(b"2,c,2026-01-01 00:00:00,1,caf\xe9\r\n3,c,2026-01-01 00:00:00,1,b\r\n");
    let (items, counts, rejects) = all(&mapping, &text);
    assert_eq!((items.len(), counts.rejected), (2, 1));
    assert!(rejects.unwrap().contains(",4,merchant_id,UTF-8 text,something else"));
    assert_eq!(rows(&items)[0].transaction.order.merchant_id.as_deref(), Some("a\r\nb"));

    // The mark at the beginning is one of UTF-8.
    let (items, ..) = all(&format!("{mapping}[file]\nencoding = \"latin-1\"\n"), &text[3..]);
    assert_eq!(rows(&items)[1].transaction.order.merchant_id.as_deref(), Some("café"));
}

#[test]
fn a_file_without_a_header_has_columns_by_their_place() {
    let mapping = "[file]\nheader = false\nquote = \"\"\n[fields]\ntransaction_id = \"column_1\"\ncustomer_id = \"column_2\"\n\
                   occurred_at = { column = \"column_3\", unit = \"seconds\" }\namount_minor = { column = \"column_4\", unit = \"minor\" }\n";
    let (items, counts, _) = all(mapping, b"1,\"c,1769846400.5,250\n2,d,1769846401,300\n");
    assert_eq!((counts.rows_in, counts.rejected), (2, 0));
    let first = &rows(&items)[0].transaction;
    assert_eq!(first.personal.customer_id.expose(), "\"c");
    assert_eq!(
        (first.order.amount_minor, first.order.occurred_at.to_string().as_str()),
        (250, "2026-01-31T08:00:00.500000Z")
    );
}

#[test]
fn a_mapping_is_for_csv_alone() {
    let mapping = Some(Arc::new(parse(&with("amount_minor = \"amount\"")).unwrap()));
    let options = Options { mapping, ..Options::default() };
    let error = open(&crate::samples::sample("handbook.parquet"), &options).err().unwrap();
    assert!(error.to_string().contains("a mapping is for CSV"), "{error}");
}
