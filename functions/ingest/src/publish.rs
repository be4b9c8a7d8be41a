//! Publishing what was taken: everything of one request at once.

use weir_events::{Label, Position, SealedTransaction, Timestamp, Transaction};
use weir_keyring::seal_transactions;
use weir_streams::{Kind, NewRecord};

use crate::answer::Failure;
use crate::context::Context;

/// Name of the stream of transactions.
pub const TRANSACTIONS: &str = "transactions";
/// Name of the stream of labels.
pub const LABELS: &str = "labels";

/// Seals transactions and publishes them; positions in their order.
pub(crate) async fn transactions(
    context: &Context,
    items: Vec<(Transaction, Timestamp)>,
) -> Result<Vec<Position>, Failure> {
    let records = seal(context, items).await?;
    publish(context, TRANSACTIONS, records).await
}

/// Seals transactions; what comes back may lie anywhere.
pub(crate) async fn seal(
    context: &Context,
    items: Vec<(Transaction, Timestamp)>,
) -> Result<Vec<NewRecord>, Failure> {
    let sealed = seal_transactions(context.score.keyring(), items).await.map_err(|error| {
        let is_passing = error.kind() == weir_keyring::Kind::Retryable;
        Failure::internal("personal data could not be sealed", &error, is_passing)
    })?;
    sealed.iter().map(record_of).collect()
}

/// Publishes labels; positions in their order.
pub(crate) async fn labels(context: &Context, labels: &[Label]) -> Result<Vec<Position>, Failure> {
    let records =
        labels.iter().map(|label| NewRecord { key: label.transaction_id.clone(), bytes: label.to_json() });
    publish(context, LABELS, records.collect()).await
}

pub(crate) async fn publish(
    context: &Context,
    stream: &str,
    records: Vec<NewRecord>,
) -> Result<Vec<Position>, Failure> {
    context.score.streams().publish(stream, records).await.map_err(|error| {
        Failure::internal("the stream did not take the records", &error, error.kind() == Kind::Retryable)
    })
}

fn record_of(sealed: &SealedTransaction) -> Result<NewRecord, Failure> {
    let bytes = sealed
        .to_json()
        .map_err(|error| Failure::internal("a transaction could not be encoded", &error, false))?;
    Ok(NewRecord { key: sealed.entities.customer.to_string(), bytes })
}
