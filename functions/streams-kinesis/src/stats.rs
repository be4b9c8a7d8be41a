//! What has been counted since the start.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counted {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// Counters of all streams together at one moment.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct KinesisStats {
            $($(#[$doc])* pub $name: u64,)+
        }

        #[derive(Debug, Default)]
        pub(crate) struct Counters {
            $(pub(crate) $name: AtomicU64,)+
        }

        impl Counters {
            pub(crate) fn read(&self) -> KinesisStats {
                KinesisStats { $($name: self.$name.load(Ordering::Relaxed),)+ }
            }
        }
    };
}

counted! {
    /// Requests that put records.
    put_requests,
    /// Requests that put records and failed as a whole.
    put_failures,
    /// Records taken.
    records_put,
    /// Bytes of those, keys and payloads.
    bytes_put,
    /// Records sent again.
    records_retried,
    /// Records refused since a shard was over its throughput; each refusal counts.
    records_throttled,
    /// Records given up.
    records_failed,
    /// Requests that read records.
    get_requests,
    /// Reads refused since a shard was over its throughput.
    gets_throttled,
    /// Records read.
    records_read,
    /// Iterators asked for.
    iterators,
    /// Iterators that had expired.
    iterators_expired,
}

pub(crate) fn add(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Ordering::Relaxed);
}
