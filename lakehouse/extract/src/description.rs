//! What is fetched from where, checked.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use url::Url;

use crate::document::{Document, Limits, Source};
use crate::http_source::{self, HttpSource};
use crate::objects_source::{self, ObjectsSource};
use crate::{ExtractError, template};

/// What is fetched from where, and how it is imported.
#[derive(Clone, Debug)]
pub struct Description {
    name: String,
    fingerprint: String,
    pub(crate) origin: Origin,
    pub(crate) limits: Limits,
    mapping: Option<PathBuf>,
    currency: Option<String>,
    label_delay_days: Option<u32>,
}

#[derive(Clone, Debug)]
pub(crate) enum Origin {
    Http(Box<HttpSource>),
    Objects(ObjectsSource),
}

/// Any day, to try a template with.
const SOME_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2026, 1, 31) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

impl Description {
    /// Reads a description from a TOML file.
    ///
    /// # Errors
    /// `Description` names the key, and what is expected there.
    pub fn open(path: &Path) -> Result<Self, ExtractError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| wrong(path, format!("cannot be read ({error}); check that it exists")))?;
        Self::parse(path, &text)
    }

    /// Reads a description from text; paths in it are relative to the folder of `path`.
    ///
    /// # Errors
    /// As [`Description::open`].
    pub fn parse(path: &Path, text: &str) -> Result<Self, ExtractError> {
        let document: Document =
            toml::from_str(text).map_err(|error| wrong(path, error.to_string().trim_end().to_owned()))?;
        let Document { source, import, limits } = document;
        check_limits(&limits).map_err(|problem| wrong(path, problem))?;
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        let name = name(path, &source).map_err(|problem| wrong(path, problem))?;
        let mapping = import.mapping.map(|mapping| folder.join(mapping));
        let origin = match source.kind {
            crate::document::Kind::Http => {
                http_source::checked(source, mapping.is_some()).map(|http| Origin::Http(Box::new(http)))
            }
            crate::document::Kind::Objects => objects_source::checked(source, folder).map(Origin::Objects),
        };
        // What was staged under another description is not gone on from.
        let fingerprint = blake3::hash(text.as_bytes()).to_hex().as_str()[..8].to_owned();
        Ok(Self {
            name,
            fingerprint,
            origin: origin.map_err(|problem| wrong(path, problem))?,
            limits,
            mapping,
            currency: import.currency,
            label_delay_days: import.label_delay_days,
        })
    }

    /// The source's name, that of the file unless it says another.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The mapping that explains its columns.
    pub fn mapping(&self) -> Option<&Path> {
        self.mapping.as_deref()
    }

    /// Currency of rows that name none.
    pub fn currency(&self) -> Option<&str> {
        self.currency.as_deref()
    }

    /// When labels become known, unless the mapping says when.
    pub const fn label_delay_days(&self) -> Option<u32> {
        self.label_delay_days
    }

    /// Root of the object store that `Fetch::objects` needs, as `s3://bucket/` or `file:///`; `None` if the
    /// source speaks HTTP.
    pub fn store_root(&self) -> Option<&Url> {
        match &self.origin {
            Origin::Http(_) => None,
            Origin::Objects(objects) => Some(&objects.root),
        }
    }

    pub(crate) fn staging_name(&self) -> String {
        format!("{}-{}", self.name, self.fingerprint)
    }
}

fn wrong(path: &Path, problem: String) -> ExtractError {
    ExtractError::Description { file: path.to_owned(), problem }
}

fn name(path: &Path, source: &Source) -> Result<String, String> {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let name = source.name.clone().unwrap_or(stem);
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    match !name.is_empty() && name.len() <= 64 && name.chars().all(is_plain) {
        true => Ok(name),
        false => Err(format!("source.name: found `{name}`, expected up to 64 letters, digits, `-` and `_`")),
    }
}

fn check_limits(limits: &Limits) -> Result<(), String> {
    let all = [
        ("attempts", limits.attempts.into(), 1, 100),
        ("first_wait_ms", limits.first_wait_ms, 1, 60_000),
        ("timeout_seconds", limits.timeout_seconds, 1, 86_400),
        ("deadline_seconds", limits.deadline_seconds, 1, 86_400),
        ("page_bytes_max", limits.page_bytes_max, 1, 1 << 30),
        ("date_bytes_max", limits.date_bytes_max, 1, 1 << 50),
        ("pages_max", limits.pages_max, 1, 1_000_000),
    ];
    match all.into_iter().find(|(_, value, low, high)| !(*low..=*high).contains(value)) {
        None => Ok(()),
        Some((name, value, low, high)) => {
            Err(format!("limits.{name}: found `{value}`, expected {low} to {high}"))
        }
    }
}

/// A template that is a URL once a date is in it.
pub(crate) fn check_url(template: &str) -> Result<Url, String> {
    check_braces("source.url", template)?;
    let url = Url::parse(&template::filled(template, SOME_DAY))
        .map_err(|error| format!("source.url: `{template}` is no URL ({error})"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("source.url: expected no user or password in it; put them into `[source.headers]`, \
                    whose values come from the environment"
            .to_owned());
    }
    Ok(url)
}

pub(crate) fn check_braces(key: &str, text: &str) -> Result<(), String> {
    match template::unknown(text) {
        None => Ok(()),
        Some(name) => Err(format!("{key}: found `{{{name}}}`, expected {}", template::NAMES)),
    }
}
