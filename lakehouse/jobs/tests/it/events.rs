//! Payloads as the functions publish them.

use crate::home::{Record, SECOND};

pub(crate) const DAY: i64 = 86_400;

pub(crate) fn time(seconds: i64) -> String {
    weir_events::Timestamp::from_micros(seconds * SECOND).to_string()
}

/// A sealed transaction.
pub(crate) fn transaction(id: &str, occurred_at: i64, amount_minor: i64) -> String {
    let customer = format!("cus_1_{}", "01".repeat(16));
    serde_json::json!({
        "schema_version": 1, "received_at": time(occurred_at),
        "order": {
            "transaction_id": id, "occurred_at": time(occurred_at), "amount_minor": amount_minor, "currency": "EUR",
        },
        "entities": {"customer": customer},
        "content_hash": "09".repeat(16),
        "sealed": {"subject": customer, "key_id": 1, "nonce": "07".repeat(12), "ciphertext": "00ff"},
    })
    .to_string()
}

/// Records of a shard, one transaction each, with the sequence as id.
pub(crate) fn transactions(sequences: std::ops::RangeInclusive<u64>) -> Vec<Record> {
    let record = |sequence: u64| {
        let at = i64::try_from(sequence).unwrap();
        (sequence, at, transaction(&format!("order-{sequence}"), at * DAY / 4, 100 * at))
    };
    sequences.map(record).collect()
}

/// A label.
pub(crate) fn label(id: &str, is_fraud: bool, known_at: i64) -> String {
    serde_json::json!({
        "schema_version": 1, "transaction_id": id, "is_fraud": is_fraud, "known_at": time(known_at),
        "source": "chargeback",
    })
    .to_string()
}

/// An outbox entry with a decision.
pub(crate) fn decision(id: &str, occurred_at: i64, vector: &[Option<f64>]) -> String {
    let entry = serde_json::json!({
        "schema_version": 1, "transaction_id": id, "occurred_at": time(occurred_at), "arrived_at": time(occurred_at),
        "decided_at": time(occurred_at + 1), "amount_minor": 1999, "currency": "EUR",
        "customer_key": format!("cus_1_{}", "01".repeat(16)), "outcome": "approve",
        "scores": [{"model": "trees", "digest": "d1", "role": "champion", "raw": -1.5, "calibrated": 0.25}],
        "reasons": [], "rule_hits": [], "vector": vector, "ordinals": [],
        "versions": {"feature_set": "base@1", "policy": "default@1", "build": "0.1.0", "key_id": 1},
        "position": {"stream": "transactions", "shard": "0", "sequence": "1", "sub": 0},
        "marks": [], "content_hash": "09".repeat(16),
    });
    tagged("decision", &entry)
}

/// An outbox entry with a label effect.
pub(crate) fn effect(id: &str, known_at: i64, ordinal: u64) -> String {
    let entry = serde_json::json!({
        "transaction_id": id, "entity": format!("mer_1_{}", "02".repeat(16)), "ordinal": ordinal, "is_fraud": true,
        "known_at": time(known_at), "applied_at": time(known_at),
    });
    tagged("label_effect", &entry)
}

/// The entry as the store writes it: its kind stands first.
fn tagged(kind: &str, entry: &serde_json::Value) -> String {
    let text = entry.to_string();
    format!("{{\"kind\":\"{kind}\",{}", &text[1..])
}
