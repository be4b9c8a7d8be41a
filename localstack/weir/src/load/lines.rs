//! Events as the lines of a body, without a tree of values between: this runs once for every event sent.

use serde::Serialize;
use weir_events::{Personal, Sensitive, Transaction};

/// Appends a transaction as one JSON object.
pub(super) fn write(transaction: &Transaction, into: &mut Vec<u8>) {
    json(&transaction.order, into);
    into.pop(); // The order's closing brace: the personal fields follow.
    let Personal {
        customer_id,
        card_id,
        device_id,
        ip_address,
        shipping_address,
        billing_address,
        email,
        customer_name,
    } = &transaction.personal;
    let optional = [
        ("card_id", card_id),
        ("device_id", device_id),
        ("ip_address", ip_address),
        ("shipping_address", shipping_address),
        ("billing_address", billing_address),
        ("email", email),
        ("customer_name", customer_name),
    ];
    field("customer_id", customer_id, into);
    for (name, value) in optional {
        value.iter().for_each(|value| field(name, value, into));
    }
    into.push(b'}');
}

fn field(name: &str, value: &Sensitive<String>, into: &mut Vec<u8>) {
    into.extend_from_slice(b",\"");
    into.extend_from_slice(name.as_bytes());
    into.extend_from_slice(b"\":");
    json(value.expose(), into);
}

/// Appends a value that has nothing in it that JSON cannot say.
pub(super) fn json(value: &impl Serialize, into: &mut Vec<u8>) {
    let written = serde_json::to_writer(into, value);
    debug_assert!(written.is_ok(), "plain fields and a vector of bytes cannot fail");
}

#[cfg(test)]
mod tests {
    use weir_generator::{EventKind, Generator, Settings};

    use super::*;

    #[test]
    fn a_line_reads_back_as_the_transaction_that_it_was_written_from() {
        let shop = Generator::new(Settings { transactions: 500, ..Settings::default() }).unwrap();
        for event in shop {
            let EventKind::Transaction { transaction, .. } = event.kind else { continue };
            let mut line = Vec::new();
            write(&transaction, &mut line);
            let read = Transaction::from_json(&line).unwrap();
            assert!(read == *transaction, "a field is missing or differs");
        }
    }
}
