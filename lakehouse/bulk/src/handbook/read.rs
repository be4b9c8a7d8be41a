//! Reading a Handbook file whose every row is right.

use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_schema::{DataType, TimeUnit};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::errors::ParquetError;
use weir_datasets::{HANDBOOK_COLUMNS, ReadError, nearest_minor_units};
use weir_events::{AMOUNT_MAX, Currency, EntityKind, Timestamp};
use weir_features::bulk::Interner;

use crate::BulkError;
use crate::handbook::column::{Place, integers, reals};
use crate::ids::{Ids, NumberHashes};
use crate::labels::Label;
use crate::request::Request;
use crate::together::{Task, together};
use crate::transactions::{Entities, Transactions, slot};

const ID: usize = 0;
const TIME: usize = 1;
const CUSTOMER: usize = 2;
const TERMINAL: usize = 3;
const AMOUNT: usize = 4;
const FRAUD: usize = 5;

/// What the columns hold.
#[derive(Default)]
struct Read {
    ids: Vec<i64>,
    hashes: Vec<u32>,
    times: Vec<i64>,
    customers: Vec<u32>,
    terminals: Vec<u32>,
    amounts: Vec<i64>,
    frauds: Vec<u32>,
    /// Whether no time is before that of the row before, and each id is above it.
    times_ascend: bool,
    ids_ascend: bool,
}

/// Reads a file's columns beside each other. `None` if a row is not as it must be or an id may occur twice, or if a
/// column has a type that needs a closer look: then the file has to be read row by row.
pub(crate) fn read(request: &Request, currency: Currency) -> Result<Option<Transactions>, BulkError> {
    let path = request.input.as_path();
    let parquet = |error: ParquetError| wrong(path, error);
    let file = File::open(path).map_err(|source| ReadError::File { file: path.to_owned(), source })?;
    let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(parquet)?;
    let limit = usize::try_from(request.limit.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
    let rows = (metadata.metadata().file_metadata().num_rows().max(0) as usize).min(limit);
    let Some(places) = places(path, &metadata, rows) else { return Ok(None) };
    let mut read = Read::default();
    if rows >= u32::MAX as usize || !read_columns(&mut read, &places, currency, request.threads())? {
        return Ok(None);
    }
    Ok(Some(transactions(read, currency, request.label_delay())))
}

fn transactions(read: Read, currency: Currency, delay: i64) -> Transactions {
    let known_at = |row: u32| read.times[row as usize].saturating_add(delay);
    let labels = read.frauds.iter().map(|row| Label { row: *row, known_at: known_at(*row), is_fraud: true });
    let labels = labels.collect();
    let mut entities: [Entities; EntityKind::ALL.len()] = Default::default();
    entities[slot(EntityKind::Customer)].numbers = read.customers;
    entities[slot(EntityKind::Merchant)].numbers = read.terminals;
    Transactions {
        ids: Ids::Numbers(read.ids),
        occurred_at: read.times,
        amount_minor: read.amounts,
        hashes: read.hashes,
        entities,
        fields: Default::default(),
        labels,
        has_labels: true,
        minor_per_major: currency.minor_per_major(),
        is_in_order: read.times_ascend && read.ids_ascend,
    }
}

/// The places of the columns; `None` if one has another type than the published file.
fn places<'a>(path: &'a Path, file: &'a ArrowReaderMetadata, rows: usize) -> Option<[Place<'a>; 6]> {
    let places = HANDBOOK_COLUMNS.iter().enumerate().map(|(which, name)| {
        let kind = file.schema().field_with_name(name).ok()?.data_type();
        let is_right = match which {
            TIME => matches!(kind, DataType::Timestamp(TimeUnit::Microsecond, _)),
            AMOUNT => matches!(kind, DataType::Float64),
            _ => matches!(kind, DataType::Int64 | DataType::Int32),
        };
        let column = file.parquet_schema().columns().iter().position(|column| column.name() == *name)?;
        let is_narrow = matches!(kind, DataType::Int32);
        is_right.then_some(Place { path, metadata: file.metadata(), column, is_narrow, rows })
    });
    places.collect::<Option<Vec<_>>>()?.try_into().ok()
}

