//! One order as the shop reports it.

use serde_json::{Map, Value};

use crate::decode::Object;
use crate::order::VERSION_ROW;
use crate::{
    Entities, EventError, Order, Personal, PlainPersonal, PlainTransaction, SCHEMA_VERSION, Sensitive,
    canonical, normal_form, wire,
};

/// One order as the shop reports it, personal data readable: lives in memory only.
#[derive(Clone, PartialEq)]
pub struct Transaction {
    /// What is not personal.
    pub order: Order,
    /// What is.
    pub personal: Personal,
    /// Fields that the schema does not know: kept, sealed. A label among them is one of these and stays unread.
    pub unknown: Sensitive<Map<String, Value>>,
}

const WHAT: &str = "a transaction";

impl Transaction {
    /// Reads one transaction; the error names every wrong field.
    pub fn from_json(bytes: &[u8]) -> Result<Self, EventError> {
        Self::from_value(Object::parse(bytes, WHAT)?)
    }

    /// Reads one transaction from parsed JSON.
    pub fn from_value(value: Value) -> Result<Self, EventError> {
        let mut object = Object::new(value, WHAT)?;
        let _checked: Option<u16> = object.required(&VERSION_ROW);
        let order = Order::take_from(&mut object);
        let personal = Personal::take_from(&mut object);
        let unknown = Sensitive::new(object.unknown());
        let whole = order.zip(personal).map(|(order, personal)| Self { order, personal, unknown });
        object.finish(whole, WHAT)
    }

    /// The JSON that a shop sends, personal data readable: for the body of a request to ingest and nothing else.
    pub fn to_value(&self) -> Value {
        let mut object = self.content();
        object.insert(VERSION_ROW.name.to_owned(), SCHEMA_VERSION.into());
        Value::Object(object)
    }

    /// The bytes of [`Transaction::to_value`].
    pub fn to_json(&self) -> Vec<u8> {
        canonical::bytes(&self.to_value())
    }

    /// Bytes that are equal if and only if the content is: what the content hash is made of.
    pub fn canonical(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(640);
        self.write_canonical(&mut bytes);
        bytes
    }

    /// Appends [`Transaction::canonical`].
    pub fn write_canonical(&self, into: &mut Vec<u8>) {
        if self.unknown.expose().is_empty() && self.order.attributes.is_empty() {
            PlainTransaction::of(&self.order, &self.personal).write_canonical(into);
        } else {
            into.extend(canonical::bytes(&Value::Object(self.content())));
        }
    }

    /// What is sealed: the personal and the unknown fields in one JSON object.
    pub fn personal_json(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(640);
        self.write_personal_json(&mut bytes);
        bytes
    }

    /// Appends [`Transaction::personal_json`].
    pub fn write_personal_json(&self, into: &mut Vec<u8>) {
        if self.unknown.expose().is_empty() {
            return PlainPersonal::of(&self.personal).write_json(into);
        }
        let mut object = self.unknown.expose().clone();
        self.personal.put_into(&mut object);
        into.extend(canonical::bytes(&Value::Object(object)));
    }

    /// The whole transaction again, from its open part and the opened bytes of [`Transaction::personal_json`].
    pub fn reunite(order: Order, personal_json: &[u8]) -> Result<Self, EventError> {
        let (personal, unknown) = Personal::from_json(personal_json)?;
        Ok(Self { order, personal, unknown })
    }

    /// The entities in their plain form, normalised so that the same thing written in two ways is one entity.
    pub fn entities(&self) -> Entities<String> {
        self.written_entities().map(|kind, text| normal_form(kind, text).into_owned())
    }

    /// The entities as they are written, before [`normal_form`].
    pub fn written_entities(&self) -> Entities<&str> {
        PlainTransaction::of(&self.order, &self.personal).written_entities()
    }

    #[cfg(test)]
    fn general_bytes(&self) -> [Vec<u8>; 2] {
        let mut personal = self.unknown.expose().clone();
        self.personal.put_into(&mut personal);
        [canonical::bytes(&Value::Object(self.content())), canonical::bytes(&Value::Object(personal))]
    }

    fn content(&self) -> Map<String, Value> {
        let mut object = self.unknown.expose().clone();
        self.order.put_into(&mut object);
        self.personal.put_into(&mut object);
        object
    }
}

impl Personal {
    /// Reads back what [`Transaction::personal_json`] wrote: the personal fields and the unknown ones.
    pub fn from_json(bytes: &[u8]) -> Result<(Self, Sensitive<Map<String, Value>>), EventError> {
        let value = wire::read(bytes, "personal data")?;
        let mut object = Object::bare(value, "personal data")?;
        let personal = Self::take_from(&mut object);
        let unknown = Sensitive::new(object.rest());
        object.finish(personal.map(|personal| (personal, unknown)), "personal data")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    proptest! {
        #[test]
        fn the_faster_bytes_are_those_of_the_general_way(
            texts in prop::collection::vec(prop::option::of("\\PC{1,12}|[\\x00-\\x7f]{1,9}"), 12),
            numbers in prop::collection::vec(prop::option::of(0_i64..100), 3),
            amount in 0_i64..1_000_000_000_000,
            age in -100_i64..150,
            micros in 0_i64..4_000_000_000_000_000,
            has_unknown in prop::bool::weighted(0.2),
        ) {
            let names = ["merchant_id", "payment_method", "product_category", "customer_location", "customer_id",
                "card_id", "device_id", "shipping_address", "billing_address", "email", "customer_name"];
            let mut object = Map::new();
            for (name, text) in names.into_iter().zip(texts) {
                // A text has to be more than white space.
                object.extend(text.map(|text| (name.to_owned(), json!(format!("x{text}")))));
            }
            for (name, number) in ["quantity", "account_age_days"].into_iter().zip(numbers) {
                object.extend(number.map(|number| (name.to_owned(), json!(number + 1))));
            }
            object.entry("customer_id").or_insert(json!("c-1"));
            object.insert("transaction_id".to_owned(), json!("t-1"));
            object.insert("amount_minor".to_owned(), json!(amount));
            object.insert("customer_age".to_owned(), json!(age));
            object.insert("currency".to_owned(), json!("EUR"));
            object.insert("ip_address".to_owned(), json!("10.0.0.1"));
            object.insert("device_type".to_owned(), json!("mobile"));
            object.insert("occurred_at".to_owned(), json!(crate::Timestamp::from_micros(micros)));
            if has_unknown {
                object.insert("colour".to_owned(), json!("red"));
            }
            let transaction = Transaction::from_value(Value::Object(object)).unwrap();
            let [content, personal] = transaction.general_bytes();
            prop_assert_eq!(transaction.canonical(), content);
            prop_assert_eq!(transaction.personal_json(), personal);
        }
    }
}
