//! Iterators of the stream: made, remembered, made again when they are too old.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use aws_sdk_dynamodbstreams::operation::get_records::GetRecordsOutput;
use aws_sdk_dynamodbstreams::types::ShardIteratorType;
use weir_events::Sequence;
use weir_store::StoreError;

use super::position::Position;
use crate::fault::{Fault, Meaning};
use crate::retry::Patience;
use crate::store::Inner;

/// Most records that one request answers.
pub(super) const RECORDS: usize = 1_000;
/// Readers whose iterators are remembered, more than two for each of many shards.
const MANY: usize = 1_024;

/// Where a reader stands: shard and last entry read.
type Place = (String, Option<Sequence>);

/// What readers have found out.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(super) stream_arn: OnceLock<String>,
    /// The next iterator of who has read so far; `None` at the end of a closed shard.
    next: Mutex<HashMap<Place, Option<String>>>,
}

impl Reading {
    fn take(&self, place: &Place) -> Option<Option<String>> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner).remove(place)
    }

    pub(super) fn put(&self, place: Place, iterator: Option<String>) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        if next.len() >= MANY {
            next.clear();
        }
        next.insert(place, iterator);
    }
}

impl Inner {
    /// An iterator behind a position, or at a record of which something is still to be read; `None` at the end.
    pub(super) async fn iterator(&self, place: &Place) -> Result<Option<String>, Fault> {
        match self.reading.take(place) {
            Some(known) => Ok(known),
            None => self.new_iterator(place).await.map(Some),
        }
    }

    pub(super) async fn new_iterator(&self, place: &Place) -> Result<String, Fault> {
        let (shard, after) = place;
        let (kind, number) = match after {
            None => (ShardIteratorType::TrimHorizon, None),
            Some(after) => match Position::of(shard, after).map_err(refused)? {
                Position { record, read: None } => (ShardIteratorType::AfterSequenceNumber, Some(record)),
                Position { record, read: Some(_) } => (ShardIteratorType::AtSequenceNumber, Some(record)),
            },
        };
        let arn = self.stream_arn().await.map_err(refused)?;
        let ask = || {
            let request = self.streams.get_shard_iterator().stream_arn(arn).shard_id(shard);
            let request = request.shard_iterator_type(kind.clone()).set_sequence_number(number.clone());
            async move { request.send().await.map_err(|error| Fault::of(&error)) }
        };
        let answer = Patience::new(&self.settings, &self.counters).ask(ask).await?;
        answer.shard_iterator.ok_or_else(|| Fault::new("InternalServerError", "no iterator in the answer"))
    }

    pub(super) async fn records(&self, iterator: &str, limit: usize) -> Result<GetRecordsOutput, Fault> {
        let limit = i32::try_from(limit.max(1)).unwrap_or(1);
        let ask = || {
            let request = self.streams.get_records().shard_iterator(iterator).limit(limit);
            async move { request.send().await.map_err(|error| Fault::of(&error)) }
        };
        Patience::new(&self.settings, &self.counters).ask(ask).await
    }
}

fn refused(error: StoreError) -> Fault {
    let meaning = match error.kind() {
        weir_store::Kind::Retryable => Meaning::Unknown,
        _ => Meaning::Refused,
    };
    Fault { meaning, detail: error.to_string() }
}
