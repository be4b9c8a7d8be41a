//! From transactions to what may be stored.

use weir_events::{SCHEMA_VERSION, SealedTransaction, Timestamp, Transaction};

use crate::{Keyring, KeyringError};

/// Seals transactions, each with the time at which it was received: pseudonyms in place of entities, one blob in
/// place of everything personal or unknown. New keys of the whole batch are durable when it returns.
///
/// # Errors
/// What the keyring answers; then none is sealed.
pub async fn seal_transactions(
    keyring: &dyn Keyring,
    items: Vec<(Transaction, Timestamp)>,
) -> Result<Vec<SealedTransaction>, KeyringError> {
    let keys = |(transaction, _): &(Transaction, Timestamp)| {
        transaction.entities().map(|kind, value| keyring.pseudonym(kind, value))
    };
    let entities: Vec<_> = items.iter().map(keys).collect();
    let texts: Vec<_> = items.iter().map(|(transaction, _)| transaction.personal_json()).collect();
    let to_seal: Vec<_> =
        entities.iter().zip(&texts).map(|(entities, text)| (Some(entities.customer), &**text)).collect();
    let sealed = keyring.seal(&to_seal).await?;
    let whole = items.into_iter().zip(entities).zip(sealed).map(
        |(((transaction, received_at), entities), sealed)| SealedTransaction {
            schema_version: SCHEMA_VERSION,
            received_at,
            content_hash: keyring.content_hash(&transaction.canonical()),
            order: transaction.order,
            entities,
            sealed,
        },
    );
    Ok(whole.collect())
}
