//! Processor time of a thread, as the operating system counts it.

use std::time::Duration;

/// Processor time of the calling thread so far; `None` where the system does not tell.
pub(super) fn of_this_thread() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split_ascii_whitespace().next()?.parse().ok()?))
}
