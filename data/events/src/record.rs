//! Records of a stream, their positions, and dead letters.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::category::category;
use crate::fields::event;
use crate::order::TEXT;
use crate::{EventError, Kind, Sealed, Timestamp, wire};

/// Sequence of a record within its shard: decimal digits, as Kinesis, Kafka and the in-process log give them.
/// Ordered as numbers of any length.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Sequence(String);

impl Sequence {
    /// Takes a stream's own sequence; leading zeros are dropped so that equal numbers are equal texts.
    pub fn new(text: &str) -> Self {
        let digits = text.trim_start_matches('0');
        Self(if digits.is_empty() { "0".to_owned() } else { digits.to_owned() })
    }

    /// The decimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Sequence {
    fn from(text: String) -> Self {
        if text.starts_with('0') || text.is_empty() { Self::new(&text) } else { Self(text) }
    }
}

impl From<Sequence> for String {
    fn from(sequence: Sequence) -> Self {
        sequence.0
    }
}

impl From<u64> for Sequence {
    fn from(number: u64) -> Self {
        Self(number.to_string())
    }
}

impl Ord for Sequence {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Sequence {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Sequence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

event! {
    /// Where a record stands: unique in a deployment, for good.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Position is [stored columns] {
        required {
            /// Name of the stream.
            stream: String = (TEXT, "", Clear, None, Lake);
            /// Shard or partition.
            shard: String = (TEXT, "", Clear, None, Lake);
            /// Sequence in the shard.
            sequence: Sequence = (Kind::Text(128), "", Clear, None, Lake);
            /// Index within an aggregated record; 0 otherwise.
            sub: u32 = (Kind::Integer(0, i32::MAX as i64), "", Clear, None, Lake);
        }
        optional {}
    }
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}/{}.{}", self.stream, self.shard, self.sequence, self.sub)
    }
}

/// One shard of a stream. Shards of a changing stream are born by a split or a merge of others: what these hold comes
/// before what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Shard {
    /// Its name.
    pub id: String,
    /// The shards it was made from, as far as they can still be read; they are read to their ends first.
    pub parents: Vec<String>,
}

impl From<&str> for Shard {
    /// A shard that was made from no other.
    fn from(id: &str) -> Self {
        Self { id: id.to_owned(), parents: Vec::new() }
    }
}

event! {
    /// One record as a stream delivered it.
    #[derive(Clone, PartialEq, Eq)]
    pub struct RawRecord is [in_memory] {
        required {
            /// Where it stands.
            position: Position = (Kind::One("Position"), "", Clear, None, Lake);
            /// Partition key.
            key: String = (TEXT, "", Indirect, None, Lake);
            /// The payload as received.
            bytes: Vec<u8> = (Kind::Bytes, "", Indirect, None, Lake);
            /// When the stream took it.
            arrived_at: Timestamp = (Kind::Moment, "UTC", Clear, None, Lake);
        }
        optional {}
    }
}

impl fmt::Debug for RawRecord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RawRecord({}, {} bytes)", self.position, self.bytes.len())
    }
}

category! {
    /// Why a record could not be used.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum DeadLetterReason {
        /// The bytes are not an event of this schema.
        Undecodable = "undecodable",
        /// The transaction id was used before with other content.
        IdReused = "id_reused",
        /// A currency other than the deployment's.
        Currency = "currency",
    }
}

event! {
    /// A record set aside: its position, why, and its sealed bytes. `id` is made from the position, so the same
    /// record delivered again is the same dead letter.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DeadLetter is [stored] {
        required {
            /// Stable id: the position in text.
            id: String = (TEXT, "", Clear, None, Streams);
            /// Where the record stood.
            position: Position = (Kind::One("Position"), "", Clear, None, Streams);
            /// Why it was set aside.
            reason: DeadLetterReason = (Kind::Category(DeadLetterReason::WORDS), "", Clear, None, Streams);
            /// Path, kind found and what was expected; never a value.
            detail: String = (TEXT, "", Clear, None, Streams);
            /// When it was set aside.
            at: Timestamp = (Kind::Moment, "UTC", Clear, None, Streams);
            /// The record's bytes, sealed.
            sealed: Sealed = (Kind::One("Sealed"), "", Personal, None, Sealed);
        }
        optional {}
    }
}

impl DeadLetter {
    /// Reads what [`DeadLetter::to_json`] wrote.
    pub fn from_json(bytes: &[u8]) -> Result<Self, EventError> {
        wire::read(bytes, "a dead letter")
    }

    /// The dead letter as JSON.
    pub fn to_json(&self) -> Result<Vec<u8>, EventError> {
        wire::write(self, "a dead letter")
    }
}
