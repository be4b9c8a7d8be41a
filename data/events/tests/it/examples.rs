//! One full example of everything that is stored; every optional field is there.

use weir_events::{
    ContentHash, DeadLetter, DeadLetterReason, Decision, Entities, EntityKey, EntityKind, EntityOrdinal,
    Label, LabelEffect, LabelSource, Mark, ModelRole, ModelScore, Outcome, Position, Reason, RuleHit,
    SCHEMA_VERSION, Sealed, SealedTransaction, Sequence, Timestamp, Transaction, Vector, Versions,
};

pub(crate) fn key(kind: EntityKind, byte: u8) -> EntityKey {
    EntityKey { kind, key_id: 1, digest: [byte; 16] }
}

pub(crate) fn sealed() -> Sealed {
    let subject = Some(key(EntityKind::Customer, 1));
    Sealed { key_id: 3, nonce: [7; 12], ciphertext: vec![0, 1, 254, 255], subject }
}

pub(crate) fn position() -> Position {
    Position {
        stream: "transactions".to_owned(),
        shard: "0".to_owned(),
        sequence: Sequence::from(12),
        sub: 2,
    }
}

pub(crate) fn transaction() -> SealedTransaction {
    let full = Transaction::from_value(crate::transaction::full()).expect("valid");
    SealedTransaction {
        schema_version: SCHEMA_VERSION,
        received_at: Timestamp::from_micros(1_800_000_000_123_456),
        order: full.order,
        entities: Entities {
            customer: key(EntityKind::Customer, 1),
            merchant: Some(key(EntityKind::Merchant, 2)),
            card: Some(key(EntityKind::Card, 3)),
            device: Some(key(EntityKind::Device, 4)),
            ip: Some(key(EntityKind::Ip, 5)),
            shipping_address: Some(key(EntityKind::Address, 6)),
            billing_address: Some(key(EntityKind::Address, 7)),
        },
        content_hash: ContentHash([9; 16]),
        sealed: sealed(),
    }
}

pub(crate) fn label() -> Label {
    Label {
        schema_version: SCHEMA_VERSION,
        transaction_id: "order-1".to_owned(),
        is_fraud: true,
        known_at: Timestamp::from_seconds(1_800_000_000),
        source: LabelSource::Analyst,
    }
}

pub(crate) fn label_effect() -> LabelEffect {
    LabelEffect {
        transaction_id: "order-1".to_owned(),
        entity: key(EntityKind::Merchant, 2),
        ordinal: 5,
        is_fraud: true,
        known_at: Timestamp::from_seconds(1_800_000_000),
        applied_at: Timestamp::from_seconds(1_800_000_001),
    }
}

pub(crate) fn score(role: ModelRole, raw: f64, calibrated: f64) -> ModelScore {
    ModelScore { model: format!("trees-{}", role.name()), digest: "d1".to_owned(), role, raw, calibrated }
}

pub(crate) fn reason() -> Reason {
    Reason {
        feature: "device_distinct_cards_1h".to_owned(),
        contribution: 0.1 + 0.2,
        text: "4 cards from this device in the last hour; usual: 1".to_owned(),
        value: Some(4.0),
        usual: Some(1.0),
    }
}

pub(crate) fn versions() -> Versions {
    let text = |name: &str| format!("{name}@0123abcd");
    Versions { feature_set: text("base"), policy: text("default"), build: "0.1.0".to_owned(), key_id: 1 }
}

pub(crate) fn decision() -> Decision {
    Decision {
        schema_version: SCHEMA_VERSION,
        transaction_id: "order-1".to_owned(),
        occurred_at: Timestamp::from_seconds(1_800_000_000),
        arrived_at: Timestamp::from_seconds(1_800_000_001),
        decided_at: Timestamp::from_seconds(1_800_000_002),
        amount_minor: 1_999,
        currency: "EUR".parse().expect("a code"),
        customer_key: key(EntityKind::Customer, 1),
        outcome: Outcome::Review,
        scores: vec![score(ModelRole::Champion, -1.5, 1.0 / 3.0), score(ModelRole::Challenger, 2.5, 0.9)],
        reasons: vec![reason()],
        rule_hits: vec![RuleHit { rule: "new card".to_owned(), outcome: Outcome::Review }],
        vector: Vector(vec![0.1 + 0.2, f64::NAN, -0.0]),
        ordinals: vec![EntityOrdinal { entity: key(EntityKind::Card, 3), ordinal: 8, folded: true }],
        versions: versions(),
        position: position(),
        marks: vec![Mark::Late],
        content_hash: ContentHash([9; 16]),
    }
}

pub(crate) fn dead_letter() -> DeadLetter {
    DeadLetter {
        id: position().to_string(),
        position: position(),
        reason: DeadLetterReason::Undecodable,
        detail: "expected a transaction in JSON".to_owned(),
        at: Timestamp::from_seconds(1_800_000_000),
        sealed: sealed(),
    }
}
