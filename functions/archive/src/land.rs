//! One batch of one shard becomes one landing file, once.

use object_store::path::Path;
use object_store::{Error, ObjectStore, PutMode, PutOptions, PutPayload};
use weir_events::RawRecord;
use weir_landing::LandingPath;
use weir_store::OutboxRecord;

use crate::ArchiveError;
use crate::rows::{self, Row};

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
    land_rows(&records.iter().map(Row::from).collect::<Vec<_>>(), files).await
}

/// Lands outbox entries of one shard as rows of stream `decisions`, of that shard, at their outbox sequence.
///
/// # Errors
/// As [`land`].
pub async fn land_outbox(
    entries: &[OutboxRecord],
    files: &dyn ObjectStore,
) -> Result<Option<Landed>, ArchiveError> {
    land_rows(&entries.iter().map(row_of).collect::<Vec<_>>(), files).await
}

/// One outbox entry as a row; it arrives when it was decided or applied, so that the same entry is the same row.
fn row_of(record: &OutboxRecord) -> Row<'_> {
    let OutboxRecord { shard, sequence, entry } = record;
    Row {
        stream: DECISIONS,
        shard,
        sequence,
        sub: 0,
        arrived_at: entry.at,
        key: &entry.transaction_id,
        bytes: &entry.json,
    }
}

async fn land_rows(rows: &[Row<'_>], files: &dyn ObjectStore) -> Result<Option<Landed>, ArchiveError> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(None) };
    check_order(rows)?;
    let path = path_of(first, last)?;
    let bytes = encode(rows, &path).await?;
    let size_bytes = bytes.len();
    let repeated = !create(&path, bytes, files).await?;
    let size_bytes = if repeated { 0 } else { size_bytes };
    Ok(Some(Landed { path, rows: rows.len(), size_bytes, repeated }))
}

/// Path of the file that holds the rows from `first` to `last`.
fn path_of(first: &Row<'_>, last: &Row<'_>) -> Result<String, ArchiveError> {
    LandingPath::new(first.stream, first.shard, first.sequence.clone(), last.sequence.clone())
        .map(|path| path.to_string())
        .map_err(|source| ArchiveError::Path { source })
}

/// All of one stream and shard, each position after the one before.
fn check_order(rows: &[Row<'_>]) -> Result<(), ArchiveError> {
    for pair in rows.windows(2) {
        let (before, after) = (&pair[0], &pair[1]);
        if (before.stream, before.shard) != (after.stream, after.shard) {
            let expected = format!("{}/{}", before.stream, before.shard);
            let found = format!("{}/{}", after.stream, after.shard);
            return Err(ArchiveError::Mixed { expected, found });
        }
        if (before.sequence, before.sub) >= (after.sequence, after.sub) {
            return Err(ArchiveError::Disordered { position: after.position().to_string() });
        }
    }
    Ok(())
}

/// The file's bytes, compressed away from the async threads.
async fn encode(rows: &[Row<'_>], path: &str) -> Result<Vec<u8>, ArchiveError> {
    let failed = |source| ArchiveError::Encode { path: path.to_owned(), source };
    let batch = rows::batch(rows).map_err(|error| failed(error.into()))?;
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
