//! Reading one partition in order.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use futures::{FutureExt, StreamExt};
use rdkafka::Message;
use rdkafka::consumer::Consumer;
use rdkafka::consumer::stream_consumer::StreamPartitionQueue;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::message::BorrowedMessage;
use rdkafka::{Offset, TopicPartitionList};
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;
use weir_events::RawRecord;
use weir_streams::{Kind, ServiceFailure, StreamError};

use crate::context::{Client, Context};
use crate::error::{failed, unanswered};
use crate::record::{record, sequence_of};
use crate::topics::Topics;

/// Most bytes that one read answers, unless a single record is larger.
const READ_BYTES: usize = 8 << 20;
/// Longest time that the first fetch of a partition may take.
const FETCH: Duration = Duration::from_secs(10);
/// A reader that waits at least so long is sent what comes, and need not ask whether something came just now.
const PUSHED: Duration = Duration::from_millis(100);
/// How long to wait for a record that is said to be there though the end was reached: it may be the end of a
/// transaction, which is none.
const MARKERS: Duration = Duration::from_secs(1);
/// Longest time without a look at the queue. A partition that leaves and comes back shares its queue with the reader
/// that ends, which switches its wake-ups off.
const LOOK: Duration = Duration::from_millis(250);

/// Where a reader stands in its partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Nowhere that is known.
    Unknown,
    /// At the oldest message kept.
    Oldest,
    /// Before this offset.
    At(i64),
}

/// One partition, read by this process.
pub(crate) struct Partition {
    stream: String,
    topic: String,
    number: i32,
    client: Arc<Client>,
    topics: Arc<Topics>,
    queue: StreamPartitionQueue<Context>,
    reader: Mutex<Reader>,
    is_moved: watch::Sender<bool>,
}

struct Reader {
    place: Place,
    is_assigned: bool,
    /// Whether the fetcher came to the end after the last record.
    is_at_end: bool,
    /// What the brokers last said the end is.
    end: Option<i64>,
    /// Whether the place is known to be there.
    is_checked: bool,
    /// A message that does not follow on the last one, with its offset: looked into before it is answered.
    beyond_gap: Option<(RawRecord, i64)>,
}

/// What the queue of the partition gave.
enum Event {
    Record(RawRecord, i64),
    Gap(RawRecord, i64),
    End,
    Other,
    /// A message in front of the place: the fetcher begins with the oldest if the offset asked for is not there.
    Behind,
    Failed(KafkaError),
}

impl Partition {
    /// A partition that this reader fetches for itself, or one that its group gave to it.
    pub(crate) fn open(
        client: &Arc<Client>,
        topics: &Arc<Topics>,
        stream: &str,
        topic: &str,
        number: i32,
        is_assigned: bool,
    ) -> Option<Self> {
        let queue = client.split_partition_queue(topic, number)?;
        let reader = Reader {
            place: Place::Unknown,
            is_assigned,
            is_at_end: false,
            end: None,
            is_checked: false,
            beyond_gap: None,
        };
        Some(Self {
            stream: stream.to_owned(),
            topic: topic.to_owned(),
            number,
            client: Arc::clone(client),
            topics: Arc::clone(topics),
            queue,
            reader: Mutex::new(reader),
            is_moved: watch::Sender::new(false),
        })
    }

    /// Ends its readers: another member of the group reads it now.
    pub(crate) fn revoke(&self) {
        self.is_moved.send_replace(true);
    }

    pub(crate) fn moved(&self) -> StreamError {
        StreamError::Moved { stream: self.stream.clone(), shard: self.number.to_string() }
    }

