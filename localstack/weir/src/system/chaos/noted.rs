//! What has to outlive the process: how often its parts were killed, and where the show began.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// As kept in the home. A killed process leaves it whole; a power cut ends the show anyway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Noted {
    /// Decisions that were there before the show.
    pub(crate) before: Option<u64>,
    /// Kills of the scorer.
    pub(crate) scorer: u64,
    /// Kills of the archiver.
    pub(crate) archiver: u64,
}

impl Noted {
    /// What the file says; nothing if there is none.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        match fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .with_context(|| format!("`{}` is damaged; remove it to begin anew", path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| format!("cannot read `{}`", path.display())),
        }
    }
}

/// The note with its file.
pub(super) struct Notebook {
    path: PathBuf,
    noted: Mutex<Noted>,
}

impl Notebook {
    pub(super) fn open(path: PathBuf) -> Result<Self> {
        let noted = Noted::read(&path)?;
        Ok(Self { path, noted: Mutex::new(noted) })
    }

    pub(super) fn noted(&self) -> Noted {
        *self.lock()
    }

    /// Changes the note, in the file first.
    pub(super) fn note(&self, change: impl FnOnce(&mut Noted)) -> Result<()> {
        let mut noted = self.lock();
        let mut changed = *noted;
        change(&mut changed);
        let beside = self.path.with_extension("json.new");
        fs::write(&beside, serde_json::to_vec(&changed)?)
            .and_then(|()| fs::rename(&beside, &self.path))
            .with_context(|| format!("cannot write `{}`", self.path.display()))?;
        *noted = changed;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Noted> {
        // A change is made in one assignment, so a panic elsewhere leaves a whole one.
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_outlives_the_process() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chaos.json");
        assert_eq!(Noted::read(&path).unwrap(), Noted::default());
        let notebook = Notebook::open(path.clone()).unwrap();
        notebook.note(|noted| noted.scorer += 1).unwrap();
        notebook.note(|noted| noted.before = Some(7)).unwrap();
        drop(notebook);
        assert_eq!(Noted::read(&path).unwrap(), Noted { before: Some(7), scorer: 1, archiver: 0 });
        assert_eq!(Notebook::open(path).unwrap().noted().scorer, 1);
    }
}
