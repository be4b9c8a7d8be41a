//! Vectors of a fixed history, to the bit: they are the same on every machine and in every version.

use serde::{Deserialize, Serialize};
use weir_events::{Entities, EntityKey, EntityOrdinal, Mark, Order, Timestamp, Vector};
use weir_features::{FeatureSet, States, apply_label, observe};

use crate::history::{DAY, HOUR, SECOND, START, arrival};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Golden {
    feature_set: String,
    features: Vec<String>,
    events: Vec<Event>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    Transaction {
        order: Order,
        entities: Entities<EntityKey>,
        received_at: Timestamp,
        vector: Vector,
        ordinals: Vec<EntityOrdinal>,
        marks: Vec<Mark>,
    },
    Label {
        transaction_id: String,
        merchant: EntityKey,
        occurred_at: Timestamp,
        is_fraud: bool,
        ordinal: Option<u64>,
    },
}

/// A history with what it leads to left empty.
fn inputs() -> Vec<Event> {
    let all = [Some(1), Some(1), Some(1), Some(1), Some(1), Some(2)];
    let other = [Some(1), Some(2), Some(1), Some(2), None, Some(2)];
    let arrivals = [
        arrival("t-1", START, 1_999, all),
        arrival("t-2", START + 90 * SECOND, 4_200, all),
        arrival("t-3", START + 90 * SECOND, 333, other),
        arrival("t-4", START + 2 * HOUR, 81_200, other),
        arrival("t-5", START + HOUR, 10, all),
        arrival("t-2", START + 90 * SECOND, 4_200, all),
        arrival("t-6", START + 8 * DAY, 707, all),
        arrival("t-7", START + 8 * DAY, 12_345, other),
        arrival("t-8", START + 2 * DAY, 100, all),
        arrival("t-9", START + 60 * DAY, 100, all),
    ];
    let mut events: Vec<_> = arrivals
        .into_iter()
        .map(|arrival| Event::Transaction {
            order: arrival.order,
            entities: arrival.entities,
            received_at: arrival.received_at,
            vector: Vector::default(),
            ordinals: Vec::new(),
            marks: Vec::new(),
        })
        .collect();
    for (place, id, offset, is_fraud) in [(6, "t-4", 2 * HOUR, true), (7, "t-3", 90 * SECOND, false)] {
        events.insert(
            place,
            Event::Label {
                transaction_id: id.to_owned(),
                merchant: crate::history::key(weir_events::EntityKind::Merchant, 1),
                occurred_at: Timestamp::from_micros(START + offset),
                is_fraud,
                ordinal: None,
            },
        );
    }
    events
}

fn replay(mut events: Vec<Event>) -> Golden {
    let set = FeatureSet::full();
    let mut states = States::new();
    for event in &mut events {
        match event {
            Event::Transaction { order, entities, received_at, vector, ordinals, marks } => {
                let seen = observe(&set, order, entities, *received_at, &mut states);
                (*vector, *ordinals, *marks) = (seen.vector, seen.ordinals, seen.marks);
            }
            Event::Label { transaction_id, merchant, occurred_at, is_fraud, ordinal } => {
                let state = states.get_mut(merchant).unwrap();
                *ordinal = apply_label(state, transaction_id, *occurred_at, *is_fraud);
            }
        }
    }
    let features = set.features().iter().map(|feature| feature.id.clone()).collect();
    Golden { feature_set: set.version().to_owned(), features, events }
}

#[test]
fn the_golden_history_gives_the_golden_vectors() {
    let found = replay(inputs());
    let committed: Option<Golden> = serde_json::from_str(include_str!("../golden/vectors.json")).ok();
    if committed.as_ref() != Some(&found) {
        let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/vectors.json");
        write(path, &found);
        panic!("vectors differ from tests/golden/vectors.json; if that is meant, replace it by {path}");
    }
}

#[expect(clippy::disallowed_methods, reason = "the test leaves what it found, for comparison")]
fn write(path: &str, found: &Golden) {
    std::fs::write(path, serde_json::to_string(found).unwrap() + "\n").unwrap();
}