    /// Up to `limit` records from an offset, or the oldest; dropping the future loses nothing.
    pub(crate) async fn read(
        &self,
        from: Option<i64>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<RawRecord>, StreamError> {
        let mut moved = self.is_moved.subscribe();
        tokio::select! {
            biased;
            _ = moved.wait_for(|is_moved| *is_moved) => Err(self.moved()),
            records = self.read_here(from, limit, wait) => records,
        }
    }

    async fn read_here(
        &self,
        from: Option<i64>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<RawRecord>, StreamError> {
        let mut reader = self.reader.lock().await;
        let wanted = from.map_or(Place::Oldest, Place::At);
        if reader.place != wanted {
            self.go_to(&mut reader, wanted).await?;
        }
        let begun = Instant::now();
        let mut until = begun + wait;
        loop {
            if let Some(record) = self.pass_gap(&mut reader).await? {
                return Ok(self.more(&mut reader, record, limit));
            }
            let Some(event) = self.next(&reader, until).await else {
                if Instant::now() < until {
                    continue;
                }
                if self.is_at_end(&mut reader, wait).await? {
                    return Ok(Vec::new());
                }
                if reader.is_at_end && begun.elapsed() > wait + MARKERS {
                    return Ok(Vec::new());
                }
                if begun.elapsed() > wait + FETCH {
                    reader.place = Place::Unknown;
                    return Err(unanswered("send records of", &self.name()));
                }
                until = Instant::now() + PUSHED;
                continue;
            };
            match event {
                Event::Record(record, offset) => {
                    reader.place = Place::At(offset + 1);
                    (reader.is_at_end, reader.is_checked) = (false, true);
                    return Ok(self.more(&mut reader, record, limit));
                }
                Event::End => {
                    reader.is_at_end = true;
                    self.check_place(&mut reader).await?;
                }
                Event::Other => {}
                Event::Gap(record, offset) => reader.beyond_gap = Some((record, offset)),
                Event::Behind => self.check_place(&mut reader).await?,
                Event::Failed(error) => return Err(failed("read", &self.name())(error)),
            }
        }
    }

    /// The next event, waited for.
    async fn next(&self, reader: &Reader, until: Instant) -> Option<Event> {
        let next = tokio::time::timeout_at(until.min(Instant::now() + LOOK), self.queue.recv()).await;
        next.ok().map(|next| self.event(reader, next))
    }

    /// What is there without waiting, behind the first record; no other place waits once a record is in hand.
    fn more(&self, reader: &mut Reader, first: RawRecord, limit: usize) -> Vec<RawRecord> {
        let mut size = first.bytes.len();
        let mut records = vec![first];
        let mut messages = self.queue.stream();
        while records.len() < limit && size < READ_BYTES {
            let Some(Some(next)) = messages.next().now_or_never() else { break };
            match self.event(reader, next) {
                Event::Record(record, offset) => {
                    reader.place = Place::At(offset + 1);
                    size += record.bytes.len();
                    records.push(record);
                }
                Event::End => {
                    reader.is_at_end = true;
                    break;
                }
                Event::Other | Event::Behind => {}
                Event::Gap(record, offset) => {
                    reader.beyond_gap = Some((record, offset));
                    break;
                }
                // Met again, since the place is looked for anew.
                Event::Failed(_) => {
                    reader.place = Place::Unknown;
                    break;
                }
            }
        }
        records
    }

    fn event(&self, reader: &Reader, next: Result<BorrowedMessage<'_>, KafkaError>) -> Event {
        match next {
            Ok(message) => {
                let offset = message.offset();
                match reader.place {
                    Place::At(expected) if offset < expected => Event::Behind,
                    Place::At(expected) if offset > expected => {
                        Event::Gap(record(&self.stream, &message), offset)
                    }
                    _ => Event::Record(record(&self.stream, &message), offset),
                }
            }
            Err(KafkaError::PartitionEOF(_)) => Event::End,
            Err(error) => match error.rdkafka_error_code() {
                Some(
                    Code::UnknownTopicOrPartition
                    | Code::UnknownPartition
                    | Code::UnknownTopic
                    | Code::TopicAuthorizationFailed
                    | Code::GroupAuthorizationFailed,
                ) => Event::Failed(error),
                // Whatever else passes when the brokers are back.
                _ => Event::Other,
            },
        }
    }

    /// Begins to fetch from another place.
    async fn go_to(&self, reader: &mut Reader, place: Place) -> Result<(), StreamError> {
        reader.place = Place::Unknown;
        reader.is_at_end = false;
        reader.is_checked = false;
        reader.beyond_gap = None;
        let offset = if let Place::At(offset) = place { offset } else { self.watermarks().await?.start };
        let offset = Offset::Offset(offset);
        if reader.is_assigned {
            self.seek(offset).await?;
        } else {
            let mut partitions = TopicPartitionList::new();
            let added = partitions.add_partition_offset(&self.topic, self.number, offset);
            let assigned = added.and_then(|()| self.client.incremental_assign(&partitions));
            assigned.map_err(failed("assign", &self.name()))?;
            reader.is_assigned = true;
        }
        reader.place = place;
        Ok(())
    }

    async fn seek(&self, offset: Offset) -> Result<(), StreamError> {
        let begun = Instant::now();
        loop {
            let (client, topic, number) = (Arc::clone(&self.client), self.topic.clone(), self.number);
            let sought = move || client.seek(&topic, number, offset, Duration::from_secs(5));
            let sought = tokio::task::spawn_blocking(sought).await;
            match sought.map_err(|_| unanswered("find a place in", &self.name()))? {
                Ok(()) => return Ok(()),
                // It has been assigned but is not being fetched yet.
                Err(_) if begun.elapsed() < FETCH => tokio::time::sleep(Duration::from_millis(20)).await,
                Err(error) => return Err(failed("find a place in", &self.name())(error)),
            }
        }
    }

    /// Whether nothing is there behind the last record.
    async fn is_at_end(&self, reader: &mut Reader, wait: Duration) -> Result<bool, StreamError> {
        if reader.is_at_end && wait >= PUSHED {
            return Ok(true);
        }
        let kept = self.watermarks().await?;
        self.check_range(reader, &kept)?;
        let next = if let Place::At(next) = reader.place { next } else { kept.start };
        let was_end = reader.is_at_end && reader.end == Some(kept.end);
        reader.end = Some(kept.end);
        Ok(was_end || kept.end <= next)
    }

    /// The record beyond a gap, if one was met and holds nothing: ends of transactions, or what a compacted topic let
    /// go of. What retention removed is told.
    async fn pass_gap(&self, reader: &mut Reader) -> Result<Option<RawRecord>, StreamError> {
        let (Some(_), Place::At(expected)) = (&reader.beyond_gap, reader.place) else { return Ok(None) };
        let oldest = self.watermarks().await?.start;
        if oldest > expected {
            return Err(self.trimmed(reader, expected, oldest));
        }
        let Some((record, offset)) = reader.beyond_gap.take() else { return Ok(None) };
        reader.place = Place::At(offset + 1);
        reader.is_at_end = false;
        Ok(Some(record))
    }

    /// Tells, once after each jump, if the place is not there: records were removed, or the topic is another.
    async fn check_place(&self, reader: &mut Reader) -> Result<(), StreamError> {
        if reader.is_checked {
            return Ok(());
        }
        let kept = self.watermarks().await?;
        self.check_range(reader, &kept)
    }

    fn check_range(&self, reader: &mut Reader, kept: &Range<i64>) -> Result<(), StreamError> {
        match reader.place {
            Place::At(expected) if expected < kept.start => Err(self.trimmed(reader, expected, kept.start)),
            Place::At(expected) if expected > kept.end => Err(self.beyond(reader, expected, kept.end)),
            _ => {
                reader.is_checked = true;
                Ok(())
            }
        }
    }

    fn trimmed(&self, reader: &mut Reader, expected: i64, oldest: i64) -> StreamError {
        reader.place = Place::Unknown;
        StreamError::Trimmed {
            stream: self.stream.clone(),
            shard: self.number.to_string(),
            after: sequence_of(expected - 1),
            oldest: sequence_of(oldest),
        }
    }

    fn beyond(&self, reader: &mut Reader, expected: i64, end: i64) -> StreamError {
        reader.place = Place::Unknown;
        StreamError::service(ServiceFailure {
            service: "kafka",
            action: "read",
            target: self.name(),
            reason: format!("the checkpoint is at offset {expected}, the newest message before {end}"),
            advice: "the topic was made anew or has lost messages: reset the offsets of the group",
            kind: Kind::Internal,
        })
    }

    /// Offsets of the oldest message and behind the newest.
    async fn watermarks(&self) -> Result<Range<i64>, StreamError> {
        self.topics.watermarks(&self.topic, self.number).await
    }

    fn name(&self) -> String {
        format!("{}/{}", self.topic, self.number)
    }
}
