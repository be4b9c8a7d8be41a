//! Entities: what transactions share.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Field, Kind, Place, Privacy, hexadecimal};

/// Kind of an entity. The discriminants are stored: they never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum EntityKind {
    /// Who buys.
    Customer = 1,
    /// Who sells, or the terminal.
    Merchant = 2,
    /// What is paid with.
    Card = 3,
    /// The device the order came from.
    Device = 4,
    /// The IP address the order came from.
    Ip = 5,
    /// A postal address, shipping or billing alike.
    Address = 6,
}

impl EntityKind {
    /// Every kind, in order of its stored number.
    pub const ALL: [Self; 6] =
        [Self::Customer, Self::Merchant, Self::Card, Self::Device, Self::Ip, Self::Address];

    /// Name in words and feature names.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Merchant => "merchant",
            Self::Card => "card",
            Self::Device => "device",
            Self::Ip => "ip",
            Self::Address => "address",
        }
    }

    /// Prefix of a key's text form.
    const fn prefix(self) -> &'static str {
        match self {
            Self::Customer => "cus",
            Self::Merchant => "mer",
            Self::Card => "crd",
            Self::Device => "dev",
            Self::Ip => "ip",
            Self::Address => "adr",
        }
    }
}

/// Keyed 128-bit pseudonym of one entity, with its kind and the id of the key that made it;
/// text form `cus_1_<32 hex digits>`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityKey {
    /// Kind of the entity.
    pub kind: EntityKind,
    /// Id of the pseudonym key.
    pub key_id: u16,
    /// First 128 bits of the keyed hash.
    pub digest: [u8; 16],
}

/// Longest text form of a key: prefix, two underscores, five digits, 32 hex digits.
pub(crate) const KEY_TEXT_MAX: usize = 3 + 2 + 5 + 32;

/// The text is not an entity key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an entity key such as `cus_1_` followed by 32 hex digits")]
pub struct EntityKeyError;

impl EntityKey {
    /// Its text form, written into memory that the caller has: without a detour over the formatter.
    pub(crate) fn text<'a>(&self, into: &'a mut [u8; KEY_TEXT_MAX]) -> &'a str {
        let prefix = self.kind.prefix().as_bytes();
        into[..prefix.len()].copy_from_slice(prefix);
        let mut end = prefix.len();
        into[end] = b'_';
        end += 1;
        let digits = self.key_id.checked_ilog10().unwrap_or(0) as usize + 1;
        let mut rest = self.key_id;
        for digit in into[end..end + digits].iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        end += digits;
        into[end] = b'_';
        end += 1;
        // The length is right by construction.
        let _ = hex::encode_to_slice(self.digest, &mut into[end..end + 32]);
        std::str::from_utf8(&into[..end + 32]).unwrap_or_default()
    }

    /// First 32 bits, as remembered in another entity's state.
    pub const fn short(&self) -> u32 {
        u32::from_be_bytes([self.digest[0], self.digest[1], self.digest[2], self.digest[3]])
    }
}

impl fmt::Display for EntityKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; KEY_TEXT_MAX];
        formatter.write_str(self.text(&mut text))
    }
}

impl fmt::Debug for EntityKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for EntityKey {
    type Err = EntityKeyError;

    fn from_str(text: &str) -> Result<Self, EntityKeyError> {
        let (prefix, rest) = text.split_once('_').ok_or(EntityKeyError)?;
        let (key_id, digits) = rest.split_once('_').ok_or(EntityKeyError)?;
        let kind = EntityKind::ALL.into_iter().find(|kind| kind.prefix() == prefix).ok_or(EntityKeyError)?;
        let key_id = key_id.parse().map_err(|_| EntityKeyError)?;
        let mut digest = [0; 16];
        if !hexadecimal::decode_into(digits.as_bytes(), &mut digest) {
            return Err(EntityKeyError);
        }
        Ok(Self { kind, key_id, digest })
    }
}

impl Serialize for EntityKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text(&mut [0; KEY_TEXT_MAX]))
    }
}

impl<'de> Deserialize<'de> for EntityKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::parse(deserializer)
    }
}

/// One value for each entity that a transaction can name; only the customer is always there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entities<T> {
    /// Who buys.
    pub customer: T,
    /// Who sells.
    #[serde(skip_serializing_if = "Option::is_none", default = "Option::default")]
    pub merchant: Option<T>,
    /// What is paid with.
    #[serde(skip_serializing_if = "Option::is_none", default = "Option::default")]
    pub card: Option<T>,
    /// The device.
    #[serde(skip_serializing_if = "Option::is_none", default = "Option::default")]
    pub device: Option<T>,
    /// The IP address.
    #[serde(skip_serializing_if = "Option::is_none", default = "Option::default")]
    pub ip: Option<T>,
    /// Where the order goes (kind `address`; the one that has state).
    #[serde(skip_serializing_if = "Option::is_none", default = "Option::default")]
    pub shipping_address: Option<T>,
    /// Where the bill goes (kind `address`; compared with the shipping address, has no state of its own).
    #[serde(skip_serializing_if = "Option::is_none", default = "Option::default")]
    pub billing_address: Option<T>,
}

impl<T> Entities<T> {
    /// The entity of a kind that has state, if the transaction names one; `Address` is the shipping address.
    pub const fn get(&self, kind: EntityKind) -> Option<&T> {
        match kind {
            EntityKind::Customer => Some(&self.customer),
            EntityKind::Merchant => self.merchant.as_ref(),
            EntityKind::Card => self.card.as_ref(),
            EntityKind::Device => self.device.as_ref(),
            EntityKind::Ip => self.ip.as_ref(),
            EntityKind::Address => self.shipping_address.as_ref(),
        }
    }

    /// The same entities with each value turned into another, kind told.
    pub fn map<U>(&self, mut turn: impl FnMut(EntityKind, &T) -> U) -> Entities<U> {
        Entities {
            customer: turn(EntityKind::Customer, &self.customer),
            merchant: self.merchant.as_ref().map(|value| turn(EntityKind::Merchant, value)),
            card: self.card.as_ref().map(|value| turn(EntityKind::Card, value)),
            device: self.device.as_ref().map(|value| turn(EntityKind::Device, value)),
            ip: self.ip.as_ref().map(|value| turn(EntityKind::Ip, value)),
            shipping_address: self.shipping_address.as_ref().map(|value| turn(EntityKind::Address, value)),
            billing_address: self.billing_address.as_ref().map(|value| turn(EntityKind::Address, value)),
        }
    }
}

/// One row of [`Entities::FIELDS`].
const fn row(name: &'static str, is_required: bool, meaning: &'static str) -> Field {
    let (kind, privacy, place) = (Kind::Key, Privacy::Indirect, Place::Lake);
    Field { name, kind, unit: "", is_required, privacy, csv: None, place, meaning }
}

impl Entities<EntityKey> {
    /// Dictionary rows of the entities, in order.
    pub const FIELDS: &'static [Field] = &[
        row("customer", true, "Who buys."),
        row("merchant", false, "Who sells."),
        row("card", false, "What is paid with."),
        row("device", false, "The device."),
        row("ip", false, "The IP address."),
        row("shipping_address", false, "Where the order goes; the address that has state."),
        row("billing_address", false, "Where the bill goes; compared with the shipping address."),
    ];
}
