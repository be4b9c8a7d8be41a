//! The fast decoder of blocks gives what the general one gives, whatever the lines hold.

use std::path::Path;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use weir_datasets::{Block, BlockDecoder, Item, Options, ReadError, Span, open};
use weir_events::Transaction;

/// One line as both decoders see it, comparable.
#[derive(Debug, PartialEq)]
enum Seen {
    Row(u64, Vec<String>),
    Label(String),
    Reject(u64, String, String, String),
}

fn row(transaction: &Transaction, label: Option<bool>, line: u64) -> Seen {
    let (order, personal) = (&transaction.order, &transaction.personal);
    let hidden = |text: &Option<weir_events::Sensitive<String>>| {
        text.as_ref().map(|text| text.expose().clone()).unwrap_or_default()
    };
    let texts = vec![
        order.transaction_id.clone(),
        order.merchant_id.clone().unwrap_or_default(),
        order.payment_method.clone().unwrap_or_default(),
        order.product_category.clone().unwrap_or_default(),
        personal.customer_id.expose().clone(),
        hidden(&personal.card_id),
        hidden(&personal.device_id),
        hidden(&personal.ip_address),
        hidden(&personal.shipping_address),
        hidden(&personal.billing_address),
        format!("{} {} {}", order.occurred_at, order.amount_minor, order.currency),
        format!("{:?} {:?} {:?}", order.quantity, order.customer_age, order.account_age_days),
        format!("{:?} {label:?}", order.device_type),
    ];
    Seen::Row(line, texts)
}

fn general(path: &Path, options: &Options) -> Vec<Seen> {
    let mut reader = open(path, options).unwrap();
    let mut seen = Vec::new();
    while let Some(item) = reader.next() {
        if let Err(ReadError::Rejected(reject)) = item {
            seen.push(Seen::Reject(reject.line, reject.field, reject.expected, reject.found));
            continue;
        }
        seen.push(match item.unwrap() {
            Item::Row(found) => row(&found.transaction, found.label, reader.line()),
            Item::Label(label) => Seen::Label(label.transaction_id),
        });
    }
    seen
}

fn fast(decoder: &mut BlockDecoder, bytes: Vec<u8>) -> (Vec<Seen>, u64) {
    let block = decoder.decode(bytes, 1, Block::default());
    let text = |span: Span| block.text(span).plain().into_owned();
    let optional = |span: Option<Span>| span.map(text).unwrap_or_default();
    let mut seen: Vec<(u64, Seen)> = Vec::new();
    for row in &block.rows {
        let entities = &row.entities;
        let texts = vec![
            text(row.transaction_id),
            optional(entities.merchant),
            text(row.payment_method),
            text(row.product_category),
            text(entities.customer),
            optional(entities.card),
            optional(entities.device),
            optional(entities.ip),
            optional(entities.shipping_address),
            optional(entities.billing_address),
            format!("{} {} {}", row.occurred_at, row.amount_minor, row.currency),
            format!("{:?} {:?} {:?}", row.quantity, row.customer_age, row.account_age_days),
            format!("{:?} {:?}", row.device_type, row.label),
        ];
        seen.push((row.line, Seen::Row(row.line, texts)));
    }
    for reject in &block.rejects {
        let found = (reject.field.clone(), reject.expected.clone(), reject.found.clone());
        seen.push((reject.line, Seen::Reject(reject.line, found.0, found.1, found.2)));
    }
    seen.sort_by_key(|(line, _)| *line);
    let mut seen: Vec<Seen> = seen.into_iter().map(|(_, seen)| seen).collect();
    seen.extend(block.labels.iter().map(|(_, label)| Seen::Label(label.transaction_id.clone())));
    (seen, block.slow_rows)
}

fn agree(lines: &[u8]) -> u64 {
    let options = Options::default();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lines.ndjson");
    // The format is told by the first line.
    let whole = [b"{}\n", lines].concat();
    std::fs::write(&path, &whole).unwrap();
    let mut expected = general(&path, &options);
    // Labels keep their place among rows as a number of rows; here they are compared on their own.
    let labels = |seen: &Seen| matches!(seen, Seen::Label(_));
    let mut alone: Vec<Seen> = Vec::new();
    while let Some(index) = expected.iter().position(labels) {
        alone.push(expected.remove(index));
    }
    expected.extend(alone);
    let (found, slow) = fast(&mut BlockDecoder::new(&path, &options), whole);
    assert_eq!(found, expected, "{}", String::from_utf8_lossy(lines));
    slow - 1
}

fn shop_line() -> Value {
    json!({
        "Transaction ID": "00000001-0001", "Customer ID": "9d391707", "Transaction Amount": 61.67,
        "Transaction Date": "2024-01-01 00:00:06", "Payment Method": "PayPal", "Product Category": "home & garden",
        "Quantity": 4, "Customer Age": 65, "Customer Location": "City3741", "Device Used": "mobile",
        "IP Address": "203.155.51.92", "Shipping Address": "78741 Street\nTown, ST 12345",
        "Billing Address": "78741 Street\nTown, ST 12345", "Is Fraudulent": 0, "Account Age Days": 315,
        "Transaction Hour": 0,
    })
}

