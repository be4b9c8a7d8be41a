#![doc = include_str!("../README.md")]

mod aggregate;
pub mod bulk;
mod chunk;
mod codec;
mod counterparty;
mod decode;
mod definition;
mod dictionary;
mod distinct;
mod encode;
mod entry;
mod exact;
mod field;
mod first_use;
mod fold;
mod hash;
mod label;
mod line;
mod meeting;
mod missing;
mod observe;
mod order_fields;
mod part;
mod pieces;
mod plain;
mod reach;
mod segment;
mod set;
mod sketch;
mod state;
mod states;
mod statistic;
mod tiles;
mod totals;
mod vector;
mod vocabulary;
mod window;

pub use counterparty::{FIRST_USE_KINDS, LABELLED_KINDS, counterparties, plural};
pub use decode::{Kind, StateError};
pub use definition::Definition;
pub use dictionary::dictionary;
pub use encode::Written;
pub use entry::LARGEST_AMOUNT_MINOR;
pub use field::Field;
pub use first_use::FIRST_USE_CAP;
pub use fold::{ENTRY_CAP, TILED_ENTRIES};
pub use label::{applied_label, apply_label};
pub use meeting::CLOCK_AHEAD;
pub use missing::{StatePart, missing};
pub use observe::{Observation, observe};
pub use order_fields::OrderFields;
pub use set::{Feature, FeatureSet, LATENESS};
pub use state::EntityState;
pub use states::States;
pub use statistic::{DelayedStatistic, Statistic};
pub use window::Window;

/// Word of a coded field's value, for reading: `paypal` for 3 of payment method. `None` if the field has no codes.
pub fn word(field: Field, code: f64) -> Option<&'static str> {
    match field {
        Field::PaymentMethod => Some(vocabulary::word(&vocabulary::PAYMENT_METHODS, code)),
        Field::ProductCategory => Some(vocabulary::word(&vocabulary::PRODUCT_CATEGORIES, code)),
        Field::DeviceType => Some(vocabulary::word(&vocabulary::DEVICE_TYPES, code)),
        _ => None,
    }
}
