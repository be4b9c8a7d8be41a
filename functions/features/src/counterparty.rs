//! Which other entities an entity's entries remember.

use weir_events::EntityKind;
use weir_events::EntityKind::{Address, Card, Customer, Device, Ip, Merchant};

/// Most counterparties that one entry remembers.
pub(crate) const MOST: usize = 3;

/// The counterparties whose distinct numbers are features of a kind, in the order in which entries keep them.
/// Part of the stored state: the order never changes.
pub const fn counterparties(kind: EntityKind) -> &'static [EntityKind] {
    match kind {
        Customer => &[Merchant, Card, Device],
        Merchant => &[Customer, Card],
        Card => &[Customer, Merchant, Device],
        Device | Ip | Address => &[Customer, Card],
    }
}

/// The kinds whose first use by a customer is a feature.
pub const FIRST_USE_KINDS: [EntityKind; 5] = [Merchant, Card, Device, Ip, Address];

/// The kinds whose state keeps fraud flags.
pub const LABELLED_KINDS: [EntityKind; 1] = [Merchant];

/// Plural of a kind's name: `merchants`, `addresses`.
pub const fn plural(kind: EntityKind) -> &'static str {
    match kind {
        Customer => "customers",
        Merchant => "merchants",
        Card => "cards",
        Device => "devices",
        Ip => "ips",
        Address => "addresses",
    }
}
