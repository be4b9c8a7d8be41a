//! One batch of the outbox, published.

use std::fmt;
use std::sync::Arc;

use tracing::error;
use weir_events::{EncodedEntry, Outcome};
use weir_store::OutboxRecord;
use weir_streams::{NewRecord, Streams};

use crate::{RelayError, Settings};

/// Stream of every entry.
pub const DECISIONS: &str = "decisions";
/// Stream of the decisions that somebody has to look at: review and decline.
pub const ALERTS: &str = "alerts";

/// What the relay works with.
#[derive(Clone)]
pub struct Context {
    /// Where entries go.
    pub streams: Arc<dyn Streams>,
    /// How the outbox is read.
    pub settings: Settings,
}

impl Context {
    /// A context with the usual settings.
    pub fn new(streams: Arc<dyn Streams>) -> Self {
        Self { streams, settings: Settings::default() }
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Context").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Relayed {
    /// Records on `decisions`.
    pub entries: usize,
    /// Records on `alerts`.
    pub alerts: usize,
    /// Records that a stream refuses for good, too large for example; each was logged as an error.
    pub refused: usize,
}

/// Publishes a batch: every entry to `decisions`, every review and decline to `alerts` too, keyed by transaction id.
///
/// # Errors
/// Some records may be on their streams all the same: call it again with the same batch.
pub async fn handle(batch: &[OutboxRecord], context: &Context) -> Result<Relayed, RelayError> {
    let every = || -> Vec<NewRecord> { batch.iter().map(new_record).collect() };
    let alerting = || -> Vec<NewRecord> {
        batch.iter().filter(|record| is_alert(&record.entry)).map(new_record).collect()
    };
    let (entries, refused_entries) = publish(context, DECISIONS, every).await?;
    let (alerts, refused_alerts) = publish(context, ALERTS, alerting).await?;
    Ok(Relayed { entries, alerts, refused: refused_entries + refused_alerts })
}

fn new_record(record: &OutboxRecord) -> NewRecord {
    NewRecord { key: record.entry.transaction_id.clone(), bytes: record.entry.json.clone() }
}

fn is_alert(entry: &EncodedEntry) -> bool {
    matches!(entry.outcome, Some(Outcome::Review | Outcome::Decline))
}

/// Answers how many records were published and how many were refused for good. The records are made again if they are
/// needed again: that is rare, and a copy of each beside the one that is published is not for nothing.
async fn publish(
    context: &Context,
    stream: &'static str,
    records: impl Fn() -> Vec<NewRecord>,
) -> Result<(usize, usize), RelayError> {
    let made = records();
    if made.is_empty() {
        return Ok((0, 0));
    }
    let count = made.len();
    match context.streams.publish(stream, made).await {
        Ok(_) => Ok((count, 0)),
        Err(source) if source.kind() == weir_streams::Kind::Poison => {
            publish_one_by_one(context, stream, records()).await
        }
        Err(source) => Err(RelayError::Publish { stream, source: Box::new(source) }),
    }
}

/// One record that a stream will never take must not stop all that come after it.
async fn publish_one_by_one(
    context: &Context,
    stream: &'static str,
    records: Vec<NewRecord>,
) -> Result<(usize, usize), RelayError> {
    let (mut published, mut refused) = (0, 0);
    for record in records {
        let id = record.key.clone();
        match context.streams.publish(stream, vec![record]).await {
            Ok(_) => published += 1,
            Err(source) if source.kind() == weir_streams::Kind::Poison => {
                refused += 1;
                error!(
                    transaction.id = %id,
                    stream.name = stream,
                    error = &source as &dyn std::error::Error,
                    "stream `{stream}` refused the entry of `{id}` for good; it stays in the store and in the lake"
                );
            }
            Err(source) => return Err(RelayError::Publish { stream, source: Box::new(source) }),
        }
    }
    Ok((published, refused))
}
