//! One run: read, sort, choose, fold and write.

use std::cmp::Reverse;
use std::path::PathBuf;

use weir_datasets::{Format, Options, RejectsWriter};

use crate::chunk::{CHUNK_ROWS, Chunk};
use crate::columns::{Column, columns};
use crate::csv_file::CsvFile;
use crate::folds::{Folded, Folds, degraded};
use crate::ids::Ids;
use crate::output::Output;
use crate::parquet_file::ParquetFile;
use crate::request::{Form, Request};
use crate::selection::{Selection, named, select};
use crate::together::{Task, together};
use crate::transactions::Transactions;
use crate::{BulkError, Progress, Stage, events, handbook, order};

/// A column that was not written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name.
    pub column: String,
    /// The input that no row of the file has.
    pub input: String,
}

/// What came of a run; `rows_in = rows_out + rejected`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Transactions in the file, up to the limit.
    pub rows_in: u64,
    /// Rows written.
    pub rows_out: u64,
    /// Rows set aside.
    pub rejected: u64,
    /// Rows whose windows lack entries, since an entity has more of them than its state keeps.
    pub degraded: u64,
    /// Columns written, in order.
    pub columns: Vec<String>,
    /// Features of the set that were not written.
    pub left_out: Vec<LeftOut>,
    /// The file of rows that were set aside, if there are any.
    pub rejects: Option<PathBuf>,
}

/// Writes the features of a file; the crate's documentation tells which, and in which form.
///
/// # Errors
/// If the request is wrong, the file cannot be read, lacks the input of a column that was asked for by name, or the
/// output cannot be written: then there is none.
pub fn features(request: &Request, progress: &mut dyn FnMut(Progress)) -> Result<Summary, BulkError> {
    let form = request.form()?;
    let set = request.feature_set();
    let named = named(request, &set)?;
    let mut rejects = RejectsWriter::beside(&request.input)?;
    let (mut transactions, rows_in) = read(request, &mut rejects, progress)?;
    order::sort(&mut transactions);
    let Selection { positions, left_out } = select(request, &set, named.as_deref(), &transactions)?;
    let folds = Folds::new(&set, &positions, &transactions, request.threads())?;
    let columns = columns(&set, &positions, &folds);
    let work = Work { transactions: &transactions, columns: &columns, threads: request.threads() };
    let has_number_ids = matches!(transactions.ids, Ids::Numbers(_));
    let degraded = match form {
        Form::Parquet => {
            work.write(folds, ParquetFile::create(&request.output, &columns, has_number_ids)?, progress)?
        }
        Form::Csv => work.write(folds, CsvFile::create(&request.output, &columns)?, progress)?,
    };
    Ok(Summary {
        rows_in,
        rows_out: transactions.len() as u64,
        rejected: rejects.count(),
        degraded,
        columns: columns.into_iter().map(|column| column.name).collect(),
        left_out,
        rejects: rejects.finish()?,
    })
}

/// The transactions of the file and the number of its rows.
fn read(
    request: &Request,
    rejects: &mut RejectsWriter,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Transactions, u64), BulkError> {
    if request.mapping.is_none() && Format::of(&request.input)? == Format::HandbookParquet {
        let currency = request.currency.unwrap_or(Options::default().currency);
        if let Some(transactions) = handbook::read(request, currency)? {
            let rows_in = transactions.len() as u64;
            return Ok((transactions, rows_in));
        }
    }
    let read = events::read(request, rejects, progress)?;
    Ok((read.transactions, read.rows_in))
}

/// What is written, and how.
struct Work<'a> {
    transactions: &'a Transactions,
    columns: &'a [Column],
    threads: usize,
}

impl Work<'_> {
    /// Folds the rows chunk by chunk; while a chunk is folded, the one before is encoded and the one before that
    /// is appended. Answers the number of degraded rows.
    fn write<O: Output>(
        &self,
        mut folds: Folds,
        mut output: O,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<u64, BulkError> {
        let (rows, mut count) = (self.transactions.len(), 0);
        let chunks = rows.div_ceil(CHUNK_ROWS);
        let (mut folding, mut folded) = (folds.room(), folds.room());
        let mut encoded = Vec::new();
        for step in 0..chunks + 2 {
            let encoders = match step.checked_sub(1).filter(|chunk| *chunk < chunks) {
                Some(chunk) => output.encoders(chunk)?,
                None => Vec::new(),
            };
            let chunk = Chunk {
                transactions: self.transactions,
                rows: self.rows(step.saturating_sub(1)),
                folded: &folded,
            };
            let mut parts: Vec<Option<O::Part>> = encoders.iter().map(|_| None).collect();
            let mut tasks = self.fold_tasks(&mut folds, step, &mut folding);
            // What only one thread can do comes before what several can share.
            if !encoded.is_empty() {
                let encoded = std::mem::take(&mut encoded);
                let output = &mut output;
                tasks.push(Box::new(move || output.append(encoded)));
            }
            tasks.extend(self.encode_tasks::<O>(&chunk, encoders, &mut parts));
            together(self.threads, tasks)?;
            encoded = parts.into_iter().flatten().collect();
            count += if step < chunks { degraded(&folding) } else { 0 };
            std::mem::swap(&mut folding, &mut folded);
            let done = self.rows(step).end.min(rows) as u64;
            progress(Progress { stage: Stage::Writing, done, total: rows as u64 });
        }
        output.finish()?;
        Ok(count)
    }

    fn rows(&self, chunk: usize) -> std::ops::Range<usize> {
        let rows = self.transactions.len();
        (chunk * CHUNK_ROWS).min(rows)..((chunk + 1) * CHUNK_ROWS).min(rows)
    }

    fn fold_tasks<'a>(
        &'a self,
        folds: &'a mut Folds,
        chunk: usize,
        folding: &'a mut [Folded],
    ) -> Vec<Task<'a>> {
        let rows = self.rows(chunk);
        if rows.is_empty() {
            return Vec::new();
        }
        let task = |(fold, folded): (&'a mut crate::folds::Fold, &'a mut Folded)| -> Task<'a> {
            let rows = rows.clone();
            Box::new(move || fold.fold(self.transactions, rows, folded))
        };
        folds.iter_mut().zip(folding).map(task).collect()
    }

    /// The longest come first, so that threads end together.
    fn encode_tasks<'a, O: Output + 'a>(
        &'a self,
        chunk: &'a Chunk<'_>,
        encoders: Vec<O::Encoder>,
        parts: &'a mut [Option<O::Part>],
    ) -> impl Iterator<Item = Task<'a>> {
        let mut work: Vec<_> = encoders.into_iter().zip(parts).enumerate().collect();
        work.sort_by_key(|(place, _)| self.columns.get(*place).map(|column| Reverse(column.form.effort())));
        work.into_iter().map(move |(place, (encoder, part))| -> Task<'a> {
            Box::new(move || {
                *part = Some(O::encode(encoder, place, self.columns, chunk)?);
                Ok(())
            })
        })
    }
}
