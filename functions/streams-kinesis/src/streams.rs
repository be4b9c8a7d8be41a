//! Streams that are data streams of Kinesis.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_kinesis::Client;
use tokio::time::Instant;
use weir_events::{Position, RawRecord, Sequence, Shard};
use weir_streams::{Kind, NewRecord, ServiceFailure, StreamError, Streams};

use crate::cursor::{Cursor, Cursors};
use crate::fetch::{Fetcher, Place};
use crate::newest::newest;
use crate::pace::Pace;
use crate::publisher::Publisher;
use crate::settings::KinesisSettings;
use crate::shards;
use crate::stats::{Counters, KinesisStats};
use crate::tails::Tails;

/// Most bytes that one read answers, unless a single record is larger.
const READ_BYTES: usize = 8 << 20;
/// Most characters of a key.
const KEY_CHARACTERS: usize = 256;

/// Data streams of Kinesis. Any number of readers go on from their own places; all of them share the five reads a
/// second that a shard takes.
pub struct KinesisStreams {
    settings: KinesisSettings,
    fetcher: Fetcher,
    cursors: Cursors,
    publishers: BTreeMap<String, Arc<Publisher>>,
    tails: Arc<Tails>,
    counters: Arc<Counters>,
}

impl KinesisStreams {
    /// Streams over a client; nothing is asked yet. Within a tokio runtime.
    ///
    /// # Errors
    /// A setting out of range.
    pub fn new(client: Client, settings: KinesisSettings) -> Result<Self, StreamError> {
        settings.validate()?;
        let (counters, tails) = (Arc::default(), Arc::default());
        let start = |(stream, name): (&String, &String)| {
            (stream.clone(), Publisher::start(&client, stream, name, &settings, &counters, &tails))
        };
        let publishers = settings.streams.iter().map(start).collect();
        let pace = Pace::new(Duration::from_millis(settings.read_interval_ms));
        let fetcher = Fetcher { client, pace, counters: Arc::clone(&counters) };
        Ok(Self { settings, fetcher, cursors: Cursors::default(), publishers, tails, counters })
    }

    /// What has been counted since the start.
    pub fn stats(&self) -> KinesisStats {
        self.counters.read()
    }

    /// How far the last read of a shard was behind its newest record, as Kinesis said; `None` before the first read.
    /// Sequences have gaps, so that a lag cannot be counted in records.
    pub fn behind(&self, stream: &str, shard: &str) -> Option<Duration> {
        self.tails.behind(self.settings.name(stream).ok()?, shard)
    }

    /// Publishes records and answers what became of each; [`Streams::publish`] answers the first error alone.
    ///
    /// # Errors
    /// An unknown stream, or a record that can never be taken: then nothing was published.
    pub async fn publish_each(
        &self,
        stream: &str,
        records: Vec<NewRecord>,
    ) -> Result<Vec<Result<Position, StreamError>>, StreamError> {
        let unknown = || StreamError::UnknownStream { stream: stream.to_owned() };
        let publisher = self.publishers.get(stream).ok_or_else(unknown)?;
        records.iter().try_for_each(|record| self.check(stream, record))?;
        Ok(publisher.publish(records).await)
    }

    fn check(&self, stream: &str, record: &NewRecord) -> Result<(), StreamError> {
        let size_bytes = record.key.len() + record.bytes.len();
        let limit_bytes = self.settings.max_record_bytes;
        if size_bytes > limit_bytes {
            return Err(StreamError::TooLarge { size_bytes, limit_bytes });
        }
        let characters = record.key.chars().count();
        if (1..=KEY_CHARACTERS).contains(&characters) {
            return Ok(());
        }
        Err(StreamError::service(ServiceFailure {
            service: "kinesis",
            action: "put a record into",
            target: stream.to_owned(),
            reason: format!("its key has {characters} characters"),
            advice: "give it a key of 1 to 256 characters",
            kind: Kind::Poison,
        }))
    }

    async fn read_on(
        &self,
        place: Place<'_>,
        cursor: &mut Cursor,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<RawRecord>, StreamError> {
        let until = Instant::now() + wait;
        // Until it is known to be at the end, a read is not cut short: an answer may be empty though more is there.
        let mut is_at_end = false;
        while cursor.buffer.is_empty() {
            if cursor.is_closed {
                let (stream, shard) = (place.stream.to_owned(), place.shard.to_owned());
                return Err(StreamError::Closed { stream, shard });
            }
            let asked = limit.max(self.settings.fetch_records);
            let Some(behind) = self.fetcher.advance(place, cursor, asked, is_at_end.then_some(until)).await?
            else {
                tokio::time::sleep_until(until).await;
                return Ok(Vec::new());
            };
            let last = cursor.buffer.back().map(|record| &record.position.sequence);
            self.tails.read(place.name, place.shard, last, behind);
            is_at_end = behind.is_zero();
        }
        Ok(take(cursor, limit))
    }
}

fn take(cursor: &mut Cursor, limit: usize) -> Vec<RawRecord> {
    let (mut records, mut size) = (Vec::new(), 0);
    while records.len() < limit && size < READ_BYTES {
        let Some(record) = cursor.buffer.pop_front() else { break };
        size += record.bytes.len();
        records.push(record);
    }
    if let Some(last) = records.last() {
        cursor.after = Some(last.position.sequence.clone());
    }
    records
}

#[async_trait::async_trait]
impl Streams for KinesisStreams {
    async fn shards(&self, stream: &str) -> Result<Vec<Shard>, StreamError> {
        shards::list(&self.fetcher.client, self.settings.name(stream)?).await
    }

    async fn publish(&self, stream: &str, records: Vec<NewRecord>) -> Result<Vec<Position>, StreamError> {
        self.publish_each(stream, records).await?.into_iter().collect()
    }

    async fn read(
        &self,
        stream: &str,
        shard: &str,
        after: Option<&Sequence>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<RawRecord>, StreamError> {
        let name = self.settings.name(stream)?;
        if limit == 0 {
            return Ok(Vec::new());
        }
        let mut cursor = self.cursors.take(name, shard, after);
        let read = self.read_on(Place { stream, name, shard }, &mut cursor, limit, wait).await;
        if matches!(read, Ok(_) | Err(StreamError::Closed { .. })) {
            self.cursors.put_back(name, shard, cursor);
        }
        read
    }

    async fn newest(&self, stream: &str, shard: &str) -> Result<Option<Sequence>, StreamError> {
        let name = self.settings.name(stream)?;
        if let Some(newest) = self.tails.newest(name, shard) {
            return Ok(newest);
        }
        let newest = newest(&self.fetcher, Place { stream, name, shard }).await?;
        self.tails.searched(name, shard, newest.as_ref());
        Ok(newest)
    }
}
