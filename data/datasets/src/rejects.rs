//! The file of rows that were set aside.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::{ReadError, Reject};

/// Writes `<file>.rejects.csv` with the columns file, line, field, expected and found. It is made with the first
/// reject; one that an earlier run left behind is removed.
pub struct RejectsWriter {
    path: PathBuf,
    writer: Option<csv::Writer<File>>,
    count: u64,
}

impl RejectsWriter {
    /// Beside the file that is read.
    pub fn beside(file: &Path) -> Result<Self, ReadError> {
        let mut path = file.as_os_str().to_owned();
        path.push(".rejects.csv");
        Self::at(Path::new(&path))
    }

    /// At a path of one's own.
    pub fn at(path: &Path) -> Result<Self, ReadError> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(ReadError::file(path)(error)),
            _ => Ok(Self { path: path.to_owned(), writer: None, count: 0 }),
        }
    }

    /// Sets one row aside.
    pub fn write(&mut self, reject: &Reject) -> Result<(), ReadError> {
        self.append(reject).map_err(|error| ReadError::file(&self.path)(error.into()))?;
        self.count += 1;
        Ok(())
    }

    /// Brings everything to the file; gives its path if there is one.
    pub fn finish(mut self) -> Result<Option<PathBuf>, ReadError> {
        let Some(writer) = &mut self.writer else { return Ok(None) };
        writer.flush().map_err(ReadError::file(&self.path))?;
        Ok(Some(self.path))
    }

    /// Rows set aside so far.
    pub const fn count(&self) -> u64 {
        self.count
    }

    fn append(&mut self, reject: &Reject) -> Result<(), csv::Error> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            none => {
                let mut writer = csv::Writer::from_path(&self.path)?;
                writer.write_record(["file", "line", "field", "expected", "found"])?;
                none.insert(writer)
            }
        };
        let file = reject.file.to_string_lossy();
        let line = reject.line.to_string();
        writer.write_record([&*file, &line, &reject.field, &reject.expected, &reject.found])
    }
}
