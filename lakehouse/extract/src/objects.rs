//! A date from a prefix of an object store.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt};
use object_store::path::Path as ObjectPath;
use object_store::{Error, GetOptions, ObjectMeta, ObjectStore, ObjectStoreExt};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::document::Limits;
use crate::fetched::{Fetched, Progress};
use crate::objects_source::Named;
use crate::staging::{Staging, create};
use crate::{ExtractError, retry};

/// Which objects are there whole, beside them.
const NOTE: &str = "object.json";

/// Copies a date's objects into the home.
pub(crate) struct Objects<'a> {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) named: Named,
    pub(crate) place: String,
    pub(crate) may_be_empty: bool,
    pub(crate) limits: Limits,
    pub(crate) staging: &'a Staging,
    pub(crate) retries: u64,
    pub(crate) resumed: u64,
    /// The object that is read.
    pub(crate) at: String,
}

/// An object as it was when it was copied.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Copied {
    path: String,
    size: u64,
    e_tag: Option<String>,
    modified: i64,
}

impl Copied {
    fn of(object: &ObjectMeta) -> Self {
        Self {
            path: object.location.to_string(),
            size: object.size,
            e_tag: object.e_tag.clone(),
            modified: object.last_modified.timestamp_micros(),
        }
    }
}

impl Objects<'_> {
    /// The date's objects in order of their names, empty ones left out.
    pub(crate) async fn list(&self) -> Result<Vec<ObjectMeta>, ExtractError> {
        if let Some(marker) = &self.named.marker
            && let Err(error) = self.store.head(marker).await
        {
            return Err(match error {
                Error::NotFound { .. } => ExtractError::NotThere {
                    problem: format!(
                        "`{marker}` is not there yet, so the date is not whole; run again later"
                    ),
                },
                other => self.failed(other),
            });
        }
        let listed: Vec<ObjectMeta> = self
            .store
            .list(Some(&self.named.folder))
            .try_collect()
            .await
            .or_else(
                |error| if matches!(error, Error::NotFound { .. }) { Ok(Vec::new()) } else { Err(error) },
            )
            .map_err(|error| self.failed(error))?;
        let mut objects: Vec<_> = listed
            .into_iter()
            .filter(|object| object.size > 0 && self.named.fits(&object.location))
            .collect();
        objects.sort_by(|one, other| one.location.cmp(&other.location));
        if objects.is_empty() && !self.may_be_empty {
            let problem = format!(
                "nothing is at `{}`; check `source.url`, or set `source.may_be_empty = true`",
                self.place
            );
            return Err(ExtractError::NotThere { problem });
        }
        Ok(objects)
    }

    /// Copies what is not there yet.
    pub(crate) async fn all(
        &mut self,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Fetched, ExtractError> {
        let deadline = Instant::now() + Duration::from_secs(self.limits.deadline_seconds);
        let objects = self.list().await?;
        let bytes: u64 = objects.iter().map(|object| object.size).sum();
        if bytes > self.limits.date_bytes_max {
            return Err(ExtractError::TooLarge {
                limit: "date_bytes_max",
                bytes_max: self.limits.date_bytes_max,
            });
        }
        let mut fetched = Fetched { pages: objects.len() as u64, bytes, ..Fetched::default() };
        let (mut done, total) = (0, Some(fetched.pages));
        for object in &objects {
            self.at = object.location.to_string();
            let late =
                || ExtractError::Deadline { host: self.place.clone(), seconds: self.limits.deadline_seconds };
            let (late, copied) = (late(), tokio::time::timeout_at(deadline, self.copied(object)).await);
            fetched.files.push(copied.map_err(|_| late)??);
            done += 1;
            progress(Progress {
                done,
                total,
                bytes: objects.iter().take(done as usize).map(|object| object.size).sum(),
            });
        }
        (fetched.retries, fetched.resumed_pages) = (self.retries, self.resumed);
        Ok(fetched)
    }

    /// An object in a folder of its own, since names in different folders may be the same.
    async fn copied(&mut self, object: &ObjectMeta) -> Result<PathBuf, ExtractError> {
        let note = Copied::of(object);
        let name = blake3::hash(note.path.as_bytes()).to_hex();
        let folder = self.staging.folder().join(&name.as_str()[..16]);
        let file = folder.join(object.location.filename().unwrap_or("object"));
        let known = fs::read(folder.join(NOTE)).ok();
        if known
            .and_then(|known| serde_json::from_slice::<Copied>(&known).ok())
            .is_some_and(|known| known == note)
            && fs::metadata(&file).is_ok_and(|file| file.len() == note.size)
        {
            self.resumed += 1;
            return Ok(file);
        }
        fs::create_dir_all(&folder).map_err(ExtractError::staging(&folder))?;
        let mut tried = 0;
        loop {
            tried += 1;
            match self.copy(object, &file).await {
                Ok(()) => break,
                Err(Failed::Passing(_)) if tried < self.limits.attempts => {
                    self.retries += 1;
                    tokio::time::sleep(retry::wait(Duration::from_millis(self.limits.first_wait_ms), tried))
                        .await;
                }
                Err(Failed::Passing(error) | Failed::Final(error)) => return Err(error),
            }
        }
        let text = serde_json::to_vec(&note).unwrap_or_default();
        let written = create(&folder.join(NOTE)).and_then(|mut file| file.write_all(&text));
        written.map_err(ExtractError::staging(&folder))?;
        Ok(file)
    }

    async fn copy(&self, object: &ObjectMeta, file: &std::path::Path) -> Result<(), Failed> {
        let passing = |error: Error| Failed::Passing(self.failed(error));
        // What is read is what was listed, and not what somebody puts in its place meanwhile.
        let options = GetOptions { if_match: object.e_tag.clone(), ..GetOptions::default() };
        let got = match self.store.get_opts(&object.location, options).await {
            Ok(got) => got,
            Err(Error::Precondition { .. } | Error::NotFound { .. }) => {
                return Err(Failed::Final(changed(&object.location)));
            }
            Err(error @ (Error::PermissionDenied { .. } | Error::Unauthenticated { .. })) => {
                return Err(Failed::Final(self.failed(error)));
            }
            Err(error) => return Err(passing(error)),
        };
        let unwritable = |error| Failed::Final(ExtractError::staging(file)(error));
        let mut output = create(file).map_err(unwritable)?;
        let (mut bytes, mut size) = (got.into_stream(), 0);
        while let Some(chunk) = bytes.next().await {
            let chunk = chunk.map_err(passing)?;
            size += chunk.len() as u64;
            output.write_all(&chunk).map_err(unwritable)?;
        }
        output.sync_all().map_err(unwritable)?;
        if size == object.size { Ok(()) } else { Err(Failed::Passing(changed(&object.location))) }
    }

    fn failed(&self, source: Error) -> ExtractError {
        ExtractError::Objects { url: self.place.clone(), source }
    }
}

/// A copy that did not come to its end.
enum Failed {
    Passing(ExtractError),
    Final(ExtractError),
}

fn changed(path: &ObjectPath) -> ExtractError {
    ExtractError::NotThere { problem: format!("`{path}` was changed while it was read; run again") }
}
