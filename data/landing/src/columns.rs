//! Columns of a landing file.

/// Name of the stream.
pub const STREAM: &str = "stream";
/// Shard or partition.
pub const SHARD: &str = "shard";
/// Sequence in the shard, decimal digits without leading zeros, as text.
pub const SEQUENCE: &str = "sequence";
/// Index within an aggregated record, 32-bit integer.
pub const SUB: &str = "sub";
/// When the stream took the record, timestamp in microseconds, UTC.
pub const ARRIVED_AT: &str = "arrived_at";
/// Partition key.
pub const KEY: &str = "key";
/// The record as received: JSON text.
pub const PAYLOAD: &str = "payload";

/// Every column, in the order in which they stand in the file; none is ever null.
pub const COLUMNS: [&str; 7] = [STREAM, SHARD, SEQUENCE, SUB, ARRIVED_AT, KEY, PAYLOAD];
