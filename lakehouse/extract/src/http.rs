//! A date from a source that speaks HTTP.

use std::collections::HashSet;

use chrono::NaiveDate;
use url::Url;

use crate::client::{Client, host, origin};
use crate::document::{Format, Limits};
use crate::fetched::{Fetched, Progress};
use crate::http_source::{HttpSource, Paging, set};
use crate::page::{self, Page};
use crate::staging::{Staged, Staging, staged};
use crate::{ExtractError, Kind, rows};

/// Fetches a date's pages, one after the other.
pub(crate) struct Pages<'a> {
    pub(crate) source: &'a HttpSource,
    pub(crate) limits: Limits,
    pub(crate) client: Client,
    pub(crate) staging: Staging,
    pub(crate) date: NaiveDate,
    /// The page that is asked for, from 1.
    pub(crate) number: u64,
    pub(crate) resumed: u64,
}

impl Pages<'_> {
    /// Fetches what is missing and makes one file of all pages.
    pub(crate) async fn all(
        &mut self,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Fetched, ExtractError> {
        if let Some(file) = self.staging.complete() {
            return Ok(Fetched { files: vec![file], is_staged: true, ..Fetched::default() });
        }
        let mut seen = HashSet::new();
        let mut next = self.resume().await?;
        while let Some(url) = next {
            self.check_next(&url, &mut seen)?;
            let page = self.client.page(&url, |answer| page::read(self.source, answer)).await?;
            next = self.next(&url, &page)?;
            self.take(&url, &page)?;
            progress(Progress { done: self.number, total: None, bytes: self.staging.bytes() });
            self.number += 1;
        }
        self.finish()
    }

    /// The URL to go on with. The last page that is there is asked for again: if it has changed, pages have moved, and
    /// the date is begun anew.
    async fn resume(&mut self) -> Result<Option<Url>, ExtractError> {
        let first = self.source.first(self.date);
        let first = first.map_err(|error| self.answer(&error.to_string()))?;
        let Some(last) = self.staging.pages.last().cloned() else { return Ok(Some(first)) };
        self.number = self.staging.pages.len() as u64;
        if let Some((url, page)) = self.again(&first, &last).await? {
            self.resumed = self.number;
            let next = self.next(&url, &page)?;
            self.number += 1;
            return Ok(next);
        }
        self.staging.clear()?;
        self.number = 1;
        Ok(Some(first))
    }

    /// The page of an earlier run, if it still is what it was.
    async fn again(&mut self, first: &Url, last: &Staged) -> Result<Option<(Url, Page)>, ExtractError> {
        let Some(url) = Url::parse(&last.url).ok().filter(|url| url.origin() == first.origin()) else {
            return Ok(None);
        };
        match self.client.page(&url, |answer| page::read(self.source, answer)).await {
            Ok(page) if staged(&last.url, &page).hash == last.hash => Ok(Some((url, page))),
            Ok(_) => Ok(None),
            // A link may be good for a while only.
            Err(error) if error.kind() == Kind::Poison => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn check_next(&self, url: &Url, seen: &mut HashSet<String>) -> Result<(), ExtractError> {
        if self.number > self.limits.pages_max {
            let limit = self.limits.pages_max;
            return Err(
                self.answer(&format!("more than {limit} pages; raise `limits.pages_max` if that is right"))
            );
        }
        if !seen.insert(url.to_string()) {
            return Err(self.answer("with a next page that was fetched before; check `source.pages`"));
        }
        Ok(())
    }

    fn take(&mut self, url: &Url, page: &Page) -> Result<(), ExtractError> {
        if page.count == 0 && !(self.number == 1 && page.header.is_some()) {
            return Ok(());
        }
        let new = staged(url.as_str(), page);
        if let Some(last) = self.staging.pages.last() {
            if last.hash == new.hash && page.count > 0 {
                return Err(
                    self.answer("the page before once more; check that `source.pages` turns its pages")
                );
            }
            let first = self.staging.pages.first().and_then(|first| first.header_hash.as_ref());
            if first != new.header_hash.as_ref() {
                return Err(self.answer(
                    "rows under another header than that of the first page; expected the same on every page, or \
                     `source.header_row = false`",
                ));
            }
        }
        let bytes = self.staging.bytes() + (page.lines.len() as u64);
        if bytes > self.limits.date_bytes_max {
            return Err(ExtractError::TooLarge {
                limit: "date_bytes_max",
                bytes_max: self.limits.date_bytes_max,
            });
        }
        self.staging.take(url.as_str(), page)
    }

    fn next(&self, url: &Url, page: &Page) -> Result<Option<Url>, ExtractError> {
        match &self.source.paging {
            Paging::One => Ok(None),
            Paging::Counted { .. } if page.count == 0 => Ok(None),
            Paging::Counted { parameter, first, step } => {
                let mut next = url.clone();
                set(&mut next, parameter, &(first + self.number * step).to_string());
                Ok(Some(next))
            }
            Paging::Cursor { parameter, .. } => Ok(page.next.as_ref().map(|cursor| {
                let mut next = url.clone();
                set(&mut next, parameter, cursor);
                next
            })),
            Paging::Next { .. } | Paging::Link => {
                let Some(next) = &page.next else { return Ok(None) };
                let next = url.join(next).map_err(|_| self.answer("a next page that is no URL"))?;
                match next.origin() == url.origin() {
                    true => Ok(Some(next)),
                    false => Err(ExtractError::Elsewhere { host: host(url), other: origin(&next) }),
                }
            }
        }
    }

    fn finish(&mut self) -> Result<Fetched, ExtractError> {
        let (pages, count, bytes) =
            (self.staging.pages.len() as u64, self.staging.count(), self.staging.bytes());
        let mut fetched = Fetched {
            pages,
            records: Some(count),
            bytes,
            retries: self.client.retries,
            resumed_pages: self.resumed,
            ..Fetched::default()
        };
        if count == 0 {
            self.staging.clear()?;
            return Ok(fetched);
        }
        let lines = self.staging.lines();
        let file = match self.source.format {
            Format::Json if self.source.is_mapped => {
                let made = self.staging.folder().join("rows.part");
                rows::write(&lines, &made).map_err(ExtractError::staging(&made))?;
                self.staging.finish(&made, "csv")?
            }
            Format::Json | Format::Ndjson => self.staging.finish(&lines, "ndjson")?,
            Format::Csv => self.staging.finish(&lines, "csv")?,
        };
        fetched.files.push(file);
        Ok(fetched)
    }

    fn answer(&self, problem: &str) -> ExtractError {
        let host = self.source.first(self.date).map(|url| host(&url)).unwrap_or_default();
        ExtractError::Answer { host, problem: problem.to_owned() }
    }
}
