//! Settings: `weir.toml`, then `WEIR_…`, then flags; read once, checked once.

mod environment;
mod file;
mod jobs;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use weir_events::Currency;
use weir_streams::Retention;

use crate::backing::BackingSettings;
use crate::cli;

pub(crate) use file::{ApiKeyEntry, TEMPLATE};
pub(crate) use jobs::JobSettings;

/// A day of retention.
const DAY: Duration = Duration::from_secs(86_400);
/// Least bytes that a stream may be kept to: a few segments.
const LEAST_BYTES: u64 = 256 << 20;

/// A setting that is missing or wrong: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {problem}")]
pub(crate) struct SettingsError {
    /// Where it was read: a file with its line, an environment variable, a flag.
    pub(crate) place: String,
    /// What is wrong, and what would be right.
    pub(crate) problem: String,
}

impl SettingsError {
    pub(crate) fn new(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { place: place.into(), problem: problem.into() }
    }
}

/// When a write is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Durability {
    /// It survives a power cut: synced.
    Power,
    /// It survives the end of the process: handed to the operating system.
    Process,
}

/// Everything that can be set, checked.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) currency: Currency,
    pub(crate) durability: Durability,
    pub(crate) ingest_listen: SocketAddr,
    pub(crate) page_listen: SocketAddr,
    pub(crate) max_body_bytes: usize,
    pub(crate) max_waiting: u64,
    /// The same by age, where streams cannot count what waits.
    pub(crate) max_waiting_seconds: u64,
    pub(crate) api_keys: Vec<ApiKeyEntry>,
    pub(crate) shards: u32,
    pub(crate) batch_size: usize,
    pub(crate) retention: Retention,
    /// How often one record is tried again before it is set aside; for ever if there is none.
    pub(crate) retries: Option<u32>,
    pub(crate) min_free_bytes: u64,
    pub(crate) commit_interval_ms: u64,
    /// When the lake's other jobs run by themselves.
    pub(crate) jobs: JobSettings,
    pub(crate) model: Option<PathBuf>,
    pub(crate) policy: Option<PathBuf>,
    /// Which services are used, and where they are.
    pub(crate) backing: BackingSettings,
    /// Whether the page breaks things: by flag alone.
    pub(crate) is_chaos: bool,
    /// The file that was read, if there was one.
    pub(crate) source: Option<PathBuf>,
}

impl Settings {
    /// Reads file and environment; flags come after with [`Settings::with_listen`].
    pub(crate) fn load(config: Option<&Path>) -> Result<Self, SettingsError> {
        let mut settings = Self::default();
        let found = match config {
            Some(path) => Some(path.to_owned()),
            None => Some(PathBuf::from("weir.toml")).filter(|path| path.exists()),
        };
        if let Some(path) = found {
            file::read(&path)?.apply(&mut settings, &path)?;
            settings.source = Some(path);
        }
        environment::apply(&mut settings, std::env::vars())?;
        let place =
            settings.source.as_ref().map_or_else(|| "settings".to_owned(), |path| path.display().to_string());
        settings.backing.check(&place)?;
        Ok(settings)
    }

    /// Flags win over everything else.
    pub(crate) fn with_listen(mut self, listen: &cli::Listen) -> Self {
        self.ingest_listen = listen.ingest_listen.unwrap_or(self.ingest_listen);
        self.page_listen = listen.page_listen.unwrap_or(self.page_listen);
        self.model = listen.model.clone().or(self.model);
        self.policy = listen.policy.clone().or(self.policy);
        self
    }

    /// The page shows decisions to whoever opens it, so it stays on this machine until it has users.
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        if self.page_listen.ip().is_loopback() {
            return Ok(());
        }
        Err(SettingsError::new(
            "page listen",
            format!(
                "`{}` is not a loopback address; the page has no users yet, so it listens on 127.0.0.1 only",
                self.page_listen
            ),
        ))
    }
}

