//! Settings of the log.

use std::collections::BTreeMap;

use crate::StreamError;

/// What an acknowledged record survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// The power going off: the file is synced before the record is acknowledged.
    #[default]
    Power,
    /// The process being killed: the system has the record, the disk perhaps not yet.
    Process,
}

/// Settings of a [`LogStreams`](crate::LogStreams).
#[derive(Clone, Debug)]
pub struct LogSettings {
    /// Streams and their numbers of shards (1 to 1,024). A number stays as the log was made with.
    pub streams: BTreeMap<String, u32>,
    /// What an acknowledged record survives.
    pub durability: Durability,
    /// Size at which a segment file is closed and the next begun, 4 KiB to 1 GiB.
    pub segment_bytes: u64,
    /// Least time between two flushes, 0 to 5 ms: under load everything that came in between is one flush.
    /// A record that comes alone does not wait.
    pub flush_interval_ms: u64,
}

impl LogSettings {
    /// Streams and their numbers of shards, all else usual: durable over power cuts, segments of 64 MiB, 2 ms.
    pub fn new<N: Into<String>>(streams: impl IntoIterator<Item = (N, u32)>) -> Self {
        Self {
            streams: streams.into_iter().map(|(name, shards)| (name.into(), shards)).collect(),
            durability: Durability::default(),
            segment_bytes: 64 << 20,
            flush_interval_ms: 2,
        }
    }

    pub(crate) fn validate(&self) -> Result<(), StreamError> {
        check("flush_interval_ms", self.flush_interval_ms, 0..=5, "0 to 5 milliseconds")?;
        check("segment_bytes", self.segment_bytes, 4 << 10..=1 << 30, "4096 to 1073741824 bytes")?;
        for (name, shards) in &self.streams {
            check("shards", u64::from(*shards), 1..=1024, "1 to 1024 shards a stream")?;
            check_name("stream", name)?;
        }
        Ok(())
    }
}

fn check(
    setting: &'static str,
    value: u64,
    range: std::ops::RangeInclusive<u64>,
    expected: &'static str,
) -> Result<(), StreamError> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(StreamError::Setting { setting, value: value.to_string(), expected })
}

/// Names become names of files.
pub(crate) fn check_name(setting: &'static str, name: &str) -> Result<(), StreamError> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    if (1..=64).contains(&name.len()) && name.bytes().all(fits) {
        return Ok(());
    }
    let expected = "1 to 64 characters of a-z, 0-9, `-` and `_`";
    Err(StreamError::Setting { setting, value: name.to_owned(), expected })
}

/// Shards of some services have capitals in their names, as `shardId-000000000000`.
pub(crate) fn check_shard(name: &str) -> Result<(), StreamError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=128).contains(&name.len()) && name.bytes().all(fits) {
        return Ok(());
    }
    let expected = "1 to 128 letters, digits, `-` and `_`";
    Err(StreamError::Setting { setting: "shard", value: name.to_owned(), expected })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_out_of_range_is_an_error_that_names_the_setting() {
        let slow = LogSettings { flush_interval_ms: 6, ..LogSettings::new([("orders", 1)]) };
        let error = slow.validate().unwrap_err().to_string();
        assert_eq!(error, "streams setting `flush_interval_ms` is `6`; expected 0 to 5 milliseconds");
        assert!(LogSettings::new([("orders", 0)]).validate().is_err());
        assert!(LogSettings::new([("../orders", 1)]).validate().is_err());
        assert!(LogSettings::new([("orders", 4)]).validate().is_ok());
    }
}