fn event_line() -> Value {
    json!({
        "transaction_id": "order-1", "customer_id": "c-1", "amount_minor": 6_167, "currency": "EUR",
        "occurred_at": "2024-01-01T00:00:06Z", "merchant_id": "m-1", "card_id": "card 1", "device_id": "d-1",
        "ip_address": "203.0.113.9", "quantity": 2, "schema_version": 1, "email": "a@example.org",
        "device_type": "tablet", "payment_method": "credit card",
    })
}

/// Values that fit some field, nearly fit, or fit none.
fn value() -> impl Strategy<Value = Value> {
    let words = [
        "",
        " ",
        "x",
        " x",
        "x ",
        "2024-02-30 00:00:00",
        "2024-02-29T23:59:60Z",
        "2024-02-29 23:59:59.5",
        "EUR",
        "eur",
        "KWD",
        "Mobile",
        "tablet",
        "01.2.3.4",
        "1.2.3.4",
        "::1",
        "1.2.3.256",
        "a\u{7f}",
        "\u{a0}y",
        "é",
        "\\n",
        "a\tb\"c",
        "\u{1}",
        "1",
        "0.5",
    ];
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..3).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0_i64..10_000_000).prop_map(|cents| json!(cents as f64 / 100.0)),
        (0_i64..10_000).prop_map(|mills| json!(mills as f64 / 1_000.0)),
        (0..words.len()).prop_map(move |place| words[place].into()),
        ".{0,20}".prop_map(Value::from),
        Just("a".repeat(129).into()),
        Just(json!([1])),
        Just(json!({"a": 1})),
    ]
}

/// A line of one of the forms with some fields changed, added or gone.
fn line() -> impl Strategy<Value = String> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), prop::option::of(value())), 0..3);
    let extra = prop::option::weighted(0.1, ("[A-Za-z_ ]{1,12}", value()));
    (any::<bool>(), changes, extra, 0..4_usize, any::<bool>()).prop_map(
        |(is_shop, changes, extra, form, is_wrapped)| {
            let Value::Object(mut object) = (if is_shop { shop_line() } else { event_line() }) else {
                unreachable!()
            };
            let names: Vec<String> = object.keys().cloned().collect();
            for (index, value) in changes {
                let name = index.get(&names);
                match value {
                    Some(value) => drop(object.insert(name.clone(), value)),
                    None => drop(object.remove(name)),
                }
            }
            object.extend(extra);
            let text = written(&object, form);
            if is_wrapped && form < 2 { format!("{{\"transaction\":{text}}}") } else { text }
        },
    )
}

/// With white space here and there.
fn written(object: &Map<String, Value>, form: usize) -> String {
    let (comma, colon) = [(",", ":"), (", ", ": "), (" ,\t", " : "), (",", ":")][form];
    let fields: Vec<String> =
        object.iter().map(|(name, value)| format!("{}{colon}{value}", Value::from(name.as_str()))).collect();
    format!("{{{}}}", fields.join(comma))
}

proptest! {
    #[test]
    fn lines_of_any_form_are_read_alike(lines in prop::collection::vec(line(), 1..12), ending in 0..3_usize) {
        let lines = lines.join(["\n", "\r\n", " \n\n"][ending]);
        agree(lines.as_bytes());
    }

    #[test]
    fn broken_lines_are_refused_alike(
        lines in prop::collection::vec(line(), 1..5),
        breaks in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = lines.join("\n").into_bytes();
        for (index, byte) in breaks {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        agree(&bytes);
    }

    #[test]
    fn lines_that_end_early_are_refused_alike(line in line(), size in any::<prop::sample::Index>()) {
        let size = size.index(line.len()).max(1);
        agree(&line.as_bytes()[..size]);
    }
}

#[test]
fn lines_of_one_form_take_the_fast_way() {
    let lines: Vec<String> = (0..50).map(|_| shop_line().to_string()).collect();
    assert_eq!(agree(lines.join("\n").as_bytes()), 0);
    let lines: Vec<String> =
        (0..50).map(|_| event_line().to_string().replace("schema_version", "email")).collect();
    // A name twice is for the general decoder.
    assert_eq!(agree(lines.join("\n").as_bytes()), 50);
}

#[test]
fn an_amount_of_a_currency_named_after_it_has_its_digits() {
    let mut line = shop_line();
    line["Currency"] = "JPY".into();
    line["Transaction Amount"] = json!(61);
    line["Zone"] = "x".into();
    agree(line.to_string().as_bytes());
    agree(line.to_string().replace("Zone", "Email").as_bytes());
}