impl Default for Settings {
    fn default() -> Self {
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Self {
            #[expect(clippy::expect_used, reason = "a literal that is a currency")]
            currency: "EUR".parse().expect("EUR is a currency"),
            durability: Durability::Power,
            ingest_listen: SocketAddr::new(loopback, 8081),
            page_listen: SocketAddr::new(loopback, 8080),
            max_body_bytes: 5 * 1024 * 1024,
            max_waiting: weir_ingest::Settings::default().max_waiting,
            max_waiting_seconds: 60,
            api_keys: Vec::new(),
            shards: 2,
            batch_size: 1_000,
            retries: None,
            min_free_bytes: 256 << 20,
            retention: Retention { max_age: DAY * 7, max_bytes: 4 << 30 },
            commit_interval_ms: 30_000,
            jobs: JobSettings::default(),
            model: None,
            policy: None,
            backing: BackingSettings::default(),
            is_chaos: false,
            source: None,
        }
    }
}

/// Text of a setting into its value, with an error that names place and expectation.
fn parse<T: std::str::FromStr>(place: &str, text: &str, expected: &str) -> Result<T, SettingsError> {
    text.parse().map_err(|_| SettingsError::new(place, format!("found `{text}`, expected {expected}")))
}

/// A number within its range.
fn in_range(place: &str, value: u64, low: u64, high: u64) -> Result<u64, SettingsError> {
    if (low..=high).contains(&value) {
        return Ok(value);
    }
    Err(SettingsError::new(place, format!("found `{value}`, expected {low} to {high}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings, SettingsError> {
        let mut settings = Settings::default();
        let path = Path::new("weir.toml");
        file::parse(text, path)?.apply(&mut settings, path)?;
        Ok(settings)
    }

    #[test]
    fn the_template_is_the_defaults() {
        let settings = read(TEMPLATE).unwrap();
        assert_eq!(format!("{settings:?}"), format!("{:?}", Settings::default()));
    }

    #[test]
    fn an_unknown_setting_is_named_with_its_line() {
        let error = read("currency = \"EUR\"\n[ingest]\nlisten_on = \"x\"\n").unwrap_err().to_string();
        assert!(error.contains("listen_on") && error.contains("line 3"), "{error}");
    }

    #[test]
    fn a_wrong_value_says_what_was_expected() {
        let error = read("durability = \"sometimes\"\n").unwrap_err().to_string();
        assert!(error.contains("power"), "{error}");
        let error = read("[lake]\ncommit_interval_ms = 1\n").unwrap_err().to_string();
        assert!(error.contains("lake.commit_interval_ms") && error.contains("500"), "{error}");
        let error = read("[lake.jobs]\nwaiting_seconds = 0\n").unwrap_err().to_string();
        assert!(error.contains("lake.jobs.waiting_seconds") && error.contains("2678400"), "{error}");
        let error = read("[streams]\nretention_days = 0\n").unwrap_err().to_string();
        assert!(error.contains("streams.retention_days") && error.contains("3650"), "{error}");
        let error = read("[streams]\nretention_bytes = 1000\n").unwrap_err().to_string();
        assert!(error.contains("streams.retention_bytes") && error.contains("268435456"), "{error}");
    }

    #[test]
    fn the_environment_wins_over_the_file_and_unknown_variables_are_named() {
        let mut settings = read("currency = \"EUR\"\n").unwrap();
        let set = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())].into_iter();
        environment::apply(&mut settings, set("WEIR_CURRENCY", "USD")).unwrap();
        assert_eq!(settings.currency.code(), "USD");
        let error = environment::apply(&mut settings, set("WEIR_CURENCY", "USD")).unwrap_err().to_string();
        assert!(error.contains("WEIR_CURENCY") && error.contains("WEIR_CURRENCY"), "{error}");
    }

    #[test]
    fn a_job_is_turned_off_by_nothing_between_its_runs() {
        let mut settings = read("[lake.jobs]\nstar_seconds = 60\nmaintain_seconds = 0\n").unwrap();
        let names =
            |settings: &Settings| settings.jobs.times().iter().map(|(name, _)| *name).collect::<Vec<_>>();
        assert_eq!(names(&settings), ["label", "star", "metrics", "reconcile"]);
        let set = vec![("WEIR_STAR_SECONDS".to_owned(), "0".to_owned())].into_iter();
        environment::apply(&mut settings, set).unwrap();
        assert_eq!(names(&settings), ["label", "metrics", "reconcile"]);
    }

    #[test]
    fn the_page_stays_on_loopback() {
        let settings = Settings { page_listen: "0.0.0.0:8080".parse().unwrap(), ..Settings::default() };
        assert!(settings.check().is_err());
    }
}
