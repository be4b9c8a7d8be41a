//! Looking at dead letters.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use weir_events::{DeadLetter, DeadLetterReason, Position, Timestamp};

use super::{DEAD_LETTERS, Entry, Retried};
use crate::{Context, ScoreError};

const PAGE: usize = 1_000;

/// What can be said of a dead letter without opening it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// Where the record stood.
    pub position: Position,
    /// Why it was set aside.
    pub reason: DeadLetterReason,
    /// Path, kind found and what was expected.
    pub detail: String,
    /// When it was set aside first.
    pub at: Timestamp,
    /// Where it was published again, if it was.
    pub retried: Option<Retried>,
}

/// A dead letter with what happened to it since.
pub(super) struct Known {
    pub(super) letter: DeadLetter,
    retried: Option<Retried>,
}

impl Known {
    fn listed(self) -> Listed {
        let DeadLetter { id, position, reason, detail, at, .. } = self.letter;
        Listed { id, position, reason, detail, at, retried: self.retried }
    }
}

/// Every dead letter, the oldest first.
///
/// # Errors
/// If the stream cannot be read.
pub async fn list(context: &Context) -> Result<Vec<Listed>, ScoreError> {
    let mut listed: Vec<Listed> = read(context).await?.into_values().map(Known::listed).collect();
    listed.sort_by(|left, right| (left.at, &left.id).cmp(&(right.at, &right.id)));
    Ok(listed)
}

/// One dead letter.
///
/// # Errors
/// [`ScoreError::NoDeadLetter`] if there is none of this id.
pub async fn show(context: &Context, id: &str) -> Result<Listed, ScoreError> {
    Ok(find(context, id).await?.listed())
}

/// The bytes of a dead letter's record, opened. They may hold what nobody has checked: show them only to somebody
/// who may see personal data.
///
/// # Errors
/// [`ScoreError::NoDeadLetter`] if there is none of this id; [`ScoreError::Seal`] if it cannot be opened.
pub async fn open(context: &Context, id: &str) -> Result<Vec<u8>, ScoreError> {
    let known = find(context, id).await?;
    context.keyring().open(&known.letter.sealed).await.map_err(|source| ScoreError::Seal { source })
}

pub(super) async fn find(context: &Context, id: &str) -> Result<Known, ScoreError> {
    let none = || ScoreError::NoDeadLetter { id: id.to_owned() };
    read(context).await?.remove(id).ok_or_else(none)
}

/// The whole stream folded by id. Set aside twice, the first time counts; retried twice, the last.
async fn read(context: &Context) -> Result<BTreeMap<String, Known>, ScoreError> {
    let failed = |source| ScoreError::Stream { stream: DEAD_LETTERS.to_owned(), source: Box::new(source) };
    let mut known = BTreeMap::new();
    for shard in context.streams().shards(DEAD_LETTERS).await.map_err(failed)? {
        let mut after = None;
        loop {
            let records = context
                .streams()
                .read(DEAD_LETTERS, &shard.id, after.as_ref(), PAGE, Duration::ZERO)
                .await
                .map_err(failed)?;
            let Some(last) = records.last() else { break };
            after = Some(last.position.sequence.clone());
            records.iter().for_each(|record| take(&mut known, &record.bytes));
        }
    }
    Ok(known)
}

/// Takes one record in; what is neither form was not written here and is left alone.
fn take(known: &mut BTreeMap<String, Known>, bytes: &[u8]) {
    match serde_json::from_slice(bytes) {
        Ok(Entry::SetAside(letter)) => {
            known.entry(letter.id.clone()).or_insert(Known { letter, retried: None });
        }
        Ok(Entry::Retried(mark)) => {
            if let Some(entry) = known.get_mut(&mark.retried) {
                entry.retried = Some(mark);
            }
        }
        Err(_) => tracing::warn!("a record of stream `{DEAD_LETTERS}` is no dead letter"),
    }
}
