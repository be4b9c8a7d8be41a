//! The stored bytes of a fixed history: they are read by every later build of this layout.

use std::fmt::Write;

use weir_events::EntityKind;
use weir_features::{ENTRY_CAP, EntityState, FeatureSet, States, apply_label, observe};

use crate::history::{HOUR, SECOND, START, arrival, key};

const HISTORY: i64 = 130;

/// A customer and a merchant with segments, flags and late events.
fn sealed() -> States {
    let set = FeatureSet::full();
    let mut states = States::new();
    for number in 0..HISTORY {
        let late = if number % 17 == 3 { 20 * HOUR } else { 0 };
        let others = [Some(1), Some((number % 3) as u8), Some((number % 5) as u8), None, None, None];
        let time = START + number * 5 * HOUR + number % 2 - late;
        let next = arrival(&format!("t-{number}"), time, 1_000 + number * 7, others);
        observe(&set, &next.order, &next.entities, next.received_at, &mut states);
        if number % 11 == 0 {
            let merchant = states.get_mut(&key(EntityKind::Merchant, 1)).unwrap();
            apply_label(merchant, &next.order.transaction_id, next.order.occurred_at, true);
        }
    }
    states
}

/// A customer with tiles, and with more first uses than its head takes.
fn tiled() -> EntityState {
    let set = FeatureSet::full();
    let mut states = States::new();
    for number in 0..ENTRY_CAP as i64 + 1 {
        let mut next = arrival(&format!("t-{number}"), START + number * SECOND, number % 900, [None; 6]);
        let mut card = key(EntityKind::Card, 1);
        card.digest[0] = (number % 100) as u8;
        next.entities.card = Some(card);
        observe(&set, &next.order, &next.entities, next.received_at, &mut states);
    }
    states.remove(&key(EntityKind::Customer, 1)).unwrap()
}

/// Every piece as hexadecimal digits, one a line.
fn lines(name: &str, state: &mut EntityState) -> String {
    let written = state.write();
    let hex = |bytes: &[u8]| {
        bytes.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
    };
    let head = format!("{name} head {}\n", hex(&written.head));
    // Long pieces by their beginning and their sum, so that the file stays small.
    let parts = written.parts.iter().map(|(number, bytes)| {
        let sum = bytes.iter().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
        let first = &bytes[..bytes.len().min(300)];
        format!("{name} {number} {} bytes, sum {sum:016x}: {}\n", bytes.len(), hex(first))
    });
    std::iter::once(head).chain(parts).collect()
}

fn found() -> String {
    let mut states = sealed();
    let mut text = String::new();
    for (name, entity) in
        [("customer", key(EntityKind::Customer, 1)), ("merchant", key(EntityKind::Merchant, 1))]
    {
        text += &lines(name, states.get_mut(&entity).unwrap());
    }
    text + &lines("tiled", &mut tiled())
}

#[test]
fn the_golden_history_gives_the_golden_bytes() {
    let found = found();
    if found != include_str!("../golden/state.txt") {
        let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/state.txt");
        keep(path, &found);
        panic!(
            "stored bytes differ from tests/golden/state.txt: raise the layout version and replace it by {path}"
        );
    }
    assert!(found.lines().filter(|line| line.starts_with("customer")).count() > 1);
}

#[expect(clippy::disallowed_methods, reason = "the test leaves what it found, for comparison")]
fn keep(path: &str, found: &str) {
    std::fs::write(path, found).unwrap();
}
