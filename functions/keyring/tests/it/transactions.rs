//! Sealing whole transactions.

use weir_events::{EntityKind, Order, PlainPersonal, PlainTransaction, Sealed, Timestamp, Transaction};
use weir_keyring::{
    FileKeyring, Keyring, MemoryKeyring, SealedRows, SealedTexts, seal_plain, seal_transactions,
};

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

fn plain(id: &'static str) -> PlainTransaction<'static> {
    PlainTransaction {
        transaction_id: id,
        occurred_at: received(),
        amount_minor: 100,
        currency: "EUR".parse().unwrap(),
        merchant_id: Some("m-1"),
        payment_method: Some("card"),
        product_category: None,
        quantity: None,
        customer_age: Some(33),
        customer_location: None,
        device_type: None,
        account_age_days: None,
        personal: PlainPersonal {
            customer_id: "buyer-17",
            ip_address: Some("203.0.113.9"),
            shipping_address: Some("1 Some Street\nTown"),
            billing_address: Some("1 Some Street\nTown"),
            ..PlainPersonal::default()
        },
    }
}

/// The blobs of rows as they would be read from a table.
fn blobs(rows: &SealedRows) -> Vec<Sealed> {
    let SealedTexts { ciphertexts, ends, key_ids, nonces } = &rows.sealed;
    let blob = |row: usize| {
        let start = if row == 0 { 0 } else { ends[row - 1] };
        let ciphertext = ciphertexts[start..ends[row]].to_vec();
        let subject = Some(rows.entities[row].customer);
        Sealed { key_id: key_ids[row], nonce: nonces[row], ciphertext, subject }
    };
    (0..ends.len()).map(blob).collect()
}

#[tokio::test]
async fn in_columns_transactions_are_sealed_as_by_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = FileKeyring::open(folder.path()).unwrap().0;
    let transactions = [plain("t-1"), plain("t-2")];
    let items = transactions.map(|transaction| (transaction.to_transaction(), received())).into();
    let single = seal_transactions(&keyring, items).await.unwrap();
    let rows = seal_plain(&keyring, &transactions).await.unwrap();
    for (row, blob) in blobs(&rows).iter().enumerate() {
        assert_eq!(rows.entities[row], single[row].entities);
        assert_eq!(rows.content_hashes[row], single[row].content_hash);
        assert_eq!(blob.key_id, single[row].sealed.key_id);
        let opened = keyring.open(blob).await.unwrap();
        assert_eq!(opened, keyring.open(&single[row].sealed).await.unwrap());
        assert_eq!(opened, transactions[row].to_transaction().personal_json());
    }
}

#[tokio::test]
async fn a_key_that_is_destroyed_between_two_bulks_is_not_used_again() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = FileKeyring::open(folder.path()).unwrap().0;
    let before = seal_plain(&keyring, &[plain("t-1"), plain("t-2")]).await.unwrap();
    assert!(keyring.destroy(&before.entities[0].customer).await.unwrap());
    let after = seal_plain(&keyring, &[plain("t-3")]).await.unwrap();
    assert!(keyring.open(&blobs(&before)[1]).await.is_err());
    assert!(keyring.open(&blobs(&after)[0]).await.is_ok());
    assert_eq!((before.sealed.key_ids, after.sealed.key_ids), (vec![1, 1], vec![2]));
}
