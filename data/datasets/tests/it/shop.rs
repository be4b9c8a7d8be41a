//! The shop CSV in its variants.

use weir_datasets::{Item, Options};

use crate::samples::{read, rows};

const HEADER: &str = "Transaction ID,Customer ID,Transaction Amount,Transaction Date";

fn items(text: &str) -> Vec<Item> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let (items, counts, _) = read(file.path(), &Options::default());
    assert_eq!(counts.rejected, 0);
    items
}

#[test]
fn byte_order_mark_crlf_and_quotes_are_read() {
    let text = format!(
        "\u{feff}{HEADER},Shipping Address\r\n1,c,42.30,2024-03-24 23:42:43,\"A\r\nB, \"\"C\"\"\"\r\n"
    );
    let items = items(&text);
    let row = rows(&items)[0];
    assert_eq!(row.transaction.order.amount_minor, 4_230);
    assert_eq!(row.transaction.order.currency.code(), "USD");
    assert_eq!(row.transaction.order.occurred_at.to_string(), "2024-03-24T23:42:43.000000Z");
    assert_eq!(row.label, None);
    let address = row.transaction.personal.shipping_address.as_ref().unwrap();
    assert_eq!(address.expose(), "A\r\nB, \"C\"");
}

#[test]
fn odd_ages_stay_and_unknown_columns_are_kept() {
    let text =
        format!("{HEADER},Customer Age,Device Used,Colour\n1,c,1,2024-03-24T23:42:43+01:00,-9,Mobile,red\n");
    let items = items(&text);
    let transaction = &rows(&items)[0].transaction;
    assert_eq!(transaction.order.customer_age, Some(-9));
    assert_eq!(transaction.order.occurred_at.to_string(), "2024-03-24T22:42:43.000000Z");
    assert!(transaction.unknown.expose().get("Colour").is_some_and(|value| value == "red"));
}
