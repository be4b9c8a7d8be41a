//! Any table written by a mapping reads back by it.

use std::fmt::Write as _;
use std::sync::Arc;

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::Tz;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use weir_datasets::{Mapping, Options};

use crate::samples::{read, rows};

#[derive(Clone, Debug)]
struct Line {
    id: String,
    customer: String,
    minor: i64,
    seconds: i64,
    quantity: Option<i64>,
    merchant: Option<String>,
    points: Option<i32>,
    label: Option<bool>,
}

#[derive(Clone, Debug)]
struct Style {
    delimiter: char,
    quote: char,
    separators: (char, Option<char>),
    has_header: bool,
    is_minor: bool,
    format: &'static str,
    zone: Tz,
    is_crlf: bool,
    has_mark: bool,
    names: Vec<String>,
    order: Vec<usize>,
}

fn text() -> impl Strategy<Value = String> {
    "[!-~é]([ -~é\n\r]{0,8}[!-~é])?"
}

fn line() -> impl Strategy<Value = Line> {
    let numbers =
        (0..=10_000_000_000_i64, 946_684_800..2_000_000_000_i64, of(1..=1_000_000_000_i64), of(any::<i32>()));
    (text(), text(), of(text()), numbers, of(any::<bool>())).prop_map(
        |(id, customer, merchant, (minor, seconds, quantity, points), label)| Line {
            id,
            customer,
            minor,
            seconds,
            quantity,
            merchant,
            points,
            label,
        },
    )
}

fn style() -> impl Strategy<Value = Style> {
    let marks = (select(vec![',', ';', '\t', '|']), select(vec!['"', '\'']), any::<[bool; 4]>());
    let separators =
        select(vec![('.', None), (',', None), ('.', Some(',')), (',', Some('.')), (',', Some(' '))]);
    let formats = select(vec![
        "%Y-%m-%d %H:%M:%S",
        "%d.%m.%Y %H:%M:%S",
        "%m/%d/%Y %I:%M:%S %p",
        "%s",
        "%b %d, %Y %H:%M:%S %z",
        "iso",
    ]);
    let zones = select(vec![Tz::UTC, Tz::Europe__Berlin, Tz::America__New_York, Tz::Asia__Kolkata]);
    let names = proptest::collection::vec("[A-Za-z{\"][ -z|~]{0,6}", 8);
    let order = Just((0..8).collect::<Vec<usize>>()).prop_shuffle();
    (marks, separators, formats, zones, names, order).prop_map(
        |(
            (delimiter, quote, [has_header, is_minor, is_crlf, has_mark]),
            separators,
            format,
            zone,
            names,
            order,
        )| {
            let names =
                names.iter().enumerate().map(|(index, name)| format!("{} #{index}", name.trim())).collect();
            Style {
                delimiter,
                quote,
                separators,
                has_header,
                is_minor,
                format,
                zone,
                is_crlf,
                has_mark,
                names,
                order,
            }
        },
    )
}

impl Style {
    /// The name of the column of a cell, in the file's own order of columns.
    fn name(&self, cell: usize) -> String {
        let place = self.order.iter().position(|other| *other == cell).unwrap();
        let name = if self.has_header { self.names[cell].clone() } else { format!("column_{}", place + 1) };
        toml::Value::String(name).to_string()
    }

    fn mapping(&self) -> String {
        let (decimal, thousands) = self.separators;
        let mut text = format!(
            "[file]\ndelimiter = {:?}\nquote = {:?}\nheader = {}\ndecimal = \"{decimal}\"\n",
            self.delimiter.to_string(),
            self.quote.to_string(),
            self.has_header
        );
        if let Some(thousands) = thousands {
            writeln!(text, "thousands = \"{thousands}\"").unwrap();
        }
        let zone = if self.format.contains("%z") {
            String::new()
        } else {
            format!(", zone = \"{}\"", self.zone.name())
        };
        let unit = if self.is_minor { "minor" } else { "major" };
        writeln!(text, "[fields]\ntransaction_id = {}\ncustomer_id = {}", self.name(0), self.name(1))
            .unwrap();
        writeln!(text, "amount_minor = {{ column = {}, unit = \"{unit}\" }}", self.name(2)).unwrap();
        if self.format == "%s" {
            writeln!(text, "occurred_at = {{ column = {}, unit = \"seconds\" }}", self.name(3)).unwrap();
        } else {
            writeln!(
                text,
                "occurred_at = {{ column = {}, format = \"{}\"{zone} }}",
                self.name(3),
                self.format
            )
            .unwrap();
        }
        writeln!(text, "quantity = {}\nmerchant_id = {}", self.name(4), self.name(5)).unwrap();
        writeln!(text, "[attributes]\npoints = {{ column = {}, type = \"number\" }}", self.name(6)).unwrap();
        writeln!(text, "[label]\ncolumn = {}\ntrue = \"bad\"\nfalse = \"good\"", self.name(7)).unwrap();
        text
    }

