//! Iterators and what they lead to.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::primitives::DateTime;
use aws_sdk_kinesis::types::{Record, ShardIteratorType};
use tokio::time::Instant;
use weir_events::{Position, RawRecord, Sequence, Timestamp};
use weir_streams::StreamError;

use crate::cursor::Cursor;
use crate::error::{code, failed, is_throttling};
use crate::pace::Pace;
use crate::request::once;
use crate::send::pause;
use crate::stats::{Counters, add};

/// One shard of a stream.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) stream: &'a str,
    pub(crate) name: &'a str,
    pub(crate) shard: &'a str,
}

/// Where an iterator begins.
pub(crate) enum From<'a> {
    Oldest,
    /// With this record, if it is still there.
    At(&'a Sequence),
    Time(DateTime),
}

/// What a read gave.
pub(crate) struct Page {
    pub(crate) records: Vec<RawRecord>,
    /// `None` at the end of a closed shard.
    pub(crate) next: Option<String>,
    pub(crate) behind: Duration,
}

/// Why a read gave nothing.
pub(crate) enum Refusal {
    Expired,
    Throttled,
    Failed(StreamError),
}

/// Reads shards within their limits.
pub(crate) struct Fetcher {
    pub(crate) client: Client,
    pub(crate) pace: Pace,
    pub(crate) counters: Arc<Counters>,
}

impl Fetcher {
    pub(crate) async fn iterator(&self, place: Place<'_>, from: From<'_>) -> Result<String, StreamError> {
        add(&self.counters.iterators, 1);
        let request = self.client.get_shard_iterator().stream_name(place.name).shard_id(place.shard);
        let request = match &from {
            From::Oldest => request.shard_iterator_type(ShardIteratorType::TrimHorizon),
            From::Time(time) => request.shard_iterator_type(ShardIteratorType::AtTimestamp).timestamp(*time),
            From::At(sequence) => request
                .shard_iterator_type(ShardIteratorType::AtSequenceNumber)
                .starting_sequence_number(sequence.as_str()),
        };
        match request.send().await {
            Ok(answer) => answer.shard_iterator.ok_or_else(|| self.failed(place, "an answer that is none")),
            Err(error) => Err(match (code(&error), from) {
                ("InvalidArgumentException", From::At(sequence)) => {
                    StreamError::BadSequence { sequence: sequence.clone() }
                }
                ("ResourceNotFoundException", _) => {
                    let (stream, shard) = (place.stream.to_owned(), place.shard.to_owned());
                    StreamError::UnknownShard { stream, shard }
                }
                (code, _) => self.failed(place, code),
            }),
        }
    }

    /// Reads once, without regard to the pace.
    pub(crate) async fn page(&self, place: Place<'_>, iterator: &str, limit: usize) -> Result<Page, Refusal> {
        add(&self.counters.get_requests, 1);
        let limit = i32::try_from(limit.clamp(1, 10_000)).unwrap_or(10_000);
        let request = self.client.get_records().shard_iterator(iterator).limit(limit);
        match request.customize().config_override(once()).send().await {
            Ok(answer) => {
                add(&self.counters.records_read, answer.records.len() as u64);
                let behind = u64::try_from(answer.millis_behind_latest.unwrap_or(0)).unwrap_or(0);
                let records = answer.records.into_iter().map(|record| raw(place, record)).collect();
                Ok(Page { records, next: answer.next_shard_iterator, behind: Duration::from_millis(behind) })
            }
            Err(error) => Err(match code(&error) {
                "ExpiredIteratorException" => {
                    add(&self.counters.iterators_expired, 1);
                    Refusal::Expired
                }
                code if is_throttling(code) => {
                    add(&self.counters.gets_throttled, 1);
                    Refusal::Throttled
                }
                code => Refusal::Failed(self.failed(place, code)),
            }),
        }
    }

