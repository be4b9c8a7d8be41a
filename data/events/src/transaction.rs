//! One order as the shop reports it.

use serde_json::{Map, Value};

use crate::decode::Object;
use crate::order::VERSION_ROW;
use crate::{Entities, EventError, Order, Personal, SCHEMA_VERSION, Sensitive, canonical, normal_form, wire};

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
        canonical::bytes(&Value::Object(self.content()))
    }

    /// What is sealed: the personal and the unknown fields in one JSON object.
    pub fn personal_json(&self) -> Vec<u8> {
        let mut object = self.unknown.expose().clone();
        self.personal.put_into(&mut object);
        canonical::bytes(&Value::Object(object))
    }

    /// The whole transaction again, from its open part and the opened bytes of [`Transaction::personal_json`].
    pub fn reunite(order: Order, personal_json: &[u8]) -> Result<Self, EventError> {
        let (personal, unknown) = Personal::from_json(personal_json)?;
        Ok(Self { order, personal, unknown })
    }

    /// The entities in their plain form, normalised so that the same thing written in two ways is one entity.
    pub fn entities(&self) -> Entities<String> {
        let personal = &self.personal;
        let written = Entities {
            customer: personal.customer_id.expose(),
            merchant: self.order.merchant_id.as_ref(),
            card: personal.card_id.as_ref().map(Sensitive::expose),
            device: personal.device_id.as_ref().map(Sensitive::expose),
            ip: personal.ip_address.as_ref().map(Sensitive::expose),
            shipping_address: personal.shipping_address.as_ref().map(Sensitive::expose),
            billing_address: personal.billing_address.as_ref().map(Sensitive::expose),
        };
        written.map(|kind, text| normal_form(kind, text).into_owned())
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
