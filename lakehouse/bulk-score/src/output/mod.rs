//! The file of scores.

mod parquet;
mod text;

use std::path::{Path, PathBuf};

use weir_events::Outcome;

use self::parquet::{ParquetFile, Rows};
use self::text::TextFile;
use crate::BulkScoreError;
use crate::decide::Verdict;
use crate::prepare::Prepared;

/// Form of the file of scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Csv,
    Ndjson,
    Parquet,
}

/// The rows of one block, ready to be written, with what was set aside and counts.
pub(crate) struct Piece {
    pub(crate) content: Content,
    pub(crate) rows: u64,
    /// Approved, reviewed, declined.
    pub(crate) outcomes: [u64; 3],
}

pub(crate) enum Content {
    Text(Vec<u8>),
    Rows(Rows),
}

/// The file that is being written; it has its own name only when it is whole.
pub(crate) struct Output {
    path: PathBuf,
    partial: PathBuf,
    file: OutputFile,
}

enum OutputFile {
    Text(TextFile),
    Parquet(Box<ParquetFile>),
}

impl Form {
    /// By the ending of the name.
    pub(crate) fn of(path: &Path) -> Result<Self, BulkScoreError> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("csv") => Ok(Self::Csv),
            Some("ndjson" | "jsonl") => Ok(Self::Ndjson),
            Some("parquet") => Ok(Self::Parquet),
            _ => Err(BulkScoreError::Format { file: path.to_owned() }),
        }
    }
}

impl Piece {
    pub(crate) fn new(form: Form) -> Self {
        let content = match form {
            Form::Csv | Form::Ndjson => Content::Text(Vec::new()),
            Form::Parquet => Content::Rows(Rows::default()),
        };
        Self { content, rows: 0, outcomes: [0; 3] }
    }

    /// Takes one row in.
    pub(crate) fn push(
        &mut self,
        form: Form,
        with_reasons: bool,
        prepared: &Prepared,
        verdict: &Verdict<'_>,
    ) {
        let Some(row) = prepared.block.rows.get(verdict.row) else { return };
        let id = prepared.block.text(row.transaction_id);
        self.rows += 1;
        self.outcomes[match verdict.outcome {
            Outcome::Approve => 0,
            Outcome::Review => 1,
            Outcome::Decline => 2,
        }] += 1;
        match (&mut self.content, form) {
            (Content::Rows(rows), _) => rows.push(&id.plain(), verdict),
            (Content::Text(bytes), Form::Csv) => text::csv(bytes, &id.plain(), verdict, with_reasons),
            (Content::Text(bytes), _) => text::ndjson(bytes, id, verdict, with_reasons),
        }
    }
}

impl Output {
    pub(crate) fn create(path: &Path, form: Form, with_reasons: bool) -> Result<Self, BulkScoreError> {
        let mut partial = path.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        let file = match form {
            Form::Parquet => {
                OutputFile::Parquet(Box::new(ParquetFile::create(&partial, path, with_reasons)?))
            }
            Form::Csv | Form::Ndjson => {
                OutputFile::Text(TextFile::create(&partial, path, form, with_reasons)?)
            }
        };
        Ok(Self { path: path.to_owned(), partial, file })
    }

    pub(crate) fn write(&mut self, content: &Content) -> Result<(), BulkScoreError> {
        match (&mut self.file, content) {
            (OutputFile::Text(file), Content::Text(bytes)) => file.write(bytes, &self.path),
            (OutputFile::Parquet(file), Content::Rows(rows)) => file.write(rows, &self.path),
            _ => Ok(()),
        }
    }

    /// Leaves nothing behind, as far as that can be done.
    pub(crate) fn discard(self) {
        drop(std::fs::remove_file(&self.partial));
    }

    /// Brings everything to the file and gives it its name.
    pub(crate) fn finish(self) -> Result<(), BulkScoreError> {
        match self.file {
            OutputFile::Text(file) => file.finish(&self.path)?,
            OutputFile::Parquet(file) => file.finish(&self.path)?,
        }
        std::fs::rename(&self.partial, &self.path).map_err(BulkScoreError::write(&self.path))
    }
}
