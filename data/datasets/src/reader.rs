//! One way to read every known file.

use std::path::Path;

use crate::csv_file::CsvFile;
use crate::handbook::HandbookParquet;
use crate::lines::Lines;
use crate::{Format, Item, Options, ReadError, RejectsWriter};

/// Rows of a file, one by one. A wrong row is [`ReadError::Rejected`] and the next call goes on; after any other
/// error there is no further row.
pub struct Reader {
    source: Source,
    format: Format,
    left: u64,
}

enum Source {
    Csv(Box<CsvFile>),
    Handbook(Box<HandbookParquet>),
    Lines(Box<Lines>),
}

/// What became of the rows: `rows_in = rows_out + rejected`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows in the file, up to the limit.
    pub rows_in: u64,
    /// Rows that were read.
    pub rows_out: u64,
    /// Rows that were set aside.
    pub rejected: u64,
}

/// Opens a file: CSV if there is a mapping, else in any known format; an unknown one is an error that lists what is
/// known and what was found.
pub fn open(path: &Path, options: &Options) -> Result<Reader, ReadError> {
    let format = match (&options.mapping, Format::of(path)) {
        (Some(_), Ok(Format::HandbookParquet)) => return Err(not_csv(path)),
        (Some(_), Err(error @ ReadError::File { .. })) => return Err(error),
        (Some(_), _) => Format::MappedCsv,
        (None, format) => format?,
    };
    let source = match (format, &options.mapping) {
        (_, Some(mapping)) => {
            mapping.confirmed()?;
            Source::Csv(Box::new(CsvFile::mapped(path, mapping, options.currency)?))
        }
        (Format::ShopCsv | Format::MappedCsv, _) => Source::Csv(Box::new(CsvFile::shop(path, options)?)),
        (Format::HandbookParquet, _) => Source::Handbook(Box::new(HandbookParquet::open(path, options)?)),
        (Format::Ndjson, _) => Source::Lines(Box::new(Lines::open(path, options)?)),
    };
    Ok(Reader { source, format, left: options.limit.unwrap_or(u64::MAX) })
}

fn not_csv(path: &Path) -> ReadError {
    let found = "Parquet, while a mapping is for CSV: leave it out".to_owned();
    ReadError::Unknown { file: path.to_owned(), found }
}

impl Reader {
    /// The format that was recognised.
    pub const fn format(&self) -> Format {
        self.format
    }

    /// How much is done of how much: bytes of text files, rows of Parquet files.
    pub fn progress(&self) -> (u64, u64) {
        match &self.source {
            Source::Csv(csv) => csv.progress(),
            Source::Handbook(handbook) => handbook.progress(),
            Source::Lines(lines) => lines.progress(),
        }
    }

    /// Gives every good row to `visit` and every wrong one to `rejects`; stops at the first other error.
    pub fn read_all<E: From<ReadError>>(
        &mut self,
        rejects: &mut RejectsWriter,
        mut visit: impl FnMut(Item) -> Result<(), E>,
    ) -> Result<Counts, E> {
        let mut counts = Counts::default();
        for item in self {
            counts.rows_in += 1;
            match item {
                Ok(item) => {
                    visit(item)?;
                    counts.rows_out += 1;
                }
                Err(ReadError::Rejected(reject)) => {
                    rejects.write(&reject)?;
                    counts.rejected += 1;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(counts)
    }
}

impl Iterator for Reader {
    type Item = Result<Item, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        let next = match &mut self.source {
            Source::Csv(csv) => csv.next(),
            Source::Handbook(handbook) => handbook.next(),
            Source::Lines(lines) => lines.next(),
        };
        if !matches!(next, Some(Ok(_) | Err(ReadError::Rejected(_)))) {
            self.left = 0;
        }
        next
    }
}
