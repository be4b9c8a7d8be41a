//! `weir.toml`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::backing::{AwsSettings, StoreKind, StreamsKind, WriteForm};

use super::{DAY, Durability, LEAST_BYTES, Settings, SettingsError, in_range};

/// What `weir init` writes: every setting with its default.
pub(crate) const TEMPLATE: &str = include_str!("template.toml");

/// One API key: its name, the BLAKE3 hash of its secret in hex, and what it may do.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApiKeyEntry {
    pub(crate) name: String,
    pub(crate) hash: String,
    pub(crate) scopes: Vec<String>,
    /// Items a second that it may send; as many as it likes if left out.
    pub(crate) limit_per_second: Option<std::num::NonZeroU32>,
}

/// The file as it is written; everything may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    currency: Option<weir_events::Currency>,
    durability: Option<Durability>,
    min_free_bytes: Option<u64>,
    ingest: Ingest,
    page: Page,
    streams: Streams,
    store: Store,
    lake: Lake,
    model: Model,
    aws: AwsSettings,
    kafka: std::collections::BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Ingest {
    listen: Option<SocketAddr>,
    max_body_bytes: Option<u64>,
    max_waiting: Option<u64>,
    max_waiting_seconds: Option<u64>,
    keys: Vec<ApiKeyEntry>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Page {
    listen: Option<SocketAddr>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Streams {
    kind: Option<StreamsKind>,
    prefix: Option<String>,
    names: std::collections::BTreeMap<String, String>,
    shards: Option<u64>,
    batch_size: Option<u64>,
    retries: Option<u64>,
    retention_days: Option<u64>,
    retention_bytes: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Lake {
    url: Option<url::Url>,
    commit_interval_ms: Option<u64>,
    jobs: super::jobs::Jobs,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Store {
    kind: Option<StoreKind>,
    write_form: Option<WriteForm>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Model {
    champion: Option<PathBuf>,
    policy: Option<PathBuf>,
}

pub(super) fn read(path: &Path) -> Result<File, SettingsError> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        SettingsError::new(path.display().to_string(), format!("cannot be read: {error}"))
    })?;
    parse(&text, path)
}

pub(super) fn parse(text: &str, path: &Path) -> Result<File, SettingsError> {
    toml::from_str(text).map_err(|error| {
        let line =
            error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        SettingsError::new(format!("{} line {line}", path.display()), error.message().to_owned())
    })
}

impl File {
    /// Puts what the file says over the defaults.
    pub(super) fn apply(self, settings: &mut Settings, path: &Path) -> Result<(), SettingsError> {
        let place = |name: &str| format!("{}: {name}", path.display());
        settings.currency = self.currency.unwrap_or(settings.currency);
        settings.durability = self.durability.unwrap_or(settings.durability);
        if let Some(bytes) = self.min_free_bytes {
            settings.min_free_bytes = in_range(&place("min_free_bytes"), bytes, 0, 1 << 50)?;
        }
        settings.ingest_listen = self.ingest.listen.unwrap_or(settings.ingest_listen);
        settings.page_listen = self.page.listen.unwrap_or(settings.page_listen);
        settings.api_keys = self.ingest.keys;
        if let Some(bytes) = self.ingest.max_body_bytes {
            let bytes = in_range(&place("ingest.max_body_bytes"), bytes, 1_024, 1 << 30)?;
            settings.max_body_bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        }
        if let Some(records) = self.ingest.max_waiting {
            settings.max_waiting = in_range(&place("ingest.max_waiting"), records, 1_000, 100_000_000)?;
        }
        if let Some(seconds) = self.ingest.max_waiting_seconds {
            settings.max_waiting_seconds =
                in_range(&place("ingest.max_waiting_seconds"), seconds, 1, 86_400)?;
        }
        if let Some(shards) = self.streams.shards {
            settings.shards = in_range(&place("streams.shards"), shards, 1, 256)? as u32;
        }
        if let Some(size) = self.streams.batch_size {
            settings.batch_size = in_range(&place("streams.batch_size"), size, 1, 10_000)? as usize;
        }
        if let Some(retries) = self.streams.retries {
            settings.retries = Some(in_range(&place("streams.retries"), retries, 0, 10_000)? as u32);
        }
        if let Some(days) = self.streams.retention_days {
            let days = in_range(&place("streams.retention_days"), days, 1, 3_650)?;
            settings.retention.max_age = DAY.saturating_mul(days as u32);
        }
        if let Some(bytes) = self.streams.retention_bytes {
            let bytes = in_range(&place("streams.retention_bytes"), bytes, LEAST_BYTES, 1 << 50)?;
            settings.retention.max_bytes = bytes;
        }
        if let Some(interval) = self.lake.commit_interval_ms {
            settings.commit_interval_ms =
                in_range(&place("lake.commit_interval_ms"), interval, 500, 3_600_000)?;
        }
        self.lake.jobs.apply(&mut settings.jobs, place)?;
        let backing = &mut settings.backing;
        backing.streams = self.streams.kind.unwrap_or(backing.streams);
        backing.write_form = self.store.write_form.or(backing.write_form);
        backing.store = self.store.kind.unwrap_or(backing.store);
        backing.prefix = self.streams.prefix.or(backing.prefix.take());
        backing.names = self.streams.names;
        backing.lake = self.lake.url.or(backing.lake.take());
        (backing.aws, backing.kafka) = (self.aws, self.kafka);
        settings.model = self.model.champion.or(settings.model.take());
        settings.policy = self.model.policy.or(settings.policy.take());
        Ok(())
    }
}
