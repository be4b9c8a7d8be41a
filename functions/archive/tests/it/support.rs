//! Records, effects, progress and a store of files that misbehaves on purpose.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use futures::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    ObjectStoreExt, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use weir_events::{Position, RawRecord, Sequence, Timestamp};
use weir_store::contract::{effect, item_write, label};
use weir_store::{Changes, ItemWrite, Store};
use weir_streams::{Checkpoints, Progress, StreamError};

/// Record `sequence` of shard 0 of `transactions`.
pub(crate) fn record(sequence: u64) -> RawRecord {
    let position =
        Position { stream: "transactions".into(), shard: "0".into(), sequence: sequence.into(), sub: 0 };
    let bytes = format!(r#"{{"number":{sequence}}}"#).into_bytes();
    let arrived_at = Timestamp::from_seconds(1_700_000_000 + sequence as i64);
    RawRecord { position, key: format!("key-{sequence}"), bytes, arrived_at }
}

pub(crate) fn records(range: std::ops::RangeInclusive<u64>) -> Vec<RawRecord> {
    range.map(record).collect()
}

/// Commits `count` labels with their effects, which are `count` outbox entries.
pub(crate) async fn commit_effects(store: &dyn Store, count: u64) {
    let ids: Vec<String> = (1..=count).map(|number| format!("order-{number}")).collect();
    let asked: Vec<&str> = ids.iter().map(String::as_str).collect();
    let found = store.items(&asked).await.unwrap();
    let items = ids
        .iter()
        .zip(found)
        .map(|(id, item)| ItemWrite { label: Some(label(id, true)), ..item_write(id, item.version) });
    let effects = (1..).zip(&ids).map(|(ordinal, id)| effect(id, ordinal));
    let changes = Changes { items: items.collect(), effects: effects.collect(), ..Changes::default() };
    store.commit(changes).await.unwrap();
}

/// Checkpoints in memory.
#[derive(Default)]
pub(crate) struct Kept(Mutex<BTreeMap<String, Progress>>);

#[async_trait::async_trait]
impl Checkpoints for Kept {
    async fn get(&self, consumer: &str, stream: &str, shard: &str) -> Result<Option<Progress>, StreamError> {
        Ok(self.0.lock().unwrap().get(&format!("{consumer}/{stream}/{shard}")).cloned())
    }

    async fn set(
        &self,
        consumer: &str,
        stream: &str,
        shard: &str,
        sequence: &Sequence,
    ) -> Result<(), StreamError> {
        let progress = Progress::After(sequence.clone());
        self.0.lock().unwrap().insert(format!("{consumer}/{stream}/{shard}"), progress);
        Ok(())
    }

    async fn finish(&self, consumer: &str, stream: &str, shard: &str) -> Result<(), StreamError> {
        self.0.lock().unwrap().insert(format!("{consumer}/{stream}/{shard}"), Progress::Finished);
        Ok(())
    }
}

/// Files in memory whose first puts fail: before anything is written, or after it was.
#[derive(Debug)]
pub(crate) struct FailingFiles {
    pub(crate) inner: InMemory,
    failures_left: AtomicU32,
    writes_first: bool,
}

impl FailingFiles {
    pub(crate) fn new(failures: u32, writes_first: bool) -> Self {
        Self { inner: InMemory::new(), failures_left: AtomicU32::new(failures), writes_first }
    }
}

impl fmt::Display for FailingFiles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FailingFiles")
    }
}

#[async_trait::async_trait]
impl ObjectStore for FailingFiles {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let failing = self
            .failures_left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
            .is_ok();
        if !failing || self.writes_first {
            let result = self.inner.put_opts(location, payload, options).await;
            if !failing {
                return result;
            }
        }
        Err(Error::Generic { store: "FailingFiles", source: "on purpose".into() })
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

/// Sequence and payload of every row under a prefix, file by file in order of their names.
pub(crate) async fn rows(files: &dyn ObjectStore, prefix: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for path in paths(files, prefix).await {
        let bytes = files.get(&Path::from(path)).await.unwrap().bytes().await.unwrap();
        found.extend(crate::landing::read(bytes));
    }
    found
}

/// Paths under a prefix, in order.
pub(crate) async fn paths(files: &dyn ObjectStore, prefix: &str) -> Vec<String> {
    use futures::TryStreamExt;
    let found: Vec<_> = files.list(Some(&Path::from(prefix))).try_collect().await.unwrap();
    let mut names: Vec<_> = found.into_iter().map(|meta| meta.location.to_string()).collect();
    names.sort();
    names
}
