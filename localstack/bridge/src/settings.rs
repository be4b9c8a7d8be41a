//! Settings of a mapping.

use std::time::{Duration, SystemTime};

/// Where a consumer begins that has no checkpoint. Shards that appear while it runs are read from their oldest record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// At the oldest record kept (`TRIM_HORIZON`).
    #[default]
    Oldest,
    /// Behind the newest (`LATEST`). A shard that is empty then is read from its first record.
    Newest,
    /// At the first record that came then or later (`AT_TIMESTAMP`); earlier ones are read and passed, so the source
    /// has to know the age of a record.
    At(SystemTime),
}

/// Settings of a [`Mapping`](crate::Mapping).
#[derive(Clone, Debug)]
pub struct Settings {
    /// Name of the consumer, in checkpoints, logs and numbers.
    pub name: String,
    /// Most records in one call, at least 1.
    pub batch_size: usize,
    /// How long to wait for a batch to fill once it has a record.
    pub batch_window: Duration,
    /// Where to begin without a checkpoint.
    pub start: Start,
    /// Whether a batch that failed as a whole is halved at each retry, so that one bad record ends up alone.
    pub bisect: bool,
    /// How often the source is asked for its shards.
    pub shards_every: Duration,
    /// How often one record is tried again before it is given up; `None` is for ever.
    pub retries: Option<u32>,
    /// Pause before the first retry; doubles with each.
    pub backoff_least: Duration,
    /// Longest pause before a retry.
    pub backoff_most: Duration,
    /// A failing record older than this is given up; needs a source that knows the age.
    pub max_age: Option<Duration>,
}

/// A setting has a value that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("setting `{setting}` of mapping `{mapping}` is `{value}`; expected {expected}")]
pub struct SettingsError {
    /// Name of the mapping.
    pub mapping: String,
    /// Name of the setting.
    pub setting: &'static str,
    /// Its value.
    pub value: String,
    /// What would do.
    pub expected: &'static str,
}

impl Settings {
    /// The usual settings: 100 records, no window, retries for ever from 100 ms to 10 s apart.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            batch_size: 100,
            batch_window: Duration::ZERO,
            start: Start::Oldest,
            bisect: true,
            shards_every: Duration::from_secs(10),
            retries: None,
            backoff_least: Duration::from_millis(100),
            backoff_most: Duration::from_secs(10),
            max_age: None,
        }
    }

    pub(crate) fn validate(&self) -> Result<(), SettingsError> {
        if self.name.is_empty() {
            return Err(self.wrong("name", &self.name, "a name"));
        }
        if self.batch_size == 0 {
            return Err(self.wrong("batch_size", &self.batch_size, "1 or more records"));
        }
        if self.shards_every.is_zero() {
            return Err(self.wrong("shards_every", &"0", "more than 0"));
        }
        if self.backoff_least.is_zero() || self.backoff_least > self.backoff_most {
            let least = format!("{:?}", self.backoff_least);
            return Err(self.wrong("backoff_least", &least, "more than 0 and at most `backoff_most`"));
        }
        Ok(())
    }

    pub(crate) fn gives_up(&self) -> bool {
        self.retries.is_some() || self.max_age.is_some()
    }

    pub(crate) fn wrong(
        &self,
        setting: &'static str,
        value: &dyn std::fmt::Display,
        expected: &'static str,
    ) -> SettingsError {
        SettingsError { mapping: self.name.clone(), setting, value: value.to_string(), expected }
    }

    /// Pause before the retry that follows a number of failures in a row.
    pub(crate) fn backoff(&self, failures: u32) -> Duration {
        let doubled = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
        self.backoff_least.saturating_mul(doubled).min(self.backoff_most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_the_longest() {
        let settings = Settings::new("orders");
        let pauses: Vec<_> = [1, 2, 3, 8, 80].map(|failures| settings.backoff(failures).as_millis()).into();
        assert_eq!(pauses, [100, 200, 400, 10_000, 10_000]);
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let error = Settings { batch_size: 0, ..Settings::new("orders") }.validate().unwrap_err();
        assert_eq!(
            error.to_string(),
            "setting `batch_size` of mapping `orders` is `0`; expected 1 or more records"
        );
    }
}
