//! Arbitrary events.

use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use weir_events::{
    ContentHash, Decision, Entities, EntityKey, EntityKind, EntityOrdinal, Label, LabelEffect, LabelSource,
    Mark, ModelRole, Outcome, Sealed, SealedTransaction, Sequence, Timestamp, Transaction, Vector,
};

use crate::examples;

fn text() -> impl Strategy<Value = String> {
    "[^ \t\n\r\u{b}\u{c}].{0,20}"
}

fn moment() -> impl Strategy<Value = Timestamp> {
    (-2_208_988_800_000_000..253_402_300_800_000_000_i64).prop_map(Timestamp::from_micros)
}

fn key(kind: EntityKind) -> impl Strategy<Value = EntityKey> {
    (any::<u16>(), any::<[u8; 16]>()).prop_map(move |(key_id, digest)| EntityKey { kind, key_id, digest })
}

fn finite() -> impl Strategy<Value = f64> {
    any::<u64>()
        .prop_map(f64::from_bits)
        .prop_filter("JSON holds finite numbers", |number| number.is_finite())
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::from),
        finite().prop_map(Value::from),
        text().prop_map(Value::from)
    ]
}

/// Fields in JSON, each of the optional ones there or not.
fn open_fields() -> impl Strategy<Value = Map<String, Value>> {
    let required = (text(), moment(), 0..=1_000_000_000_000_000_i64, "[A-Z]{3}");
    let texts = vec(of(text()), 4);
    let numbers = (of(1..=1_000_000_000_i64), of(-100..=150_i64), of(0..=100_000_i64));
    let words =
        (of(prop::sample::select(vec!["desktop", "mobile", "tablet"])), btree_map(text(), scalar(), 0..5));
    (required, texts, numbers, words).prop_map(
        |((id, at, amount, currency), texts, numbers, (device, attributes))| {
            let event = json!({
                "transaction_id": id, "occurred_at": at, "amount_minor": amount, "currency": currency,
                "merchant_id": texts[0], "payment_method": texts[1], "product_category": texts[2],
                "customer_location": texts[3], "quantity": numbers.0, "customer_age": numbers.1,
                "account_age_days": numbers.2, "device_type": device, "attributes": attributes,
            });
            event.as_object().cloned().unwrap_or_default()
        },
    )
}

/// A transaction as a shop sends it; the type itself cannot be printed, and proptest prints what fails.
pub(crate) fn transaction() -> impl Strategy<Value = Value> {
    let personal = (text(), vec(of(text()), 6), of(any::<std::net::IpAddr>()));
    let unknown = btree_map("unknown_[a-z]{1,5}", scalar(), 0..3);
    (open_fields(), personal, unknown).prop_map(|(mut event, (customer, texts, ip), unknown)| {
        event.insert("customer_id".to_owned(), customer.into());
        event.insert("ip_address".to_owned(), ip.map(|ip| ip.to_string()).into());
        let names = ["card_id", "device_id", "shipping_address", "billing_address", "email", "customer_name"]
            .map(str::to_owned);
        event.extend(names.into_iter().zip(texts.into_iter().map(Value::from)));
        event.extend(unknown);
        Value::Object(event)
    })
}

pub(crate) fn sealed() -> impl Strategy<Value = Sealed> {
    let parts = (of(key(EntityKind::Customer)), any::<u32>(), any::<[u8; 12]>(), vec(any::<u8>(), 0..40));
    parts.prop_map(|(subject, key_id, nonce, ciphertext)| Sealed { key_id, nonce, ciphertext, subject })
}

fn entities() -> impl Strategy<Value = Entities<EntityKey>> {
    let optional = (
        of(key(EntityKind::Merchant)),
        of(key(EntityKind::Card)),
        of(key(EntityKind::Device)),
        of(key(EntityKind::Ip)),
        of(key(EntityKind::Address)),
        of(key(EntityKind::Address)),
    );
    (key(EntityKind::Customer), optional).prop_map(|(customer, optional)| {
        let (merchant, card, device, ip, shipping_address, billing_address) = optional;
        Entities { customer, merchant, card, device, ip, shipping_address, billing_address }
    })
}

pub(crate) fn sealed_transaction() -> impl Strategy<Value = SealedTransaction> {
    (transaction(), moment(), entities(), any::<[u8; 16]>(), sealed()).prop_map(
        |(transaction, received_at, entities, hash, sealed)| SealedTransaction {
            schema_version: weir_events::SCHEMA_VERSION,
            received_at,
            order: Transaction::from_value(transaction).expect("valid").order,
            entities,
            content_hash: ContentHash(hash),
            sealed,
        },
    )
}

pub(crate) fn label() -> impl Strategy<Value = Label> {
    let source = prop::sample::select(LabelSource::ALL.to_vec());
    (text(), any::<bool>(), moment(), source).prop_map(|(transaction_id, is_fraud, known_at, source)| Label {
        schema_version: weir_events::SCHEMA_VERSION,
        transaction_id,
        is_fraud,
        known_at,
        source,
    })
}

pub(crate) fn label_effect() -> impl Strategy<Value = LabelEffect> {
    let parts = (text(), key(EntityKind::Merchant), 1..=i64::MAX as u64, any::<bool>(), moment(), moment());
    parts.prop_map(|(transaction_id, entity, ordinal, is_fraud, known_at, applied_at)| LabelEffect {
        transaction_id,
        entity,
        ordinal,
        is_fraud,
        known_at,
        applied_at,
    })
}

/// A decision with three features.
pub(crate) fn decision() -> impl Strategy<Value = Decision> {
    let feature = prop_oneof![3 => finite(), 1 => Just(f64::NAN)];
    let numbers = (vec(feature, 3), of(finite()), finite(), finite());
    let words = (
        prop::sample::select(Outcome::ALL.to_vec()),
        prop::sample::select(ModelRole::ALL.to_vec()),
        vec(prop::sample::select(Mark::ALL.to_vec()), 0..3),
    );
    let ids = (text(), moment(), 1..=u64::MAX, any::<u64>());
    (numbers, words, ids).prop_map(|((vector, value, raw, calibrated), (outcome, role, marks), ids)| {
        let (transaction_id, decided_at, ordinal, sequence) = ids;
        let mut event = examples::decision();
        event.scores = vec![examples::score(role, raw, calibrated)];
        event.reasons[0].value = value;
        event.ordinals = vec![EntityOrdinal { entity: event.customer_key, ordinal, folded: false }];
        event.position.sequence = Sequence::from(sequence);
        Decision { transaction_id, decided_at, outcome, marks, vector: Vector(vector), ..event }
    })
}
