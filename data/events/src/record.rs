//! Records of a stream, their positions, and dead letters.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Sealed, Timestamp};

/// Sequence of a record within its shard: decimal digits, as Kinesis, Kafka and the in-process log give them.
/// Ordered as numbers of any length.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
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

/// Where a record stands: unique in a deployment, for good.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// Name of the stream.
    pub stream: String,
    /// Shard or partition.
    pub shard: String,
    /// Sequence in the shard.
    pub sequence: Sequence,
    /// Index within an aggregated record; 0 otherwise.
    pub sub: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}/{}.{}", self.stream, self.shard, self.sequence, self.sub)
    }
}

/// One record as a stream delivered it.
#[derive(Clone, PartialEq, Eq)]
pub struct RawRecord {
    /// Where it stands.
    pub position: Position,
    /// Partition key.
    pub key: String,
    /// The payload as received.
    pub bytes: Vec<u8>,
    /// When the stream took it.
    pub arrived_at: Timestamp,
}

impl fmt::Debug for RawRecord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RawRecord({}, {} bytes)", self.position, self.bytes.len())
    }
}

/// Why a record could not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadLetterReason {
    /// The bytes are not an event of this schema.
    Undecodable,
    /// The transaction id was used before with other content.
    IdReused,
    /// A currency other than the deployment's.
    Currency,
}

/// A record set aside: its position, why, and its sealed bytes. `id` is made from the position, so the same
/// record delivered again is the same dead letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Stable id: the position in text.
    pub id: String,
    /// Where the record stood.
    pub position: Position,
    /// Why it was set aside.
    pub reason: DeadLetterReason,
    /// Path, kind found and what was expected; never a value.
    pub detail: String,
    /// When it was set aside.
    pub at: Timestamp,
    /// The record's bytes, sealed.
    pub sealed: Sealed,
}
