//! Messages as records, offsets as sequences.

use rdkafka::Message;
use rdkafka::message::BorrowedMessage;
use weir_events::{Position, RawRecord, Sequence, Timestamp};
use weir_streams::StreamError;

/// The sequence of an offset: one more, so that sequences begin at 1, the sequence of the last record finished is the
/// offset that Kafka commits, and 0 stands before the first record.
///
/// ```
/// use weir_streams_kafka::{offset_after, sequence_of};
/// assert_eq!(sequence_of(0).as_str(), "1");
/// assert_eq!(offset_after(&sequence_of(41))?, 42);
/// # Ok::<(), weir_streams::StreamError>(())
/// ```
pub fn sequence_of(offset: i64) -> Sequence {
    Sequence::from(u64::try_from(offset).map_or(0, |offset| offset + 1))
}

/// The offset at which reading goes on after a sequence.
///
/// # Errors
/// A sequence that is none of Kafka's.
pub fn offset_after(sequence: &Sequence) -> Result<i64, StreamError> {
    sequence.as_str().parse().map_err(|_| StreamError::BadSequence { sequence: sequence.clone() })
}

/// One message as a record.
pub(crate) fn record(stream: &str, message: &BorrowedMessage<'_>) -> RawRecord {
    let position = Position {
        stream: stream.to_owned(),
        shard: message.partition().to_string(),
        sequence: sequence_of(message.offset()),
        sub: 0,
    };
    RawRecord {
        position,
        key: String::from_utf8_lossy(message.key().unwrap_or_default()).into_owned(),
        bytes: message.payload().unwrap_or_default().to_vec(),
        arrived_at: Timestamp::from_micros(message.timestamp().to_millis().unwrap_or(0) * 1_000),
    }
}
