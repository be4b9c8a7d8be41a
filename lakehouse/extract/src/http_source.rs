//! A source that speaks HTTP, checked.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use url::Url;

use crate::description::{check_braces, check_url};
use crate::document::{Format, Header, Pages, Source};
use crate::template;

/// A source that speaks HTTP.
#[derive(Clone, Debug)]
pub(crate) struct HttpSource {
    url: String,
    query: BTreeMap<String, String>,
    pub(crate) headers: BTreeMap<String, Header>,
    pub(crate) format: Format,
    pub(crate) has_header_row: bool,
    /// Where the array of records stands in a JSON document.
    pub(crate) records: String,
    pub(crate) paging: Paging,
    pub(crate) is_mapped: bool,
}

/// How one page leads to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Paging {
    /// There is one page.
    One,
    /// A parameter counts pages or rows, until a page is empty.
    Counted { parameter: String, first: u64, step: u64 },
    /// The document names the URL of the next.
    Next { pointer: String },
    /// The document names a word that asks for the next.
    Cursor { pointer: String, parameter: String },
    /// The header `Link` names the URL of the next.
    Link,
}

impl HttpSource {
    /// The URL of a date's first page.
    pub(crate) fn first(&self, date: NaiveDate) -> Result<Url, url::ParseError> {
        let mut url = Url::parse(&template::filled(&self.url, date))?;
        for (name, value) in &self.query {
            url.query_pairs_mut().append_pair(name, &template::filled(value, date));
        }
        if let Paging::Counted { parameter, first, .. } = &self.paging {
            set(&mut url, parameter, &first.to_string());
        }
        Ok(url)
    }

    /// Variables of the environment that its headers are made of.
    pub(crate) fn variables(&self) -> Vec<String> {
        self.headers.values().map(|header| header.environment.clone()).collect()
    }

    /// How pages follow each other, in words.
    pub(crate) fn paging_words(&self) -> String {
        match &self.paging {
            Paging::One => "one page".to_owned(),
            Paging::Counted { parameter, step, .. } => {
                format!("`{parameter}` grows by {step} until a page is empty")
            }
            Paging::Next { pointer } => format!("the next page's URL is at `{pointer}`"),
            Paging::Cursor { pointer, parameter } => {
                format!("`{parameter}` is what stands at `{pointer}`, until nothing does")
            }
            Paging::Link => "the next page's URL is in the header `Link`".to_owned(),
        }
    }
}

/// Sets a parameter of a URL's query, in place of one of that name.
pub(crate) fn set(url: &mut Url, parameter: &str, value: &str) {
    let others: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| name != parameter)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.query_pairs_mut().clear().extend_pairs(others).append_pair(parameter, value);
}

/// Refuses what cannot be meant.
pub(crate) fn checked(source: Source, is_mapped: bool) -> Result<HttpSource, String> {
    let url = check_url(&source.url)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("source.url: found `{}://`, expected `http://` or `https://`", url.scheme()));
    }
    only_objects(&source)?;
    for (name, value) in &source.query {
        check_braces(&format!("source.query.{name}"), value)?;
    }
    if !template::has_date(&source.url) && !source.query.values().any(|value| template::has_date(value)) {
        return Err(format!(
            "source.url: nothing in it or in `source.query` says which date; expected one of {}",
            template::NAMES
        ));
    }
    if url.scheme() == "http" && !source.headers.is_empty() && !source.plain_http && !is_here(&url) {
        return Err("source.url: `http://` would send `[source.headers]` readable; expected `https://`, or \
                    `source.plain_http = true`"
            .to_owned());
    }
    let format = source.format.ok_or("source.format: expected `json`, `ndjson` or `csv`")?;
    let paging = paging(source.pages, format)?;
    let records = source.records.unwrap_or_default();
    pointer("source.records", &records)?;
    if format != Format::Json && !records.is_empty() {
        return Err("source.records: expected only with `source.format = \"json\"`".to_owned());
    }
    if format == Format::Ndjson && is_mapped {
        return Err(
            "import.mapping: expected only with `csv`, or with `json`, whose records become rows of CSV"
                .to_owned(),
        );
    }
    Ok(HttpSource {
        url: source.url,
        query: source.query,
        headers: source.headers,
        format,
        has_header_row: source.header_row.unwrap_or(true),
        records,
        paging,
        is_mapped,
    })
}

fn only_objects(source: &Source) -> Result<(), String> {
    let keys = [
        ("ending", source.ending.is_some()),
        ("marker", source.marker.is_some()),
        ("may_be_empty", source.may_be_empty),
    ];
    match keys.iter().find(|(_, is_set)| *is_set) {
        Some((key, _)) => Err(format!("source.{key}: expected only with `source.kind = \"objects\"`")),
        None => Ok(()),
    }
}

fn paging(pages: Option<Pages>, format: Format) -> Result<Paging, String> {
    let Some(pages) = pages else { return Ok(Paging::One) };
    let Pages { parameter, first, step, next, cursor, link_header } = pages;
    let is_counted = first.is_some() || step.is_some();
    let paging = match (parameter, next, cursor, link_header) {
        (Some(parameter), None, None, false) => {
            let step = step.unwrap_or(1);
            if step == 0 {
                return Err("source.pages.step: found `0`, expected at least 1".to_owned());
            }
            return Ok(Paging::Counted { parameter, first: first.unwrap_or(1), step });
        }
        (None, Some(next), None, false) => Paging::Next { pointer: next },
        (Some(parameter), None, Some(cursor), false) => Paging::Cursor { pointer: cursor, parameter },
        (None, None, None, true) => Paging::Link,
        _ => {
            return Err("source.pages: expected `parameter`, or `next`, or `cursor` with `parameter`, or \
                        `link_header = true`"
                .to_owned());
        }
    };
    if is_counted {
        return Err("source.pages: `first` and `step` go with `parameter` alone".to_owned());
    }
    if let Paging::Next { pointer: at } | Paging::Cursor { pointer: at, .. } = &paging {
        pointer("source.pages", at)?;
        if format != Format::Json {
            return Err(
                "source.pages: only JSON says what comes next; expected `parameter` or `link_header`"
                    .to_owned(),
            );
        }
    }
    Ok(paging)
}

fn pointer(key: &str, text: &str) -> Result<(), String> {
    match text.is_empty() || text.starts_with('/') {
        true => Ok(()),
        false => Err(format!("{key}: found `{text}`, expected a JSON pointer such as `/data/orders`")),
    }
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
