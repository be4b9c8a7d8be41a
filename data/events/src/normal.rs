//! The one form of a value that may be written in several ways.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::EntityKind;

/// The plain form of an entity's value, from which its pseudonym is made: the same thing written in two ways is one
/// entity. Ids of customers and merchants lose outer white space; of the others white space runs become one space
/// and letters lower case; an IPv4 address within IPv6 is the IPv4 address.
pub fn normal_form(kind: EntityKind, text: &str) -> Cow<'_, str> {
    match kind {
        EntityKind::Customer | EntityKind::Merchant => Cow::Borrowed(text.trim()),
        EntityKind::Ip => Cow::Owned(ip(text)),
        EntityKind::Card | EntityKind::Device | EntityKind::Address => Cow::Owned(words(text)),
    }
}

/// Lower case, white space runs as one space.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn ip(text: &str) -> String {
    let address = text.trim().parse::<IpAddr>();
    address.map_or_else(|_| words(text), |address| address.to_canonical().to_string())
}
