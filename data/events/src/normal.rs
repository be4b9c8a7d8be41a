//! The one form of a value that may be written in several ways.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};

use crate::EntityKind;

/// The plain form of an entity's value, from which its pseudonym is made: the same thing written in two ways is one
/// entity. Ids of customers and merchants lose outer white space; of the others white space runs become one space
/// and letters lower case; an IPv4 address within IPv6 is the IPv4 address.
pub fn normal_form(kind: EntityKind, text: &str) -> Cow<'_, str> {
    match kind {
        EntityKind::Customer | EntityKind::Merchant => Cow::Borrowed(text.trim()),
        EntityKind::Ip => ip(text),
        EntityKind::Card | EntityKind::Device | EntityKind::Address => Cow::Owned(words(text)),
    }
}

/// Lower case, white space runs as one space.
fn words(text: &str) -> String {
    if text.is_ascii() { ascii_words(text) } else { any_words(text) }
}

fn any_words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Bulk work has millions of addresses: one pass, one piece of memory.
fn ascii_words(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut is_apart = false;
    for byte in text.bytes() {
        // White space as `char::is_whitespace` has it.
        if matches!(byte, b' ' | b'\t'..=b'\r') {
            is_apart = !words.is_empty();
            continue;
        }
        if is_apart {
            words.push(' ');
            is_apart = false;
        }
        words.push(char::from(byte.to_ascii_lowercase()));
    }
    words
}

fn ip(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    // There is one way to write an IPv4 address.
    if text.parse::<Ipv4Addr>().is_ok() {
        return Cow::Borrowed(text);
    }
    let address = text.parse::<IpAddr>();
    Cow::Owned(address.map_or_else(|_| words(text), |address| address.to_canonical().to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ascii_words_are_those_of_any_text(text in "[\\x00-\\x7f]{0,20}|[ \\t\\n\\x0b\\x0c\\rA-Za-z]{0,20}") {
            prop_assert_eq!(ascii_words(&text), any_words(&text));
        }

        #[test]
        fn an_ipv4_address_is_as_it_is_written(text in "[0-9]{1,4}(\\.[0-9]{1,3}){3}", parts: [u8; 4]) {
            for text in [text, Ipv4Addr::from(parts).to_string()] {
                if let Ok(address) = text.parse::<IpAddr>() {
                    prop_assert_eq!(address.to_canonical().to_string(), ip(&text));
                }
            }
        }
    }
}
