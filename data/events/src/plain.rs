//! The canonical bytes of transactions whose fields are all of the schema: written without a map in between.
//!
//! Bulk work makes them for millions of rows. A transaction with unknown fields or attributes takes the general way; a
//! test holds both to the same bytes.

use crate::{Order, Personal, Sensitive, Timestamp};

/// Writes an object field by field, in order of their names.
struct Writer<'a> {
    bytes: &'a mut Vec<u8>,
    is_first: bool,
}

impl<'a> Writer<'a> {
    fn new(bytes: &'a mut Vec<u8>) -> Self {
        bytes.push(b'{');
        Self { bytes, is_first: true }
    }

    /// `"name":`, with a comma before it if it is not the first.
    fn name(&mut self, name: &str) {
        if !std::mem::take(&mut self.is_first) {
            self.bytes.push(b',');
        }
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.extend_from_slice(b"\":");
    }

    fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        let is_escaped = |byte: &u8| (*byte < 0x20) | (*byte == b'"') | (*byte == b'\\');
        if text.as_bytes().iter().fold(false, |found, byte| found | is_escaped(byte)) {
            let written = serde_json::to_writer(&mut *self.bytes, text);
            debug_assert!(written.is_ok(), "a text and a vector of bytes cannot fail");
            return;
        }
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.push(b'"');
    }

    fn number(&mut self, name: &str, number: i64) {
        self.name(name);
        let mut digits = [0_u8; 20];
        let mut place = digits.len();
        let mut rest = number.unsigned_abs();
        loop {
            place -= 1;
            digits[place] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if number < 0 {
            self.bytes.push(b'-');
        }
        self.bytes.extend_from_slice(&digits[place..]);
    }

    fn moment(&mut self, name: &str, moment: Timestamp) {
        match moment.usual_text() {
            Some(digits) => {
                self.name(name);
                self.bytes.push(b'"');
                self.bytes.extend_from_slice(&digits);
                self.bytes.push(b'"');
            }
            None => self.text(name, &moment.to_string()),
        }
    }

    fn text_of(&mut self, name: &str, text: &Option<String>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    fn hidden(&mut self, name: &str, text: &Option<Sensitive<String>>) {
        if let Some(text) = text {
            self.text(name, text.expose());
        }
    }

    fn number_of(&mut self, name: &str, number: Option<i64>) {
        if let Some(number) = number {
            self.number(name, number);
        }
    }

    fn finish(self) {
        self.bytes.push(b'}');
    }
}

/// Appends what the whole content is hashed from, if there are no unknown fields and no attributes.
pub(crate) fn content(order: &Order, personal: &Personal, into: &mut Vec<u8>) {
    let mut to = Writer::new(into);
    to.number_of("account_age_days", order.account_age_days);
    to.number("amount_minor", order.amount_minor);
    to.hidden("billing_address", &personal.billing_address);
    to.hidden("card_id", &personal.card_id);
    to.text("currency", order.currency.code());
    to.number_of("customer_age", order.customer_age);
    to.text("customer_id", personal.customer_id.expose());
    to.text_of("customer_location", &order.customer_location);
    to.hidden("customer_name", &personal.customer_name);
    to.hidden("device_id", &personal.device_id);
    if let Some(device_type) = order.device_type {
        to.text("device_type", device_type.name());
    }
    to.hidden("email", &personal.email);
    to.hidden("ip_address", &personal.ip_address);
    to.text_of("merchant_id", &order.merchant_id);
    to.moment("occurred_at", order.occurred_at);
    to.text_of("payment_method", &order.payment_method);
    to.text_of("product_category", &order.product_category);
    to.number_of("quantity", order.quantity);
    to.hidden("shipping_address", &personal.shipping_address);
    to.text("transaction_id", &order.transaction_id);
    to.finish();
}

/// Appends what is sealed, if there are no unknown fields.
pub(crate) fn personal(personal: &Personal, into: &mut Vec<u8>) {
    let mut to = Writer::new(into);
    to.hidden("billing_address", &personal.billing_address);
    to.hidden("card_id", &personal.card_id);
    to.text("customer_id", personal.customer_id.expose());
    to.hidden("customer_name", &personal.customer_name);
    to.hidden("device_id", &personal.device_id);
    to.hidden("email", &personal.email);
    to.hidden("ip_address", &personal.ip_address);
    to.hidden("shipping_address", &personal.shipping_address);
    to.finish();
}
