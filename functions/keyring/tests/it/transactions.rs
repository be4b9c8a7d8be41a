//! Sealing whole transactions.

use weir_events::{EntityKind, Order, Timestamp, Transaction};
use weir_keyring::{Keyring, MemoryKeyring, seal_transactions};

const SECRETS: [&str; 4] = ["buyer-17", "card-token-4", "203.0.113.9", "somebody@shop.example"];

fn transaction(id: &str, amount_minor: i64) -> Transaction {
    let text = format!(
        r#"{{"transaction_id": "{id}", "customer_id": "buyer-17", "amount_minor": {amount_minor}, "currency": "EUR",
            "occurred_at": "2026-01-31T08:00:00Z", "card_id": "card-token-4", "ip_address": "203.0.113.9",
            "email": "somebody@shop.example", "loyalty_number": "buyer-17"}}"#
    );
    Transaction::from_json(text.as_bytes()).unwrap()
}

fn received() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000)
}

#[tokio::test]
async fn a_sealed_transaction_shows_nothing_personal_and_opens_to_the_whole() {
    let keyring = MemoryKeyring::new().unwrap();
    let sealed = seal_transactions(&keyring, vec![(transaction("t-1", 100), received())]).await.unwrap();
    let text = serde_json::to_string(&sealed).unwrap();
    for secret in SECRETS {
        assert!(!text.contains(secret) && !text.contains(&hex::encode(secret)), "{secret}");
    }
    let one = &sealed[0];
    assert_eq!(one.received_at, received());
    assert_eq!(one.entities.customer, keyring.pseudonym(EntityKind::Customer, "buyer-17"));
    assert_eq!(one.sealed.subject, Some(one.entities.customer));
    let order: Order = one.order.clone();
    let opened = Transaction::reunite(order, &keyring.open(&one.sealed).await.unwrap()).unwrap();
    assert!(opened == transaction("t-1", 100));
}

#[tokio::test]
async fn a_repeat_has_the_same_hash_and_other_content_another() {
    let keyring = MemoryKeyring::new().unwrap();
    let items = [("t-1", 100), ("t-1", 100), ("t-1", 101)];
    let items = items.map(|(id, amount)| (transaction(id, amount), received())).into();
    let sealed = seal_transactions(&keyring, items).await.unwrap();
    assert_eq!(sealed[0].content_hash, sealed[1].content_hash);
    assert_ne!(sealed[0].content_hash, sealed[2].content_hash);
    assert_ne!(sealed[0].sealed.ciphertext, sealed[1].sealed.ciphertext);
}
