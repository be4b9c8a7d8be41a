//! Trying a dead letter again.

use weir_events::{Label, Position, SealedTransaction};
use weir_streams::NewRecord;

use super::list::find;
use super::set_aside::publish;
use super::{DEAD_LETTERS, Retried};
use crate::{Context, ScoreError};

/// Publishes the record of a dead letter to the stream it came from, then marks it as retried; answers where it
/// stands now. If it fails again it is a new dead letter, at the new position.
///
/// # Errors
/// [`ScoreError::NoDeadLetter`] if there is none of this id; see [`ScoreError`] for the rest. After an error the
/// record may be on its stream all the same; trying once more is safe.
pub async fn retry(context: &Context, id: &str) -> Result<Position, ScoreError> {
    let known = find(context, id).await?;
    let origin = known.letter.position.stream.clone();
    let bytes =
        context.keyring().open(&known.letter.sealed).await.map_err(|source| ScoreError::Seal { source })?;
    let key = partition_key(&bytes).unwrap_or_else(|| id.to_owned());
    let position = first(publish(context, &origin, vec![NewRecord { key, bytes }]).await?, &origin)?;
    let mark = Retried { retried: id.to_owned(), at: context.now(), position: position.clone() };
    let bytes =
        serde_json::to_vec(&mark).map_err(|source| ScoreError::Encode { what: id.to_owned(), source })?;
    publish(context, DEAD_LETTERS, vec![NewRecord { key: id.to_owned(), bytes }]).await?;
    Ok(position)
}

fn first(positions: Vec<Position>, stream: &str) -> Result<Position, ScoreError> {
    let closed = || ScoreError::Stream {
        stream: stream.to_owned(),
        source: Box::new(weir_streams::StreamError::Stopped),
    };
    positions.into_iter().next().ok_or_else(closed)
}

/// Key that the record had if it is an event after all.
fn partition_key(bytes: &[u8]) -> Option<String> {
    if let Ok(transaction) = SealedTransaction::from_json(bytes) {
        return Some(transaction.entities.customer.to_string());
    }
    Label::from_json(bytes).ok().map(|label| label.transaction_id)
}