    fn number(&self, whole: i64, fraction: Option<i64>) -> String {
        let mut digits = whole.unsigned_abs().to_string();
        if let Some(thousands) = self.separators.1 {
            let mut at = digits.len();
            while at > 3 {
                at -= 3;
                digits.insert(at, thousands);
            }
        }
        let sign = if whole < 0 { "-" } else { "" };
        let fraction = fraction.map(|cents| format!("{}{cents:02}", self.separators.0)).unwrap_or_default();
        format!("{sign}{digits}{fraction}")
    }

    fn time(&self, seconds: i64) -> String {
        let moment = self.zone.from_utc_datetime(&DateTime::from_timestamp(seconds, 0).unwrap().naive_utc());
        let format = if self.format == "iso" { "%Y-%m-%d %H:%M:%S" } else { self.format };
        moment.with_timezone(&moment.offset().fix()).format(format).to_string()
    }

    fn cells(&self, line: &Line) -> [String; 8] {
        let amount = if self.is_minor {
            self.number(line.minor, None)
        } else {
            self.number(line.minor / 100, Some(line.minor % 100))
        };
        let whole = |number: Option<i64>| number.map(|number| self.number(number, None)).unwrap_or_default();
        let label = line.label.map(|is_fraud| if is_fraud { "BAD" } else { "good" });
        [
            line.id.clone(),
            line.customer.clone(),
            amount,
            self.time(line.seconds),
            whole(line.quantity),
            line.merchant.clone().unwrap_or_default(),
            whole(line.points.map(i64::from)),
            label.unwrap_or_default().to_owned(),
        ]
    }

    fn file(&self, lines: &[Line]) -> Vec<u8> {
        let mut bytes = if self.has_mark { b"\xEF\xBB\xBF".to_vec() } else { Vec::new() };
        let terminator = if self.is_crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut builder = csv::WriterBuilder::new();
        builder.delimiter(self.delimiter as u8).quote(self.quote as u8).terminator(terminator);
        let mut writer = builder.from_writer(&mut bytes);
        if self.has_header {
            writer.write_record(self.order.iter().map(|cell| &self.names[*cell])).unwrap();
        }
        for line in lines {
            let cells = self.cells(line);
            writer.write_record(self.order.iter().map(|cell| &cells[*cell])).unwrap();
        }
        writer.flush().unwrap();
        drop(writer);
        bytes
    }

    /// Seconds as they read back: of an hour that happens twice, the first.
    fn read_back(&self, seconds: i64) -> i64 {
        if self.format == "%s" || self.format.contains("%z") {
            return seconds;
        }
        let local = self
            .zone
            .from_utc_datetime(&DateTime::from_timestamp(seconds, 0).unwrap().naive_utc())
            .naive_local();
        self.zone.from_local_datetime(&local).earliest().unwrap().timestamp()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_table_written_by_a_mapping_reads_back(lines in proptest::collection::vec(line(), 1..12), style in style()) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), style.file(&lines)).unwrap();
        let mapping = Mapping::parse(file.path(), &style.mapping());
        let mapping = mapping.map_err(|error| TestCaseError::fail(format!("{error}\n{}", style.mapping())))?;
        let options = Options { mapping: Some(Arc::new(mapping)), ..Options::default() };
        let (items, counts, rejects) = read(file.path(), &options);
        prop_assert_eq!(counts.rejected, 0, "{:?}", rejects);
        let rows = rows(&items);
        prop_assert_eq!(rows.len(), lines.len());
        for (row, line) in rows.into_iter().zip(&lines) {
            let order = &row.transaction.order;
            prop_assert_eq!(&order.transaction_id, &line.id);
            prop_assert_eq!(row.transaction.personal.customer_id.expose(), &line.customer);
            prop_assert_eq!(order.amount_minor, line.minor);
            prop_assert_eq!(order.occurred_at.micros(), style.read_back(line.seconds) * 1_000_000);
            prop_assert_eq!(order.quantity, line.quantity);
            prop_assert_eq!(&order.merchant_id, &line.merchant);
            let points = line.points.map(|points| weir_events::Scalar::Number(f64::from(points)));
            prop_assert_eq!(order.attributes.get("points"), points.as_ref());
            prop_assert_eq!(row.label, line.label);
            prop_assert!(row.transaction.unknown.expose().is_empty());
        }
    }
}
