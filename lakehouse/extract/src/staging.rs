//! A date's pages in the home, until they are imported.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ExtractError;
use crate::page::Page;

/// Lines of all pages so far.
const LINES: &str = "pages.part";
/// What is known of each page: one line of JSON each.
const JOURNAL: &str = "pages.journal";

/// Folder of what was put aside.
const KEPT: &str = "kept";

/// The folder of one date of one source, readable by its owner alone, since nothing in it is sealed.
pub(crate) struct Staging {
    folder: PathBuf,
    name: String,
    /// Pages whose lines are on disk.
    pub(crate) pages: Vec<Staged>,
}

/// A page whose lines are on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Staged {
    pub(crate) url: String,
    /// Of header and lines.
    pub(crate) hash: String,
    pub(crate) header_hash: Option<String>,
    pub(crate) count: u64,
    /// Bytes of all pages up to here.
    pub(crate) end: u64,
}

impl Staging {
    /// The folder of a date; takes up what an earlier run left in it.
    pub(crate) fn open(root: &Path, source: &str, name: &str, date: NaiveDate) -> Result<Self, ExtractError> {
        let folder = root.join(source).join(date.to_string());
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(ExtractError::staging(&folder))?;
        let mut staging = Self { folder, name: format!("{name}-{date}"), pages: Vec::new() };
        staging.pages = staging.recorded();
        staging.cut()?;
        Ok(staging)
    }

    /// Bytes of all pages.
    pub(crate) fn bytes(&self) -> u64 {
        self.pages.last().map_or(0, |page| page.end)
    }

    /// Lines of all pages.
    pub(crate) fn count(&self) -> u64 {
        self.pages.iter().map(|page| page.count).sum()
    }

    /// The file of all pages, if an earlier run finished it.
    pub(crate) fn complete(&self) -> Option<PathBuf> {
        ["csv", "ndjson"].iter().map(|ending| self.whole(ending)).find(|path| path.is_file())
    }

    /// Where the file of all pages goes.
    pub(crate) fn whole(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", self.name))
    }

    /// Where the lines of all pages are.
    pub(crate) fn lines(&self) -> PathBuf {
        self.folder.join(LINES)
    }

    /// Folder of what is staged as it is.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes a page: its lines first, then the note that they are there.
    pub(crate) fn take(&mut self, url: &str, page: &Page) -> Result<(), ExtractError> {
        let path = self.lines();
        let header = page.header.as_deref().filter(|_| self.pages.is_empty()).unwrap_or_default();
        let end = self.bytes() + (header.len() + page.lines.len()) as u64;
        let staged = Staged { end, ..staged(url, page) };
        let failed = ExtractError::staging(&path);
        append(&path, &[header, &page.lines]).map_err(failed)?;
        let note = serde_json::to_vec(&staged).unwrap_or_default();
        let path = self.folder.join(JOURNAL);
        append(&path, &[&note, b"\n"]).map_err(ExtractError::staging(&path))?;
        self.pages.push(staged);
        Ok(())
    }

    /// Forgets all pages.
    pub(crate) fn clear(&mut self) -> Result<(), ExtractError> {
        self.pages.clear();
        remove(&self.folder.join(JOURNAL))?;
        remove(&self.lines())
    }

    /// Gives the finished file its name.
    pub(crate) fn finish(&mut self, from: &Path, ending: &str) -> Result<PathBuf, ExtractError> {
        let whole = self.whole(ending);
        let named = File::open(from).and_then(|file| file.sync_all()).and_then(|()| fs::rename(from, &whole));
        named.map_err(ExtractError::staging(&whole))?;
        self.clear()?;
        Ok(whole)
    }

    /// Removes all of it.
    pub(crate) fn remove(root: &Path, source: &str, date: NaiveDate) -> Result<(), ExtractError> {
        let folder = root.join(source).join(date.to_string());
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(ExtractError::staging(&folder)(error))
            }
            _ => {
                // The source's folder goes with its last date.
                let _is_last = fs::remove_dir(root.join(source));
                Ok(())
            }
        }
    }

    /// Puts it aside.
    pub(crate) fn keep(root: &Path, source: &str, date: NaiveDate) -> Result<PathBuf, ExtractError> {
        let folder = root.join(KEPT).join(format!("{source}-{date}"));
        let from = root.join(source).join(date.to_string());
        let failed = ExtractError::staging(&folder);
        fs::create_dir_all(root.join(KEPT))
            .and_then(|()| if folder.is_dir() { fs::remove_dir_all(&folder) } else { Ok(()) })
            .and_then(|()| fs::rename(from, &folder))
            .map_err(failed)?;
        let _is_last = fs::remove_dir(root.join(source));
        Ok(folder)
    }

    fn recorded(&self) -> Vec<Staged> {
        let text = fs::read_to_string(self.folder.join(JOURNAL)).unwrap_or_default();
        let size = fs::metadata(self.lines()).map_or(0, |lines| lines.len());
        // A note that was cut off, or whose lines are not there, ends what can be gone on from.
        let pages = text.lines().map_while(|line| serde_json::from_str::<Staged>(line).ok());
        pages.take_while(|page| page.end <= size).collect()
    }

    /// Cuts off what came behind the last whole page.
    fn cut(&mut self) -> Result<(), ExtractError> {
        if self.pages.is_empty() {
            return self.clear();
        }
        let path = self.lines();
        let cut = OpenOptions::new().write(true).open(&path).and_then(|file| file.set_len(self.bytes()));
        cut.map_err(ExtractError::staging(&path))?;
        let notes = self.pages.iter().filter_map(|page| serde_json::to_string(page).ok());
        let path = self.folder.join(JOURNAL);
        let text = notes.map(|note| note + "\n").collect::<String>();
        remove(&path)?;
        append(&path, &[text.as_bytes()]).map_err(ExtractError::staging(&path))
    }
}

/// What is noted of a page, but for where it ends.
pub(crate) fn staged(url: &str, page: &Page) -> Staged {
    let header = page.header.as_deref();
    let mut hasher = blake3::Hasher::new();
    hasher.update(header.unwrap_or_default()).update(&page.lines);
    Staged {
        url: url.to_owned(),
        hash: hasher.finalize().to_hex().to_string(),
        header_hash: header.map(|header| blake3::hash(header).to_hex().to_string()),
        count: page.count,
        end: 0,
    }
}

/// Removes what was staged and not imported for longer than this, whatever source it is of.
///
/// # Errors
/// If the home cannot be written to.
pub fn sweep(root: &Path, older_than: Duration) -> Result<usize, ExtractError> {
    let folders = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
    };
    let mut removed = 0;
    for source in folders(root) {
        for date in folders(&source) {
            let modified = fs::metadata(&date).and_then(|date| date.modified());
            let age = modified.ok().and_then(|modified| modified.elapsed().ok());
            if age.is_some_and(|age| age > older_than) {
                fs::remove_dir_all(&date).map_err(ExtractError::staging(&date))?;
                removed += 1;
            }
        }
        let _is_last = fs::remove_dir(&source);
    }
    Ok(removed)
}

/// A new file that its owner alone reads.
pub(crate) fn create(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

fn append(path: &Path, parts: &[&[u8]]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    parts.iter().try_for_each(|part| file.write_all(part))?;
    file.sync_data()
}

fn remove(path: &Path) -> Result<(), ExtractError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(ExtractError::staging(path)(error)),
        _ => Ok(()),
    }
}
