//! What later turned out about a transaction.

use serde_json::Value;

use crate::category::category;
use crate::decode::Object;
use crate::fields::event;
use crate::order::{TRANSACTION_ID, VERSION};
use crate::{EventError, Kind, Timestamp, canonical};

category! {
    /// Who says so.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub enum LabelSource {
        /// The card scheme or bank took the money back.
        Chargeback = "chargeback",
        /// An analyst decided.
        Analyst = "analyst",
        /// The customer reported it.
        Customer = "customer",
        /// Anything else, a dataset for example.
        #[default]
        Other = "other",
    }
}

event! {
    /// One label: fraud or not, with the time at which it became known.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Label is [stored decoded columns] {
        required {
            /// Version of the schema that the event was written in; the current one if absent.
            schema_version: u16 = (VERSION, "", Clear, None, Decisions);
            /// The transaction it is about.
            transaction_id: String = (TRANSACTION_ID, "", Clear, Some("Transaction ID"), Decisions);
            /// Whether it was fraud.
            is_fraud: bool = (Kind::Flag, "", Clear, Some("Is Fraudulent"), Decisions);
            /// When this became known.
            known_at: Timestamp = (Kind::Moment, "UTC", Clear, Some("Known At"), Decisions);
        }
        optional {
            /// Who says so.
            source: LabelSource = (Kind::Category(LabelSource::WORDS), "", Clear, Some("Label Source"), Decisions);
        }
    }
}

const WHAT: &str = "a label";

impl Label {
    /// Reads one label; the error names every wrong field, fields that a label does not have among them.
    pub fn from_json(bytes: &[u8]) -> Result<Self, EventError> {
        Self::from_value(Object::parse(bytes, WHAT)?)
    }

    /// Reads one label from parsed JSON.
    pub fn from_value(value: Value) -> Result<Self, EventError> {
        let mut object = Object::new(value, WHAT)?;
        let label = Self::take_from(&mut object);
        object.refuse_rest(WHAT);
        object.finish(label, WHAT)
    }

    /// The label as JSON.
    pub fn to_value(&self) -> Value {
        let mut object = serde_json::Map::new();
        self.put_into(&mut object);
        Value::Object(object)
    }

    /// The bytes of [`Label::to_value`].
    pub fn to_json(&self) -> Vec<u8> {
        canonical::bytes(&self.to_value())
    }
}
