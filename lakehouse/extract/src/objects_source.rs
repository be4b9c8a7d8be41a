//! A source that is a prefix of an object store, checked.

use std::path::Path;

use chrono::NaiveDate;
use object_store::path::Path as ObjectPath;
use url::Url;

use crate::description::{check_braces, check_url};
use crate::document::Source;
use crate::template;

/// Objects whose names begin alike.
#[derive(Clone, Debug)]
pub(crate) struct ObjectsSource {
    /// The bucket, or the root of the disk.
    pub(crate) root: Url,
    /// What their paths begin with; a date goes in.
    prefix: String,
    ending: String,
    marker: Option<String>,
    pub(crate) may_be_empty: bool,
}

/// What a date's objects are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// Folder that is listed.
    pub(crate) folder: ObjectPath,
    /// What their whole paths begin with.
    begin: String,
    ending: String,
    /// The object that is there once all are.
    pub(crate) marker: Option<ObjectPath>,
}

impl Named {
    pub(crate) fn fits(&self, path: &ObjectPath) -> bool {
        let text: &str = path.as_ref();
        text.starts_with(&self.begin) && text.ends_with(&self.ending) && Some(path) != self.marker.as_ref()
    }
}

impl ObjectsSource {
    pub(crate) fn named(&self, date: NaiveDate) -> Named {
        let begin = template::filled(&self.prefix, date);
        let folder = begin.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let marker = self
            .marker
            .as_ref()
            .map(|marker| ObjectPath::from(format!("{folder}/{}", template::filled(marker, date))));
        Named { folder: ObjectPath::from(folder), begin, ending: self.ending.clone(), marker }
    }

    /// Where a date's objects are, in words.
    pub(crate) fn place(&self, date: NaiveDate) -> String {
        format!("{}{}", self.root, template::filled(&self.prefix, date))
    }
}

/// Refuses what cannot be meant.
pub(crate) fn checked(source: Source, folder: &Path) -> Result<ObjectsSource, String> {
    only_http(&source)?;
    check_braces("source.url", &source.url)?;
    if !template::has_date(&source.url) {
        return Err(format!(
            "source.url: nothing in it says which date; expected one of {}",
            template::NAMES
        ));
    }
    if let Some(marker) = &source.marker {
        check_braces("source.marker", marker)?;
    }
    let whole = match source.url.contains("://") {
        true => source.url.clone(),
        false => {
            let path = std::path::absolute(folder.join(&source.url))
                .map_err(|error| format!("source.url: {error}"))?;
            let slash = if source.url.ends_with('/') { "/" } else { "" };
            format!("file://{}{slash}", path.display().to_string().trim_end_matches('/'))
        }
    };
    let (scheme, rest) = whole.split_once("://").unwrap_or_default();
    let (root, prefix) = match scheme {
        "file" => ("file:///".to_owned(), rest.trim_start_matches('/')),
        "s3" => {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            (format!("s3://{bucket}/"), prefix)
        }
        other => {
            return Err(format!("source.url: found `{other}://`, expected `s3://`, `file://` or a path"));
        }
    };
    let root = check_url(&root)?;
    if scheme == "s3" && root.host_str().is_none_or(str::is_empty) {
        return Err("source.url: expected `s3://BUCKET/PREFIX`".to_owned());
    }
    Ok(ObjectsSource {
        root,
        prefix: prefix.to_owned(),
        ending: source.ending.unwrap_or_default(),
        marker: source.marker,
        may_be_empty: source.may_be_empty,
    })
}

fn only_http(source: &Source) -> Result<(), String> {
    let keys = [
        ("format", source.format.is_some()),
        ("records", source.records.is_some()),
        ("query", !source.query.is_empty()),
        ("headers", !source.headers.is_empty()),
        ("pages", source.pages.is_some()),
        ("header_row", source.header_row.is_some()),
        ("plain_http", source.plain_http),
    ];
    match keys.iter().find(|(_, is_set)| *is_set) {
        Some((key, _)) => Err(format!("source.{key}: expected only with `source.kind = \"http\"`")),
        None => Ok(()),
    }
}
