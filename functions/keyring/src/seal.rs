//! From transactions to what may be stored.

use weir_events::{
    ContentHash, Entities, EntityKey, PlainTransaction, SCHEMA_VERSION, SealedTransaction, Timestamp,
    Transaction, normal_form,
};

use crate::{Keyring, KeyringError, SealedTexts, Texts};

/// Bytes of what is personal of a transaction, about.
const PERSONAL_BYTES: usize = 256;

/// What [`seal_plain`] makes of transactions, in their order.
pub struct SealedRows {
    /// Pseudonyms.
    pub entities: Vec<Entities<EntityKey>>,
    /// Hashes of the whole content.
    pub content_hashes: Vec<ContentHash>,
    /// What is personal, each under the key of its customer.
    pub sealed: SealedTexts,
}

/// Seals transactions that are borrowed, as [`seal_transactions`] does those that are not, in columns.
///
/// # Errors
/// What the keyring answers; then none is sealed.
pub async fn seal_plain(
    keyring: &dyn Keyring,
    transactions: &[PlainTransaction<'_>],
) -> Result<SealedRows, KeyringError> {
    let rows = transactions.len();
    let mut content = Vec::new();
    let (mut entities, mut content_hashes) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    let mut texts = Texts::with_capacity(rows, rows * PERSONAL_BYTES);
    let mut subjects = Vec::with_capacity(rows);
    for transaction in transactions {
        let keys = pseudonyms(keyring, transaction.written_entities());
        subjects.push(keys.customer);
        entities.push(keys);
        texts.push(|into| transaction.personal.write_json(into));
        content.clear();
        transaction.write_canonical(&mut content);
        content_hashes.push(keyring.content_hash(&content));
    }
    let sealed = keyring.seal_texts(&subjects, texts).await?;
    Ok(SealedRows { entities, content_hashes, sealed })
}

/// Seals transactions, each with the time at which it was received: pseudonyms in place of entities, one blob in
/// place of everything personal or unknown. New keys of the whole batch are durable when it returns.
///
/// # Errors
/// What the keyring answers; then none is sealed.
pub async fn seal_transactions(
    keyring: &dyn Keyring,
    items: Vec<(Transaction, Timestamp)>,
) -> Result<Vec<SealedTransaction>, KeyringError> {
    let entities: Vec<_> =
        items.iter().map(|(transaction, _)| pseudonyms(keyring, transaction.written_entities())).collect();
    // All texts one after the other: bulk work has thousands of them at a time.
    let (mut texts, mut ends) = (Vec::new(), Vec::with_capacity(items.len()));
    for (transaction, _) in &items {
        transaction.write_personal_json(&mut texts);
        ends.push(texts.len());
    }
    let mut start = 0;
    let to_seal: Vec<_> = entities
        .iter()
        .zip(&ends)
        .map(|(entities, end)| {
            let text = &texts[start..*end];
            start = *end;
            (Some(entities.customer), text)
        })
        .collect();
    let sealed = keyring.seal(&to_seal).await?;
    let mut content = Vec::new();
    let whole = items.into_iter().zip(entities).zip(sealed).map(
        |(((transaction, received_at), entities), sealed)| {
            content.clear();
            transaction.write_canonical(&mut content);
            SealedTransaction {
                schema_version: SCHEMA_VERSION,
                received_at,
                content_hash: keyring.content_hash(&content),
                order: transaction.order,
                entities,
                sealed,
            }
        },
    );
    Ok(whole.collect())
}

/// Most orders go where their bills go: that address is turned once.
fn pseudonyms(keyring: &dyn Keyring, written: Entities<&str>) -> Entities<EntityKey> {
    let is_same = written.shipping_address == written.billing_address;
    let once = Entities { billing_address: written.billing_address.filter(|_| !is_same), ..written };
    let keys = once.map(|kind, text| keyring.pseudonym(kind, &normal_form(kind, text)));
    let billing_address = if is_same { keys.shipping_address } else { keys.billing_address };
    Entities { billing_address, ..keys }
}
