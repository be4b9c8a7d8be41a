//! One batch of one shard becomes one landing file, once.

use object_store::path::Path;
use object_store::{Error, ObjectStore, PutMode, PutOptions, PutPayload};
use weir_events::{EncodedEntry, Position, RawRecord};
use weir_landing::LandingPath;
use weir_store::OutboxRecord;

use crate::{ArchiveError, rows};

/// Stream under which the outbox is landed.
pub const DECISIONS: &str = "decisions";

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landed {
    /// Path of the file in the object store.
    pub path: String,
    /// Rows in it.
    pub rows: usize,
    /// Size of the file; 0 if it was there already.
    pub size_bytes: usize,
    /// Whether the same batch had been landed before.
    pub repeated: bool,
}

/// Lands records of one stream and shard, given in order, as `landing/<stream>/<shard>/<first>-<last>.parquet`.
///
/// A shard's records never change, so a file of that name already holds these rows: landing a batch again is done
/// at once. The same records in a batch with another end make a second file that overlaps; `commit` takes each
/// position once. An empty batch lands nothing and answers `None`.
///
/// # Errors
/// See [`ArchiveError`]; after any error the whole batch may be given again.
pub async fn land(records: &[RawRecord], files: &dyn ObjectStore) -> Result<Option<Landed>, ArchiveError> {
    let (Some(first), Some(last)) = (records.first(), records.last()) else { return Ok(None) };
    check_order(records)?;
    let path = path_of(&first.position, &last.position)?;
    let bytes = encode(records, &path).await?;
    let size_bytes = bytes.len();
    let repeated = !create(&path, bytes, files).await?;
    let size_bytes = if repeated { 0 } else { size_bytes };
    Ok(Some(Landed { path, rows: records.len(), size_bytes, repeated }))
}

/// Lands outbox entries of one shard as rows of stream `decisions`, of that shard, at their outbox sequence.
///
/// # Errors
/// As [`land`].
pub async fn land_outbox(
    entries: &[OutboxRecord],
    files: &dyn ObjectStore,
) -> Result<Option<Landed>, ArchiveError> {
    let records: Vec<_> = entries.iter().map(record_of).collect();
    land(&records, files).await
}

/// One outbox entry as a record; it arrives when it was decided or applied, so that the same entry is the same row.
fn record_of(record: &OutboxRecord) -> RawRecord {
    let position = Position {
        stream: DECISIONS.to_owned(),
        shard: record.shard.clone(),
        sequence: record.sequence.clone(),
        sub: 0,
    };
    let EncodedEntry { transaction_id, at, json, .. } = record.entry.clone();
    RawRecord { position, key: transaction_id, bytes: json, arrived_at: at }
}

/// Path of the file that holds the records from `first` to `last`.
fn path_of(first: &Position, last: &Position) -> Result<String, ArchiveError> {
    LandingPath::new(&first.stream, &first.shard, first.sequence.clone(), last.sequence.clone())
        .map(|path| path.to_string())
        .map_err(|source| ArchiveError::Path { source })
}

/// All of one stream and shard, each position after the one before.
fn check_order(records: &[RawRecord]) -> Result<(), ArchiveError> {
    for pair in records.windows(2) {
        let (before, after) = (&pair[0].position, &pair[1].position);
        if (&before.stream, &before.shard) != (&after.stream, &after.shard) {
            let expected = format!("{}/{}", before.stream, before.shard);
            let found = format!("{}/{}", after.stream, after.shard);
            return Err(ArchiveError::Mixed { expected, found });
        }
        if (&before.sequence, before.sub) >= (&after.sequence, after.sub) {
            return Err(ArchiveError::Disordered { position: after.to_string() });
        }
    }
    Ok(())
}

/// The file's bytes, compressed away from the async threads.
async fn encode(records: &[RawRecord], path: &str) -> Result<Vec<u8>, ArchiveError> {
    let failed = |source| ArchiveError::Encode { path: path.to_owned(), source };
    let batch = rows::batch(records).map_err(|error| failed(error.into()))?;
    tokio::task::spawn_blocking(move || rows::encode(&batch))
        .await
        .map_err(|error| failed(parquet::errors::ParquetError::External(Box::new(error))))?
        .map_err(failed)
}

/// Creates the file; false if it was there.
async fn create(path: &str, bytes: Vec<u8>, files: &dyn ObjectStore) -> Result<bool, ArchiveError> {
    let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
    match files.put_opts(&Path::from(path), PutPayload::from(bytes), options).await {
        Ok(_) => Ok(true),
        Err(Error::AlreadyExists { .. }) => Ok(false),
        Err(source) => Err(ArchiveError::Put { path: path.to_owned(), source }),
    }
}
