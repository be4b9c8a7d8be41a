//! Made-up decisions, labels and writes.

use weir_events::{
    ContentHash, Currency, Decision, EntityKey, EntityKind, EntityOrdinal, Label, LabelEffect, LabelSource,
    Mark, ModelRole, ModelScore, Outcome, Position, Reason, SCHEMA_VERSION, Sequence, Timestamp, Vector,
    Versions,
};

use crate::{ItemWrite, PartWrite, StateWrite, Version};

/// The `number`th entity of a kind.
pub fn entity(kind: EntityKind, number: u32) -> EntityKey {
    let mut digest = [0; 16];
    digest[..4].copy_from_slice(&number.to_be_bytes());
    EntityKey { kind, key_id: 1, digest }
}

/// A decision that fills every field, with a missing feature value; `ordinal` is its place in its customer's state.
pub fn decision(transaction_id: &str, outcome: Outcome, ordinal: u64) -> Decision {
    let customer_key = entity(EntityKind::Customer, 1);
    Decision {
        schema_version: SCHEMA_VERSION,
        transaction_id: transaction_id.to_owned(),
        occurred_at: Timestamp::from_seconds(1_760_000_000),
        arrived_at: Timestamp::from_seconds(1_760_000_001),
        decided_at: Timestamp::from_micros(1_760_000_001_000_250),
        amount_minor: 12_345,
        currency: currency(),
        customer_key,
        outcome,
        scores: vec![ModelScore {
            model: "sample".to_owned(),
            digest: "0f".repeat(32),
            role: ModelRole::Champion,
            raw: -1.0 / 3.0,
            calibrated: 0.1,
        }],
        reasons: vec![Reason {
            feature: "customer_count_1h".to_owned(),
            value: Some(4.0),
            usual: None,
            contribution: 0.7,
            text: "4 orders in the last hour".to_owned(),
        }],
        rule_hits: Vec::new(),
        vector: Vector(vec![4.0, f64::NAN, 0.1 + 0.2]),
        ordinals: vec![EntityOrdinal { entity: customer_key, ordinal, folded: true }],
        versions: Versions {
            feature_set: "sample@1".to_owned(),
            policy: "sample@1".to_owned(),
            build: "0.0.0".to_owned(),
            key_id: 1,
        },
        position: Position {
            stream: "transactions".to_owned(),
            shard: "0".to_owned(),
            sequence: Sequence::from(ordinal),
            sub: 0,
        },
        marks: vec![Mark::Late],
        content_hash: ContentHash([7; 16]),
    }
}

#[expect(clippy::expect_used, reason = "a constant that is a currency")]
fn currency() -> Currency {
    "EUR".parse().expect("EUR is a currency")
}

/// A label.
pub fn label(transaction_id: &str, is_fraud: bool) -> Label {
    Label {
        schema_version: SCHEMA_VERSION,
        transaction_id: transaction_id.to_owned(),
        is_fraud,
        known_at: Timestamp::from_seconds(1_760_600_000),
        source: LabelSource::Chargeback,
    }
}

/// A label's effect on the first merchant.
pub fn effect(transaction_id: &str, ordinal: u64) -> LabelEffect {
    LabelEffect {
        transaction_id: transaction_id.to_owned(),
        entity: entity(EntityKind::Merchant, 1),
        ordinal,
        is_fraud: true,
        known_at: Timestamp::from_seconds(1_760_600_000),
        applied_at: Timestamp::from_seconds(1_760_600_001),
    }
}

/// A write of a state whose bytes are a number.
pub fn state_write(entity: EntityKey, expected: Version, number: u64) -> StateWrite {
    let bytes = number.to_be_bytes().to_vec();
    StateWrite { entity, expected, bytes, parts: Vec::new(), removed: Vec::new() }
}

/// The same with new pieces, each of which holds its number, and without others.
pub fn state_write_with(write: StateWrite, parts: &[u64], removed: &[u64]) -> StateWrite {
    let parts =
        parts.iter().map(|number| PartWrite { number: *number, bytes: number.to_be_bytes().to_vec() });
    StateWrite { parts: parts.collect(), removed: removed.to_vec(), ..write }
}

/// A write of an item that holds nothing yet.
pub fn item_write(transaction_id: &str, expected: Version) -> ItemWrite {
    ItemWrite { transaction_id: transaction_id.to_owned(), expected, decision: None, label: None }
}
