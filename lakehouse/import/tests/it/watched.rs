//! An object store in memory that can be full, and that counts what is read.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use futures::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// The store.
#[derive(Debug)]
pub(crate) struct Watched {
    inner: InMemory,
    /// Files that may be written still.
    room: AtomicI64,
    /// Data files that were read, and how often.
    read: Mutex<BTreeMap<String, u64>>,
}

impl Watched {
    pub(crate) fn new() -> Arc<Self> {
        let (inner, room) = (InMemory::new(), AtomicI64::new(i64::MAX));
        Arc::new(Self { inner, room, read: Mutex::default() })
    }

    /// Lets so many more files be written.
    pub(crate) fn set_room(&self, files: i64) {
        self.room.store(files, Ordering::SeqCst);
    }

    /// Data files read since this was asked last.
    pub(crate) fn data_files_read(&self) -> Vec<String> {
        std::mem::take(&mut *self.read.lock().unwrap()).into_keys().collect()
    }

    fn take_room(&self) -> Result<()> {
        if self.room.fetch_sub(1, Ordering::SeqCst) > 0 {
            return Ok(());
        }
        let source = Box::new(std::io::Error::from(std::io::ErrorKind::StorageFull));
        Err(Error::Generic { store: "Watched", source })
    }
}

impl fmt::Display for Watched {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Watched")
    }
}

#[async_trait::async_trait]
impl ObjectStore for Watched {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.take_room()?;
        self.inner.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.take_room()?;
        self.inner.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let path = location.as_ref();
        if path.starts_with("tables/") && path.ends_with(".parquet") && !path.contains("_delta_log") {
            *self.read.lock().unwrap().entry(path.to_owned()).or_default() += 1;
        }
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
        self.take_room()?;
        self.inner.copy_opts(from, to, options).await
    }
}