    /// Gives a cursor an iterator for its place.
    pub(crate) async fn aim(&self, place: Place<'_>, cursor: &mut Cursor) -> Result<(), StreamError> {
        let zero = Sequence::from(0);
        let Some(after) = cursor.after.clone().filter(|after| *after != zero) else {
            cursor.iterator = Some(self.iterator(place, From::Oldest).await?);
            return Ok(());
        };
        match self.iterator(place, From::At(&after)).await {
            Ok(iterator) => {
                cursor.iterator = Some(iterator);
                cursor.expected = Some(after);
            }
            // No record's sequence: the one in front of the oldest kept, as `Trimmed` tells it.
            Err(StreamError::BadSequence { .. }) => {
                let bad = |_| StreamError::BadSequence { sequence: after.clone() };
                let next = self.iterator(place, From::At(&following(&after))).await;
                cursor.iterator = Some(next.map_err(bad)?);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Fetches once for a cursor and answers how far it is behind the newest record. Waits for its turn, unless that
    /// comes after `until`: then `None`.
    pub(crate) async fn advance(
        &self,
        place: Place<'_>,
        cursor: &mut Cursor,
        limit: usize,
        until: Option<Instant>,
    ) -> Result<Option<Duration>, StreamError> {
        let mut refused = 0;
        loop {
            if cursor.iterator.is_none() {
                self.aim(place, cursor).await?;
            }
            let Some(turn) = self.pace.turn(place.name, place.shard, until) else { return Ok(None) };
            tokio::time::sleep_until(turn).await;
            let Some(iterator) = cursor.iterator.as_deref() else { continue };
            match self.page(place, iterator, limit).await {
                Ok(page) => return self.take(place, cursor, page).map(Some),
                Err(Refusal::Expired) => cursor.iterator = None,
                Err(Refusal::Throttled) if refused < 6 => {
                    tokio::time::sleep(pause(refused + 2)).await;
                    refused += 1;
                }
                Err(Refusal::Throttled) => {
                    return Err(self.failed(place, "ProvisionedThroughputExceededException"));
                }
                Err(Refusal::Failed(error)) => return Err(error),
            }
        }
    }

    fn take(&self, place: Place<'_>, cursor: &mut Cursor, page: Page) -> Result<Duration, StreamError> {
        let mut records = page.records;
        if let (Some(expected), Some(first)) = (&cursor.expected, records.first()) {
            // Directly behind it nothing is missing: so it is after a gap that was told and passed.
            if first.position.sequence > following(expected) {
                cursor.iterator = None;
                return Err(StreamError::Trimmed {
                    stream: place.stream.to_owned(),
                    shard: place.shard.to_owned(),
                    after: expected.clone(),
                    oldest: first.position.sequence.clone(),
                });
            }
            records.retain(|record| record.position.sequence > *expected);
            cursor.expected = None;
        }
        cursor.buffer.extend(records);
        cursor.is_closed = page.next.is_none();
        cursor.iterator = page.next;
        Ok(page.behind)
    }

    fn failed(&self, place: Place<'_>, code: &str) -> StreamError {
        failed("read", &format!("{}/{}", place.name, place.shard), code)
    }
}

fn raw(place: Place<'_>, record: Record) -> RawRecord {
    let micros = record.approximate_arrival_timestamp.map_or(0, |time| time.as_nanos() / 1_000);
    let position = Position {
        stream: place.stream.to_owned(),
        shard: place.shard.to_owned(),
        sequence: Sequence::new(&record.sequence_number),
        sub: 0,
    };
    RawRecord {
        position,
        key: record.partition_key.unwrap_or_default(),
        bytes: record.data.into_inner(),
        arrived_at: Timestamp::from_micros(i64::try_from(micros).unwrap_or(0)),
    }
}

/// The sequence one above.
fn following(sequence: &Sequence) -> Sequence {
    let mut digits = sequence.as_str().as_bytes().to_vec();
    let Some(last) = digits.iter().rposition(|digit| *digit != b'9') else {
        return Sequence::new(&format!("1{}", "0".repeat(digits.len())));
    };
    digits[last] += 1;
    digits[last + 1..].fill(b'0');
    Sequence::new(&String::from_utf8_lossy(&digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_have_more_digits_than_numbers() {
        for (sequence, next) in [
            ("41", "42"),
            ("9", "10"),
            ("999", "1000"),
            ("1299", "1300"),
            (
                "49590338271490256608559692538361571095921575989136588799",
                "49590338271490256608559692538361571095921575989136588800",
            ),
        ] {
            assert_eq!(following(&Sequence::new(sequence)).as_str(), next);
        }
    }
}
