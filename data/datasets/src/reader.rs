//! One way to read every known file.

use std::path::Path;
use std::sync::Arc;

use crate::csv_file::{CsvDecoder, CsvFile};
use crate::format::UTF_16;
use crate::handbook::HandbookParquet;
use crate::lines::Lines;
use crate::record::CsvRows;
use crate::{Format, Item, Options, PlainRow, ReadError, RejectsWriter};

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
        (Some(_), Err(error)) if error.is_found(UTF_16) => return Err(error),
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

    /// Line on which the last row began, from 1; in a Parquet file its number.
    pub fn line(&self) -> u64 {
        match &self.source {
            Source::Csv(csv) => csv.line(),
            Source::Handbook(handbook) => handbook.progress().0,
            Source::Lines(lines) => lines.line(),
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

impl Reader {
    /// Up to so many rows that wait to be decoded, on whichever thread; none at the end of the file. Rows of CSV files
    /// are only split into their cells, other formats are decoded here.
    ///
    /// # Errors
    /// What ends the file; wrong rows come out of [`Piece::decode`].
    pub fn piece(&mut self, most: usize) -> Result<Option<Piece>, ReadError> {
        let most = most.min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let rows = match &mut self.source {
            Source::Csv(csv) => {
                let rows = csv.rows(most)?;
                self.left -= rows.len() as u64;
                Rows::Csv(Arc::clone(csv.decoder()), rows)
            }
            _ => Rows::Decoded(self.decoded(most)?),
        };
        Ok(Some(Piece { rows }).filter(|piece| !piece.is_empty()))
    }

    fn decoded(&mut self, most: usize) -> Result<Vec<Result<Item, ReadError>>, ReadError> {
        let mut rows = Vec::new();
        for item in self.by_ref().take(most) {
            match item {
                Ok(_) | Err(ReadError::Rejected(_)) => rows.push(item),
                Err(error) => return Err(error),
            }
        }
        Ok(rows)
    }
}

/// Rows of a file that wait to be decoded.
pub struct Piece {
    rows: Rows,
}

enum Rows {
    Csv(Arc<CsvDecoder>, CsvRows),
    Decoded(Vec<Result<Item, ReadError>>),
}

impl Piece {
    /// Number of rows, wrong ones included.
    pub const fn len(&self) -> usize {
        match &self.rows {
            Rows::Csv(_, rows) => rows.len(),
            Rows::Decoded(rows) => rows.len(),
        }
    }

    /// Whether there is no row.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows in the file's order, borrowed from its bytes; a wrong one is [`ReadError::Rejected`], one that cannot be
    /// borrowed is `None`, and then all of them come out of [`Piece::decode`]. `None` if that is so for all rows.
    pub fn plain(&self) -> Option<impl Iterator<Item = Result<Option<PlainRow<'_>>, ReadError>>> {
        match &self.rows {
            Rows::Csv(decoder, rows) if decoder.is_plain() => Some(decoder.plain(rows)),
            _ => None,
        }
    }

    /// The rows in the file's order; a wrong one is [`ReadError::Rejected`].
    pub fn decode(self) -> impl Iterator<Item = Result<Item, ReadError>> {
        let (csv, decoded) = match self.rows {
            Rows::Csv(decoder, rows) => (Some(decoder.items(&rows).collect::<Vec<_>>()), None),
            Rows::Decoded(rows) => (None, Some(rows)),
        };
        csv.into_iter().flatten().chain(decoded.into_iter().flatten())
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
