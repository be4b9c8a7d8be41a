//! Setting records aside.

use weir_events::{DeadLetter, EntityKey};
use weir_streams::NewRecord;

use super::DEAD_LETTERS;
use crate::incoming::Rejected;
use crate::{Context, ScoreError};

/// Seals records under the deployment's key and publishes them as dead letters: they are durable when it returns.
pub(crate) async fn set_aside(context: &Context, rejected: &[Rejected<'_>]) -> Result<(), ScoreError> {
    if rejected.is_empty() {
        return Ok(());
    }
    let items: Vec<(Option<EntityKey>, &[u8])> =
        rejected.iter().map(|wrong| (None, wrong.record.bytes.as_slice())).collect();
    let sealed = context.keyring().seal(&items).await.map_err(|source| ScoreError::Seal { source })?;
    let at = context.now();
    let letters = rejected.iter().zip(sealed).map(|(wrong, sealed)| DeadLetter {
        id: wrong.record.position.to_string(),
        position: wrong.record.position.clone(),
        reason: wrong.reason,
        detail: wrong.detail.clone(),
        at,
        sealed,
    });
    let records = letters.map(|letter| record_of(&letter)).collect::<Result<Vec<_>, _>>()?;
    publish(context, DEAD_LETTERS, records).await?;
    rejected.iter().for_each(|wrong| context.metrics().dead_letter(wrong.reason));
    Ok(())
}

fn record_of(letter: &DeadLetter) -> Result<NewRecord, ScoreError> {
    let bytes = serde_json::to_vec(letter)
        .map_err(|source| ScoreError::Encode { what: letter.id.clone(), source })?;
    Ok(NewRecord { key: letter.id.clone(), bytes })
}

/// Publishes to a stream and names it if that fails.
pub(super) async fn publish(
    context: &Context,
    stream: &str,
    records: Vec<NewRecord>,
) -> Result<Vec<weir_events::Position>, ScoreError> {
    context
        .streams()
        .publish(stream, records)
        .await
        .map_err(|source| ScoreError::Stream { stream: stream.to_owned(), source: Box::new(source) })
}
