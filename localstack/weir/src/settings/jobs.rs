//! `[lake.jobs]`: when the lake's jobs run by themselves.

use std::time::Duration;

use serde::Deserialize;

use super::{SettingsError, in_range, parse};

/// Most seconds between two runs of a job: a month.
const MONTH: u64 = 31 * 86_400;

/// When the lake's jobs run by themselves, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JobSettings {
    /// Seconds from the end of a run to the next; 0 for a job that runs only when it is asked to.
    pub(crate) label_seconds: u64,
    pub(crate) star_seconds: u64,
    pub(crate) metrics_seconds: u64,
    pub(crate) reconcile_seconds: u64,
    pub(crate) maintain_seconds: u64,
    /// How long a transaction may be without a decision before `reconcile` calls it lost.
    pub(crate) waiting_seconds: u64,
    /// For how many days `maintain` keeps versions.
    pub(crate) retention_days: u64,
}

impl Default for JobSettings {
    fn default() -> Self {
        Self {
            label_seconds: 300,
            star_seconds: 300,
            metrics_seconds: 300,
            reconcile_seconds: 900,
            maintain_seconds: 3_600,
            waiting_seconds: 900,
            retention_days: 400,
        }
    }
}

impl JobSettings {
    /// Jobs that run by themselves, in the order in which they build on each other, and how often.
    pub(crate) fn times(&self) -> Vec<(&'static str, Duration)> {
        let all = [
            ("label", self.label_seconds),
            ("star", self.star_seconds),
            ("metrics", self.metrics_seconds),
            ("reconcile", self.reconcile_seconds),
            ("maintain", self.maintain_seconds),
        ];
        let on = all.into_iter().filter(|(_, seconds)| *seconds > 0);
        on.map(|(name, seconds)| (name, Duration::from_secs(seconds))).collect()
    }

    /// The same with tables that people query made at least so often, unless they are turned off.
    pub(crate) fn at_least_every(mut self, seconds: u64) -> Self {
        for often in [&mut self.label_seconds, &mut self.star_seconds, &mut self.metrics_seconds] {
            *often = (*often).min(seconds);
        }
        self
    }

    pub(crate) const fn waiting(&self) -> Duration {
        Duration::from_secs(self.waiting_seconds)
    }

    pub(crate) const fn retention(&self) -> Duration {
        Duration::from_secs(self.retention_days * 86_400)
    }

    /// Sets one by its key; `false` if there is none of this name.
    fn set(&mut self, key: &str, place: &str, value: u64) -> Result<bool, SettingsError> {
        let (field, low, high) = match key {
            "label_seconds" => (&mut self.label_seconds, 0, MONTH),
            "star_seconds" => (&mut self.star_seconds, 0, MONTH),
            "metrics_seconds" => (&mut self.metrics_seconds, 0, MONTH),
            "reconcile_seconds" => (&mut self.reconcile_seconds, 0, MONTH),
            "maintain_seconds" => (&mut self.maintain_seconds, 0, MONTH),
            "waiting_seconds" => (&mut self.waiting_seconds, 1, MONTH),
            "retention_days" => (&mut self.retention_days, 1, 36_500),
            _ => return Ok(false),
        };
        *field = in_range(place, value, low, high)?;
        Ok(true)
    }
}

/// The table as it is written; everything may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Jobs {
    label_seconds: Option<u64>,
    star_seconds: Option<u64>,
    metrics_seconds: Option<u64>,
    reconcile_seconds: Option<u64>,
    maintain_seconds: Option<u64>,
    waiting_seconds: Option<u64>,
    retention_days: Option<u64>,
}

impl Jobs {
    /// Puts what the file says over the defaults.
    pub(super) fn apply(
        &self,
        settings: &mut JobSettings,
        place: impl Fn(&str) -> String,
    ) -> Result<(), SettingsError> {
        let said = [
            ("label_seconds", self.label_seconds),
            ("star_seconds", self.star_seconds),
            ("metrics_seconds", self.metrics_seconds),
            ("reconcile_seconds", self.reconcile_seconds),
            ("maintain_seconds", self.maintain_seconds),
            ("waiting_seconds", self.waiting_seconds),
            ("retention_days", self.retention_days),
        ];
        for (key, value) in said {
            if let Some(value) = value {
                settings.set(key, &place(&format!("lake.jobs.{key}")), value)?;
            }
        }
        Ok(())
    }
}

/// Variables that set what the table can set, and its keys.
pub(super) const VARIABLES: [(&str, &str); 7] = [
    ("WEIR_LABEL_SECONDS", "label_seconds"),
    ("WEIR_STAR_SECONDS", "star_seconds"),
    ("WEIR_METRICS_SECONDS", "metrics_seconds"),
    ("WEIR_RECONCILE_SECONDS", "reconcile_seconds"),
    ("WEIR_MAINTAIN_SECONDS", "maintain_seconds"),
    ("WEIR_WAITING_SECONDS", "waiting_seconds"),
    ("WEIR_LAKE_RETENTION_DAYS", "retention_days"),
];

/// Sets what a variable says; `false` if it is none of these.
pub(super) fn from_variable(
    settings: &mut JobSettings,
    name: &str,
    value: &str,
) -> Result<bool, SettingsError> {
    match VARIABLES.iter().find(|(variable, _)| *variable == name) {
        Some((_, key)) => settings.set(key, name, parse(name, value, "a number")?),
        None => Ok(false),
    }
}
