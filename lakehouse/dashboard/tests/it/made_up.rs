//! Decisions made up for tests and the example.

use weir_events::{
    ContentHash, Decision, EntityKey, EntityKind, EntityOrdinal, Mark, ModelRole, ModelScore, Outcome,
    Position, Reason, RuleHit, Timestamp, Vector, Versions,
};

pub(crate) const FEATURES: [&str; 8] = [
    "amount",
    "hour",
    "customer_count_1h",
    "customer_ratio_amount_30d",
    "device_distinct_cards_1h",
    "card_seconds_since_last",
    "merchant_fraud_rate_7d_delayed",
    "first_use_shipping_address",
];

/// What a made-up decision is like.
pub(crate) struct Like<'a> {
    pub(crate) id: &'a str,
    pub(crate) outcome: Outcome,
    pub(crate) decided_at: Timestamp,
    pub(crate) latency_micros: i64,
    pub(crate) seed: u64,
}

/// A decision about the transaction `id`, with a latency of 2.5 ms.
pub(crate) fn decision(id: &str, outcome: Outcome) -> Decision {
    let decided_at = Timestamp::from_seconds(1_790_000_000);
    like(&Like { id, outcome, decided_at, latency_micros: 2_500, seed: 7 })
}

pub(crate) fn like(like: &Like<'_>) -> Decision {
    let part = |scale: u64| (like.seed.wrapping_mul(2_654_435_761) >> 7) % scale;
    let arrived_at = like.decided_at.plus_micros(-like.latency_micros);
    let raw = match like.outcome {
        Outcome::Approve => -5.0 + part(200) as f64 / 100.0,
        Outcome::Review => 0.4 + part(100) as f64 / 100.0,
        Outcome::Decline => 2.2 + part(200) as f64 / 100.0,
    };
    Decision {
        schema_version: weir_events::SCHEMA_VERSION,
        transaction_id: like.id.to_owned(),
        occurred_at: arrived_at.plus_micros(-40_000),
        arrived_at,
        decided_at: like.decided_at,
        amount_minor: 900 + part(48_000) as i64,
        currency: "EUR".parse().expect("a currency code"),
        customer_key: key(EntityKind::Customer, like.seed),
        outcome: like.outcome,
        scores: vec![ModelScore {
            model: "demo".to_owned(),
            digest: "5f1d7c90a4be21ff03c6".to_owned(),
            role: ModelRole::Champion,
            raw,
            calibrated: 1.0 / (1.0 + (-raw).exp()),
        }],
        reasons: if like.outcome == Outcome::Approve { vec![] } else { reasons(part(4) as f64) },
        rule_hits: if part(11) == 0 && like.outcome == Outcome::Decline { vec![rule()] } else { vec![] },
        vector: Vector(vec![81.5, 3.0, 6.0, 4.25, 4.0, f64::NAN, 0.0125, 1.0]),
        ordinals: [EntityKind::Customer, EntityKind::Merchant, EntityKind::Device]
            .map(|kind| EntityOrdinal { entity: key(kind, like.seed), ordinal: 1 + part(90), folded: true })
            .to_vec(),
        versions: Versions {
            feature_set: "base@91c2aa07".to_owned(),
            policy: "default@07d1be33".to_owned(),
            build: "0.1.0".to_owned(),
            key_id: 1,
        },
        position: Position {
            stream: "transactions".to_owned(),
            shard: "0".to_owned(),
            sequence: like.seed.into(),
            sub: 0,
        },
        marks: if part(17) == 0 { vec![Mark::Late] } else { vec![] },
        content_hash: ContentHash([9; 16]),
    }
}

fn rule() -> RuleHit {
    RuleHit { rule: "blocked_device".to_owned(), outcome: Outcome::Decline }
}

fn key(kind: EntityKind, seed: u64) -> EntityKey {
    let mut digest = [kind as u8; 16];
    digest[..8].copy_from_slice(&seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    EntityKey { kind, key_id: 1, digest }
}

fn reasons(more: f64) -> Vec<Reason> {
    let reason = |feature: &str, value, usual, contribution, text: String| Reason {
        feature: feature.to_owned(),
        value,
        usual,
        contribution,
        text,
    };
    let cards = 3.0 + more;
    vec![
        reason(
            "device_distinct_cards_1h",
            Some(cards),
            Some(1.0),
            1.62 + more / 9.0,
            format!("{cards} cards from this device in the last hour; usual: 1"),
        ),
        reason(
            "customer_ratio_amount_30d",
            Some(4.25),
            Some(1.0),
            0.91,
            "amount is 4.3 times this customer's mean of 30 days; usual: 1.0".to_owned(),
        ),
        reason(
            "first_use_shipping_address",
            Some(1.0),
            Some(0.0),
            0.44,
            "this customer's first order to this address".to_owned(),
        ),
        reason(
            "customer_count_1h",
            Some(6.0),
            Some(1.0),
            0.38,
            "6 orders of this customer in the last hour; usual: 1".to_owned(),
        ),
        reason(
            "account_age_days",
            Some(1460.0),
            Some(420.0),
            -0.57,
            "account is 1,460 days old; usual: 420".to_owned(),
        ),
    ]
}
