//! The canonical bytes of transactions whose fields are all of the schema: written without a map in between.
//!
//! Bulk work makes them for millions of rows. A transaction with unknown fields or attributes takes the general way; a
//! test holds both to the same bytes.

use std::collections::BTreeMap;

use serde_json::Map;

use crate::{Currency, DeviceType, Entities, Order, Personal, Sensitive, Timestamp, Transaction};

/// A transaction whose fields are all of the schema, without attributes, borrowed from wherever its texts are. It has no
/// `Debug`: part of it is personal.
#[derive(Clone, Copy)]
pub struct PlainTransaction<'a> {
    /// The shop's id of the order.
    pub transaction_id: &'a str,
    /// When it was placed.
    pub occurred_at: Timestamp,
    /// Amount in minor units.
    pub amount_minor: i64,
    /// Currency of the amount.
    pub currency: Currency,
    /// The seller's or terminal's id.
    pub merchant_id: Option<&'a str>,
    /// How it is paid.
    pub payment_method: Option<&'a str>,
    /// What is bought.
    pub product_category: Option<&'a str>,
    /// Pieces bought.
    pub quantity: Option<i64>,
    /// The customer's age.
    pub customer_age: Option<i64>,
    /// The customer's town or region.
    pub customer_location: Option<&'a str>,
    /// Kind of device.
    pub device_type: Option<DeviceType>,
    /// Age of the customer's account.
    pub account_age_days: Option<i64>,
    /// What is personal of it.
    pub personal: PlainPersonal<'a>,
}

/// The personal fields of a [`PlainTransaction`].
#[derive(Clone, Copy, Default)]
pub struct PlainPersonal<'a> {
    /// The shop's id of the customer.
    pub customer_id: &'a str,
    /// Card number or token.
    pub card_id: Option<&'a str>,
    /// Id of the device.
    pub device_id: Option<&'a str>,
    /// Address that the order came from.
    pub ip_address: Option<&'a str>,
    /// Where the order goes.
    pub shipping_address: Option<&'a str>,
    /// Where the bill goes.
    pub billing_address: Option<&'a str>,
    /// The customer's e-mail address.
    pub email: Option<&'a str>,
    /// The customer's name.
    pub customer_name: Option<&'a str>,
}

impl<'a> PlainTransaction<'a> {
    /// What is borrowed; of attributes and unknown fields it knows nothing.
    pub(crate) fn of(order: &'a Order, personal: &'a Personal) -> Self {
        Self {
            transaction_id: &order.transaction_id,
            occurred_at: order.occurred_at,
            amount_minor: order.amount_minor,
            currency: order.currency,
            merchant_id: order.merchant_id.as_deref(),
            payment_method: order.payment_method.as_deref(),
            product_category: order.product_category.as_deref(),
            quantity: order.quantity,
            customer_age: order.customer_age,
            customer_location: order.customer_location.as_deref(),
            device_type: order.device_type,
            account_age_days: order.account_age_days,
            personal: PlainPersonal::of(personal),
        }
    }

    /// The same with texts of its own.
    pub fn to_transaction(&self) -> Transaction {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let order = Order {
            transaction_id: self.transaction_id.to_owned(),
            occurred_at: self.occurred_at,
            amount_minor: self.amount_minor,
            currency: self.currency,
            merchant_id: owned(self.merchant_id),
            payment_method: owned(self.payment_method),
            product_category: owned(self.product_category),
            quantity: self.quantity,
            customer_age: self.customer_age,
            customer_location: owned(self.customer_location),
            device_type: self.device_type,
            account_age_days: self.account_age_days,
            attributes: BTreeMap::new(),
        };
        Transaction { order, personal: self.personal.to_personal(), unknown: Sensitive::new(Map::new()) }
    }

    /// The entities as they are written.
    pub fn written_entities(&self) -> Entities<&'a str> {
        let personal = self.personal;
        Entities {
            customer: personal.customer_id,
            merchant: self.merchant_id,
            card: personal.card_id,
            device: personal.device_id,
            ip: personal.ip_address,
            shipping_address: personal.shipping_address,
            billing_address: personal.billing_address,
        }
    }

    /// Appends [`Transaction::canonical`].
    pub fn write_canonical(&self, into: &mut Vec<u8>) {
        let personal = self.personal;
        let mut to = Writer::new(into);
        to.number_of("account_age_days", self.account_age_days);
        to.number("amount_minor", self.amount_minor);
        to.text_of("billing_address", personal.billing_address);
        to.text_of("card_id", personal.card_id);
        to.text("currency", self.currency.code());
        to.number_of("customer_age", self.customer_age);
        to.text("customer_id", personal.customer_id);
        to.text_of("customer_location", self.customer_location);
        to.text_of("customer_name", personal.customer_name);
        to.text_of("device_id", personal.device_id);
        if let Some(device_type) = self.device_type {
            to.text("device_type", device_type.name());
        }
        to.text_of("email", personal.email);
        to.text_of("ip_address", personal.ip_address);
        to.text_of("merchant_id", self.merchant_id);
        to.moment("occurred_at", self.occurred_at);
        to.text_of("payment_method", self.payment_method);
        to.text_of("product_category", self.product_category);
        to.number_of("quantity", self.quantity);
        to.text_of("shipping_address", personal.shipping_address);
        to.text("transaction_id", self.transaction_id);
        to.finish();
    }
}

impl<'a> PlainPersonal<'a> {
    pub(crate) fn of(personal: &'a Personal) -> Self {
        fn text(hidden: &Option<Sensitive<String>>) -> Option<&str> {
            hidden.as_ref().map(|text| text.expose().as_str())
        }
        Self {
            customer_id: personal.customer_id.expose(),
            card_id: text(&personal.card_id),
            device_id: text(&personal.device_id),
            ip_address: text(&personal.ip_address),
            shipping_address: text(&personal.shipping_address),
            billing_address: text(&personal.billing_address),
            email: text(&personal.email),
            customer_name: text(&personal.customer_name),
        }
    }

    fn to_personal(self) -> Personal {
        let hidden = |text: Option<&str>| text.map(|text| Sensitive::new(text.to_owned()));
        Personal {
            customer_id: Sensitive::new(self.customer_id.to_owned()),
            card_id: hidden(self.card_id),
            device_id: hidden(self.device_id),
            ip_address: hidden(self.ip_address),
            shipping_address: hidden(self.shipping_address),
            billing_address: hidden(self.billing_address),
            email: hidden(self.email),
            customer_name: hidden(self.customer_name),
        }
    }

    /// Appends [`Transaction::personal_json`].
    pub fn write_json(&self, into: &mut Vec<u8>) {
        let mut to = Writer::new(into);
        to.text_of("billing_address", self.billing_address);
        to.text_of("card_id", self.card_id);
        to.text("customer_id", self.customer_id);
        to.text_of("customer_name", self.customer_name);
        to.text_of("device_id", self.device_id);
        to.text_of("email", self.email);
        to.text_of("ip_address", self.ip_address);
        to.text_of("shipping_address", self.shipping_address);
        to.finish();
    }
}

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

    fn text_of(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
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