fn read_columns(
    read: &mut Read,
    places: &[Place<'_>; 6],
    currency: Currency,
    threads: usize,
) -> Result<bool, BulkError> {
    let is_right = AtomicBool::new(true);
    let note = |path, found: Result<bool, ParquetError>| match found {
        Ok(true) => Ok(()),
        Ok(false) => {
            is_right.store(false, Ordering::Relaxed);
            Ok(())
        }
        Err(error) => Err(wrong(path, error)),
    };
    let note = &note;
    let Read { ids, hashes, times, customers, terminals, amounts, frauds, times_ascend, ids_ascend } = read;
    // The longest first, so that the threads end together.
    let tasks: Vec<Task<'_>> = vec![
        Box::new(|| note(places[TIME].path, read_times(places[TIME], times, times_ascend))),
        Box::new(|| note(places[ID].path, read_ids(places[ID], ids, hashes, ids_ascend))),
        Box::new(|| note(places[AMOUNT].path, read_amounts(places[AMOUNT], amounts, currency))),
        Box::new(|| note(places[CUSTOMER].path, read_numbers(places[CUSTOMER], customers))),
        Box::new(|| note(places[TERMINAL].path, read_numbers(places[TERMINAL], terminals))),
        Box::new(|| note(places[FRAUD].path, read_frauds(places[FRAUD], frauds))),
    ];
    together(threads, tasks)?;
    Ok(is_right.into_inner())
}

fn read_times(place: Place<'_>, times: &mut Vec<i64>, ascend: &mut bool) -> Result<bool, ParquetError> {
    times.reserve_exact(place.rows);
    let (mut before, mut so_far) = (i64::MIN, true);
    let is_read = integers(place, |micros| {
        times.push(micros);
        so_far &= before <= micros;
        before = micros;
        Timestamp::from_micros(micros).is_in_range()
    });
    *ascend = so_far;
    is_read
}

fn read_ids(
    place: Place<'_>,
    ids: &mut Vec<i64>,
    hashes: &mut Vec<u32>,
    ascend: &mut bool,
) -> Result<bool, ParquetError> {
    ids.reserve_exact(place.rows);
    hashes.reserve_exact(place.rows);
    let mut hashed = NumberHashes::default();
    let is_read = integers(place, |id| {
        ids.push(id);
        hashes.push(hashed.hash(id));
        true
    })?;
    *ascend = ids.is_sorted_by(|one, next| one < next);
    Ok(is_read && (*ascend || are_distinct(ids)))
}

fn read_amounts(place: Place<'_>, amounts: &mut Vec<i64>, currency: Currency) -> Result<bool, ParquetError> {
    amounts.reserve_exact(place.rows);
    let scale = currency.minor_per_major();
    reals(place, |major| match nearest_minor_units(major, scale) {
        Some(minor) if minor <= AMOUNT_MAX => {
            amounts.push(minor);
            true
        }
        _ => false,
    })
}

/// Dense numbers for ids of entities. Ids that are small numbers already find theirs in a table.
fn read_numbers(place: Place<'_>, numbers: &mut Vec<u32>) -> Result<bool, ParquetError> {
    const SMALL: usize = 1 << 20;
    numbers.reserve_exact(place.rows);
    let mut interner = Interner::new();
    let mut table = Vec::new();
    integers(place, |id| {
        let mut number = || interner.number(u128::from(id.cast_unsigned()));
        let small = usize::try_from(id).ok().filter(|id| *id < SMALL);
        if let Some(most) = small.filter(|id| *id >= table.len()) {
            table.resize((most + 1).next_power_of_two(), u32::MAX);
        }
        let known = small.and_then(|id| table.get_mut(id));
        numbers.push(match known {
            Some(known) if *known != u32::MAX => *known,
            Some(unknown) => {
                *unknown = number();
                *unknown
            }
            None => number(),
        });
        true
    })
}

/// Rows that were fraud.
fn read_frauds(place: Place<'_>, frauds: &mut Vec<u32>) -> Result<bool, ParquetError> {
    let mut row = 0;
    integers(place, |fraud| {
        if fraud == 1 {
            frauds.push(row);
        }
        row += 1;
        fraud == 0 || fraud == 1
    })
}

/// Whether no id occurs twice: by a bit for each number between the least and the greatest, or by sorting.
fn are_distinct(ids: &[i64]) -> bool {
    const BITS_AN_ID: u64 = 64;
    let (Some(least), Some(most)) = (ids.iter().min(), ids.iter().max()) else { return true };
    let span = most.abs_diff(*least);
    if span / BITS_AN_ID < ids.len() as u64 {
        let mut bits = vec![0_u64; (span / 64 + 1) as usize];
        return ids.iter().all(|id| {
            let place = id.abs_diff(*least);
            let (word, bit) = (&mut bits[(place / 64) as usize], 1 << (place % 64));
            let is_new = *word & bit == 0;
            *word |= bit;
            is_new
        });
    }
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.windows(2).all(|pair| pair[0] < pair[1])
}

fn wrong(path: &Path, error: ParquetError) -> BulkError {
    BulkError::Read(ReadError::Parquet { file: path.to_owned(), source: Box::new(error) })
}
