//! A file that is not there until it is complete.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::BulkError;

/// A file under another name beside its place; it is removed unless it is finished.
pub(crate) struct Unfinished {
    place: PathBuf,
    beside: PathBuf,
    is_finished: bool,
}

impl Unfinished {
    /// Makes the file. The name tells processes apart, so that two runs do not write into one file.
    pub(crate) fn create(place: &Path) -> Result<(Self, File), BulkError> {
        let mut name = std::ffi::OsString::from(".");
        name.push(place.file_name().unwrap_or_default());
        name.push(format!(".{}.unfinished", std::process::id()));
        let beside = place.with_file_name(name);
        let file = File::create(&beside).map_err(BulkError::output(place))?;
        Ok((Self { place: place.to_owned(), beside, is_finished: false }, file))
    }

    /// Moves the complete file to its place.
    pub(crate) fn finish(mut self) -> Result<(), BulkError> {
        fs::rename(&self.beside, &self.place).map_err(BulkError::output(&self.place))?;
        self.is_finished = true;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.is_finished {
            // Nobody waits for the answer: the error that led here is the one to tell.
            let _ignored = fs::remove_file(&self.beside);
        }
    }
}
