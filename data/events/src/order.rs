//! The field list of a transaction.

use std::collections::BTreeMap;

use crate::category::category;
use crate::field::{AMOUNT_MAX, TEXT_MAX, TRANSACTION_ID_MAX};
use crate::fields::event;
use crate::{Currency, Field, Kind, Place, Privacy, SCHEMA_VERSION, Scalar, Sensitive, Timestamp};

category! {
    /// Kind of device, a category; the device itself is `device_id`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum DeviceType {
        /// A desktop or laptop computer.
        Desktop = "desktop",
        /// A phone.
        Mobile = "mobile",
        /// A tablet.
        Tablet = "tablet",
    }
}

pub(crate) const TRANSACTION_ID: Kind = Kind::Text(TRANSACTION_ID_MAX);
pub(crate) const TEXT: Kind = Kind::Text(TEXT_MAX);
pub(crate) const AMOUNT: Kind = Kind::Integer(0, AMOUNT_MAX);
pub(crate) const VERSION: Kind = Kind::Integer(1, SCHEMA_VERSION as i64);

event! {
    /// The fields of a transaction that are not personal and stay readable everywhere.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Order is [stored decoded columns] {
        required {
            /// The shop's id of the order.
            transaction_id: String = (TRANSACTION_ID, "", Clear, Some("Transaction ID"), Decisions);
            /// When it was placed.
            occurred_at: Timestamp = (Kind::Moment, "UTC", Clear, Some("Transaction Date"), Decisions);
            /// Amount; CSV files hold it in the major unit.
            amount_minor: i64 = (AMOUNT, "minor units", Clear, Some("Transaction Amount"), Decisions);
            /// Currency of the amount.
            currency: Currency = (Kind::Currency, "", Clear, Some("Currency"), Decisions);
        }
        optional {
            /// The seller's or terminal's id.
            merchant_id: Option<String> = (TEXT, "", Clear, Some("Merchant ID"), Lake);
            /// How it is paid, in the shop's words.
            payment_method: Option<String> = (TEXT, "", Clear, Some("Payment Method"), Lake);
            /// What is bought, in the shop's words.
            product_category: Option<String> = (TEXT, "", Clear, Some("Product Category"), Lake);
            /// Pieces bought.
            quantity: Option<i64> = (Kind::Integer(1, 1_000_000_000), "pieces", Clear, Some("Quantity"), Lake);
            /// The customer's age; known datasets hold wrong ages, they are kept.
            customer_age: Option<i64> = (Kind::Integer(-100, 150), "years", Indirect, Some("Customer Age"), Lake);
            /// The customer's town or region.
            customer_location: Option<String> = (TEXT, "", Indirect, Some("Customer Location"), Lake);
            /// Kind of device.
            device_type: Option<DeviceType> =
                (Kind::Category(DeviceType::WORDS), "", Clear, Some("Device Used"), Lake);
            /// Age of the customer's account.
            account_age_days: Option<i64> = (Kind::Integer(0, 100_000), "days", Indirect, Some("Account Age Days"), Lake);
            /// The shop's own facts about the order; not for personal data.
            attributes: BTreeMap<String, Scalar> = (Kind::Scalars, "", Clear, None, Lake);
        }
    }
}

event! {
    /// The personal fields of a transaction: sealed before anything is stored.
    #[derive(Clone, PartialEq, Eq)]
    pub struct Personal is [in_memory decoded] {
        required {
            /// The shop's id of the customer.
            customer_id: Sensitive<String> = (TEXT, "", Personal, Some("Customer ID"), Sealed);
        }
        optional {
            /// Card number, or the payment provider's token for it.
            card_id: Option<Sensitive<String>> = (TEXT, "", Personal, Some("Card ID"), Sealed);
            /// Id of the device.
            device_id: Option<Sensitive<String>> = (TEXT, "", Personal, Some("Device ID"), Sealed);
            /// Address that the order came from.
            ip_address: Option<Sensitive<String>> = (Kind::Ip, "", Personal, Some("IP Address"), Sealed);
            /// Where the order goes.
            shipping_address: Option<Sensitive<String>> = (TEXT, "", Personal, Some("Shipping Address"), Sealed);
            /// Where the bill goes.
            billing_address: Option<Sensitive<String>> = (TEXT, "", Personal, Some("Billing Address"), Sealed);
            /// The customer's e-mail address.
            email: Option<Sensitive<String>> = (TEXT, "", Personal, Some("Email"), Sealed);
            /// The customer's name.
            customer_name: Option<Sensitive<String>> = (TEXT, "", Personal, Some("Customer Name"), Sealed);
        }
    }
}

/// Version of the schema, as a row of every event from outside that may leave it out.
pub(crate) const VERSION_ROW: Field = Field {
    name: "schema_version",
    kind: VERSION,
    unit: "",
    is_required: false,
    privacy: Privacy::Clear,
    csv: None,
    place: Place::Lake,
    meaning: "Version of the schema that the event was written in; the current one if absent.",
};
