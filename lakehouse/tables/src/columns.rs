//! Columns that tables add to what an event holds.

use arrow::datatypes::{DataType, Field, TimeUnit};
use weir_landing as landing;

/// Partition of bronze tables: UTC day on which the stream took the record.
pub const ARRIVAL_DATE: &str = "arrival_date";

/// Partition of silver tables: UTC day on which the event occurred (of a label: became known).
pub const EVENT_DATE: &str = "event_date";

/// Prefix of feature columns in `silver.decisions`.
pub const FEATURE_PREFIX: &str = "f_";

/// Place of a decision or label effect in the store's outbox, as its digits: those of a service's change stream are too many
/// for a number.
pub const OUTBOX_SEQUENCE: &str = "outbox_sequence";

/// Columns that say where a row stood on its stream, in the order in which rows are compared after `arrived_at`.
pub const POSITION: [&str; 5] =
    [landing::ARRIVED_AT, landing::STREAM, landing::SHARD, landing::SEQUENCE, landing::SUB];

/// Fields of [`POSITION`].
pub fn position_fields() -> Vec<Field> {
    let moment = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    vec![
        Field::new(landing::ARRIVED_AT, moment, true),
        Field::new(landing::STREAM, DataType::Utf8, true),
        Field::new(landing::SHARD, DataType::Utf8, true),
        Field::new(landing::SEQUENCE, DataType::Utf8, true),
        Field::new(landing::SUB, DataType::Int32, true),
    ]
}
