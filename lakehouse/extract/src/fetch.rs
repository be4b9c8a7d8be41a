//! One date, wherever it comes from.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use object_store::ObjectStore;

use crate::client::Client;
use crate::description::Origin;
use crate::fetched::{Fetched, Planned, Progress};
use crate::http::Pages;
use crate::objects::Objects;
use crate::objects_source::ObjectsSource;
use crate::staging::Staging;
use crate::{DateError, Description, ExtractError};

/// Fetches dates of one source into a folder.
#[derive(Clone, Copy)]
pub struct Fetch<'a> {
    /// What is fetched from where.
    pub description: &'a Description,
    /// Where files wait until they are imported.
    pub staging: &'a Path,
    /// The store whose root [`Description::store_root`] names, for sources that are objects.
    pub objects: Option<&'a Arc<dyn ObjectStore>>,
    /// Variables of the environment.
    pub environment: &'a (dyn Fn(&str) -> Option<String> + Sync),
}

impl std::fmt::Debug for Fetch<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Fetch({})", self.description.name())
    }
}

impl Fetch<'_> {
    /// Fetches a date; what an earlier run fetched is gone on from.
    ///
    /// # Errors
    /// Names the date and the page or object; what is staged stays for the next run.
    pub async fn date(
        &self,
        date: NaiveDate,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Fetched, DateError> {
        let whole = |cause| DateError { date, place: "not fetched".to_owned(), cause };
        let staging = self.staged(date).map_err(whole)?;
        match &self.description.origin {
            Origin::Http(source) => {
                let limits = self.description.limits;
                let client = Client::new(source, limits, &self.environment).map_err(whole)?;
                let mut pages = Pages { source, limits, client, staging, date, number: 1, resumed: 0 };
                let fetched = Box::pin(pages.all(progress)).await;
                fetched.map_err(|cause| DateError {
                    date,
                    place: format!("page {} failed", pages.number),
                    cause,
                })
            }
            Origin::Objects(source) => {
                let mut objects = self.objects(source, &staging, date).map_err(whole)?;
                let fetched = Box::pin(objects.all(progress)).await;
                fetched.map_err(|cause| match objects.at.as_str() {
                    "" => whole(cause),
                    at => DateError { date, place: format!("`{at}` failed"), cause },
                })
            }
        }
    }

    /// What [`Fetch::date`] would ask for. Objects are listed; nobody is asked for a page.
    ///
    /// # Errors
    /// If objects cannot be listed.
    pub async fn plan(&self, date: NaiveDate) -> Result<Planned, DateError> {
        let whole = |cause| DateError { date, place: "not planned".to_owned(), cause };
        let mut planned = Planned { requests: Vec::new(), notes: Vec::new(), staged_pages: 0 };
        match &self.description.origin {
            Origin::Http(source) => {
                let url = source.first(date).map(String::from);
                planned.requests.extend(url);
                planned.notes.push(source.paging_words());
                for (name, header) in &source.headers {
                    let is_set = (self.environment)(&header.environment).is_some();
                    let state = if is_set { "is set" } else { "is NOT set" };
                    planned
                        .notes
                        .push(format!("header `{name}` from `{}`, which {state}", header.environment));
                }
                let folder = self.staging.join(self.description.staging_name()).join(date.to_string());
                if folder.is_dir() {
                    planned.staged_pages = self.staged(date).map_err(whole)?.pages.len() as u64;
                }
            }
            Origin::Objects(source) => {
                let staging = self.staged(date).map_err(whole)?;
                let listed = self.objects(source, &staging, date).map_err(whole)?.list().await;
                self.forget_empty(date);
                let root = source.root.as_str();
                let listed = listed.map_err(whole)?.into_iter();
                planned.requests.extend(
                    listed.map(|object| format!("{root}{} ({} bytes)", object.location, object.size)),
                );
            }
        }
        Ok(planned)
    }

    /// Removes what is staged of a date, once it is imported.
    ///
    /// # Errors
    /// If the home cannot be written to.
    pub fn forget(&self, date: NaiveDate) -> Result<(), ExtractError> {
        Staging::remove(self.staging, &self.description.staging_name(), date)
    }

    /// Puts what is staged of a date aside, so that it can be looked at and is not taken up again; answers where.
    ///
    /// # Errors
    /// If the home cannot be written to.
    pub fn keep(&self, date: NaiveDate) -> Result<PathBuf, ExtractError> {
        Staging::keep(self.staging, &self.description.staging_name(), date)
    }

    fn staged(&self, date: NaiveDate) -> Result<Staging, ExtractError> {
        let name = self.description.staging_name();
        Staging::open(self.staging, &name, self.description.name(), date)
    }

    fn forget_empty(&self, date: NaiveDate) {
        let source = self.staging.join(self.description.staging_name());
        // Fails if something is in it, as it should.
        let _is_empty = std::fs::remove_dir(source.join(date.to_string()));
        let _is_empty = std::fs::remove_dir(source);
    }

    fn objects<'s>(
        &self,
        source: &ObjectsSource,
        staging: &'s Staging,
        date: NaiveDate,
    ) -> Result<Objects<'s>, ExtractError> {
        let store = self.objects.ok_or_else(|| ExtractError::NotThere {
            problem: format!("there is no object store for `{}`", source.root),
        })?;
        Ok(Objects {
            store: Arc::clone(store),
            named: source.named(date),
            place: source.place(date),
            may_be_empty: source.may_be_empty,
            limits: self.description.limits,
            staging,
            retries: 0,
            resumed: 0,
            at: String::new(),
        })
    }
}
