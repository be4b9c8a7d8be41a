//! How handles (64-bit numbers) become the texts that stand on an order. Nothing here belongs to anybody:
//! IP addresses come from ranges for documentation and benchmarks (RFC 2544, RFC 3849, RFC 5737).

use crate::draft::{Address, Ip, Network};

const STREETS: [&str; 24] = [
    "Birch", "Oak", "Maple", "Cedar", "Elm", "Ash", "Willow", "Linden", "Mill", "Bridge", "Harbour",
    "Station", "Garden", "Meadow", "Orchard", "Hill", "River", "Lake", "Quarry", "Market", "Church",
    "Castle", "Field", "Forest",
];
const WAYS: [&str; 5] = ["Street", "Road", "Lane", "Avenue", "Way"];
const DIRECTIONS: [&str; 8] = ["North", "South", "East", "West", "Upper", "Lower", "Old", "New"];
const ENDINGS: [&str; 6] = ["town", "ford", "bridge", "field", "haven", "wick"];

/// Towns of the made-up country.
pub(crate) const TOWNS: u64 = (DIRECTIONS.len() * ENDINGS.len()) as u64;

/// Name of a town: `Northtown`.
pub(crate) fn town(number: u8) -> String {
    let number = usize::from(number);
    let direction = DIRECTIONS[number % DIRECTIONS.len()];
    let ending = ENDINGS[number / DIRECTIONS.len() % ENDINGS.len()];
    format!("{direction}{ending}")
}

/// `12 Birch Street, 10034 Northtown`.
pub(crate) fn address(address: Address) -> String {
    let bits = address.handle;
    let number = 1 + bits % 180;
    let street = STREETS[(bits >> 8) as usize % STREETS.len()];
    let way = WAYS[(bits >> 16) as usize % WAYS.len()];
    let post_code = 10_000 + u64::from(address.town) * 1_000 + (bits >> 24) % 1_000;
    format!("{number} {street} {way}, {post_code} {}", town(address.town))
}

/// Sixteen digits that begin with 9999, which no issuer has.
pub(crate) fn card(handle: u64) -> String {
    format!("9999{:012}", handle % 1_000_000_000_000)
}

/// `d-` and sixteen hex digits.
pub(crate) fn device(handle: u64) -> String {
    format!("d-{handle:016x}")
}

/// An address of the network.
pub(crate) fn ip(ip: Ip) -> String {
    let bits = ip.handle;
    match ip.network {
        Network::Line if bits % 10 < 3 => {
            format!("2001:db8:{:x}:{:x}::1", (bits >> 16) as u16, (bits >> 32) as u16)
        }
        Network::Line => {
            format!("198.{}.{}.{}", 18 + (bits >> 16) % 2, (bits >> 24) as u8, (bits >> 32) as u8)
        }
        Network::Carrier => format!("198.51.100.{}", 1 + bits % 254),
        Network::Hotel => format!("203.0.113.{}", 1 + bits % 254),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_their_form() {
        assert_eq!(town(0), "Northtown");
        assert_eq!(card(42), "9999000000000042");
        assert_eq!(device(42), "d-000000000000002a");
        assert_eq!(address(Address { handle: 11, town: 0 }), "12 Birch Street, 10000 Northtown");
        assert_eq!(ip(Ip { handle: 4, network: Network::Hotel }), "203.0.113.5");
    }

    #[test]
    fn every_ip_parses() {
        for handle in (0..5_000).map(|number: u64| number.wrapping_mul(0x9E37_79B9_7F4A_7C15)) {
            for network in [Network::Line, Network::Carrier, Network::Hotel] {
                assert!(ip(Ip { handle, network }).parse::<std::net::IpAddr>().is_ok());
            }
        }
    }
}
