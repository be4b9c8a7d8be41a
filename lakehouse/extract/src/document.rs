//! The description as it stands in its file.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    pub(crate) source: Source,
    #[serde(default)]
    pub(crate) import: Import,
    #[serde(default)]
    pub(crate) limits: Limits,
}

/// Where the data is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    pub(crate) kind: Kind,
    pub(crate) name: Option<String>,
    pub(crate) url: String,
    pub(crate) format: Option<Format>,
    pub(crate) records: Option<String>,
    #[serde(default)]
    pub(crate) query: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Header>,
    pub(crate) pages: Option<Pages>,
    pub(crate) header_row: Option<bool>,
    #[serde(default)]
    pub(crate) plain_http: bool,
    pub(crate) ending: Option<String>,
    pub(crate) marker: Option<String>,
    #[serde(default)]
    pub(crate) may_be_empty: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Http,
    Objects,
}

/// Form of an answer's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// One document, with an array of records somewhere in it.
    Json,
    /// A record a line.
    Ndjson,
    /// Rows under a header.
    Csv,
}

/// A header, whose value is never in the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header {
    /// Variable of the environment.
    pub(crate) environment: String,
    /// What stands before its value, as `Bearer `.
    #[serde(default)]
    pub(crate) prefix: String,
}

/// How one page leads to the next.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pages {
    pub(crate) parameter: Option<String>,
    pub(crate) first: Option<u64>,
    pub(crate) step: Option<u64>,
    pub(crate) next: Option<String>,
    pub(crate) cursor: Option<String>,
    #[serde(default)]
    pub(crate) link_header: bool,
}

/// What `weir import` is told.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Import {
    pub(crate) mapping: Option<String>,
    pub(crate) currency: Option<String>,
    pub(crate) label_delay_days: Option<u32>,
}

/// Bounds.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    pub(crate) attempts: u32,
    pub(crate) first_wait_ms: u64,
    pub(crate) timeout_seconds: u64,
    pub(crate) deadline_seconds: u64,
    pub(crate) page_bytes_max: u64,
    pub(crate) date_bytes_max: u64,
    pub(crate) pages_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            attempts: 6,
            first_wait_ms: 500,
            timeout_seconds: 60,
            deadline_seconds: 3_600,
            page_bytes_max: 64 << 20,
            date_bytes_max: 4 << 30,
            pages_max: 10_000,
        }
    }
}
