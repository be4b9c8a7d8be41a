//! The one place that asks what time it is.

use std::time::{SystemTime, UNIX_EPOCH};

use weir_events::Timestamp;

/// Now, in microseconds; a clock before 1970 reads as 1970.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
