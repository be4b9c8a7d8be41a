//! Settings, checked once.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use weir_streams::StreamError;

/// What streams are called in Kinesis and how hard they are used. The README has a table of them.
#[derive(Clone, Debug)]
pub struct KinesisSettings {
    /// Names in Kinesis by the names of streams.
    pub streams: BTreeMap<String, String>,
    /// After this long a record that was not taken is an error.
    pub publish_timeout_ms: u64,
    /// Requests of one stream that are under way at once.
    pub requests_in_flight: usize,
    /// Records of one stream that may wait; publishers beyond that wait too.
    pub waiting_records: usize,
    /// Least time between two reads of a shard, by all its readers in this process together.
    pub read_interval_ms: u64,
    /// Records asked for in one read; what is more than the reader wants is kept for its next read.
    pub fetch_records: usize,
    /// Largest record, key and payload together.
    pub max_record_bytes: usize,
}

impl KinesisSettings {
    /// Pairs of stream and name in Kinesis; everything else as the table says.
    pub fn new<N: Into<String>, K: Into<String>>(streams: impl IntoIterator<Item = (N, K)>) -> Self {
        Self {
            streams: streams.into_iter().map(|(stream, name)| (stream.into(), name.into())).collect(),
            publish_timeout_ms: 30_000,
            requests_in_flight: 4,
            waiting_records: 10_000,
            read_interval_ms: 200,
            fetch_records: 1_000,
            max_record_bytes: 1 << 20,
        }
    }

    pub(crate) fn validate(&self) -> Result<(), StreamError> {
        if self.streams.is_empty() {
            let (setting, expected) = ("streams", "the name in Kinesis of each stream");
            return Err(StreamError::Setting { setting, value: "{}".to_owned(), expected });
        }
        within("publish_timeout_ms", self.publish_timeout_ms, 100..=600_000, "100 to 600000")?;
        within("requests_in_flight", self.requests_in_flight as u64, 1..=64, "1 to 64")?;
        within("waiting_records", self.waiting_records as u64, 500..=1_000_000, "500 to 1000000")?;
        within(
            "read_interval_ms",
            self.read_interval_ms,
            0..=60_000,
            "0 to 60000; AWS allows 5 reads a second",
        )?;
        within("fetch_records", self.fetch_records as u64, 1..=10_000, "1 to 10000")?;
        within("max_record_bytes", self.max_record_bytes as u64, 1..=1 << 20, "1 to 1048576")
    }

    /// Name in Kinesis of a stream.
    pub(crate) fn name(&self, stream: &str) -> Result<&str, StreamError> {
        let unknown = || StreamError::UnknownStream { stream: stream.to_owned() };
        self.streams.get(stream).map(String::as_str).ok_or_else(unknown)
    }
}

fn within(
    setting: &'static str,
    value: u64,
    range: RangeInclusive<u64>,
    expected: &'static str,
) -> Result<(), StreamError> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(StreamError::Setting { setting, value: value.to_string(), expected })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_out_of_range_is_named() {
        let settings =
            KinesisSettings { fetch_records: 0, ..KinesisSettings::new([("orders", "shop-orders")]) };
        assert!(settings.validate().unwrap_err().to_string().contains("`fetch_records`"));
    }
}
