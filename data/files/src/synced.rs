//! An object store on local files whose puts survive a power cut.

use std::collections::HashSet;
use std::fmt;
use std::path::{Path as FilePath, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use futures::StreamExt;
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMode,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, UploadPart,
};

use crate::whole::{sync, sync_directories, write};

/// `LocalFileSystem` with the one thing it leaves out: a put is on disk, name and content, when it returns.
///
/// Content is written and synced under a hidden name (`<name>#<n>`, which listings leave out) before it gets its
/// own name by link (create) or rename (overwrite), so a file that can be seen is whole.
#[derive(Debug, Clone)]
pub struct SyncedFiles {
    inner: Arc<LocalFileSystem>,
    root: PathBuf,
    /// Directories whose own names are known to be on disk; what is in them may be newer.
    known: Arc<Mutex<HashSet<PathBuf>>>,
}

impl SyncedFiles {
    /// Files under `root`, a directory that must exist.
    ///
    /// # Errors
    /// If `root` is not a directory that can be read.
    pub fn new(root: impl AsRef<FilePath>) -> Result<Self> {
        let inner = Arc::new(LocalFileSystem::new_with_prefix(root.as_ref())?);
        let root = root.as_ref().canonicalize().map_err(failed)?;
        Ok(Self { inner, root, known: Arc::default() })
    }

    /// Files named by their whole path, all of them under `folder`, a directory that must exist.
    ///
    /// # Errors
    /// If `folder` is not a directory that can be read.
    pub fn by_whole_path(folder: impl AsRef<FilePath>) -> Result<Self> {
        let root = folder.as_ref().canonicalize().map_err(failed)?;
        Ok(Self { inner: Arc::new(LocalFileSystem::new()), root, known: Arc::default() })
    }

    /// Directories to sync so that `path` has its name for good: the one that holds it, and each above it, up to the
    /// root, in which a name on the way is not known to be on disk.
    fn unsynced(&self, path: &FilePath) -> Vec<PathBuf> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let above = path.ancestors().skip(1).take_while(|directory| directory.starts_with(&self.root));
        above
            .zip(path.ancestors())
            .filter(|(_, name)| !known.contains(*name))
            .map(|(above, _)| above.to_owned())
            .collect()
    }

    /// Remembers that the directories above a path have their names for good.
    fn remember(&self, path: &FilePath) {
        let above = path.ancestors().skip(1).take_while(|directory| directory.starts_with(&self.root));
        self.known.lock().unwrap_or_else(PoisonError::into_inner).extend(above.map(FilePath::to_owned));
    }

    /// Runs file work away from the async threads, then syncs the directories above the file.
    async fn durably<T: Send + 'static>(
        &self,
        location: &Path,
        work: impl FnOnce(&FilePath) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let path = self.inner.path_to_filesystem(location)?;
        let directories = self.unsynced(&path);
        let files = self.clone();
        tokio::task::spawn_blocking(move || {
            let answer = work(&path);
            // A name that was already there may have been written by a process that died before this sync.
            if matches!(answer, Ok(_) | Err(Error::AlreadyExists { .. })) {
                sync_directories(&directories).map_err(failed)?;
                files.remember(&path);
            }
            answer
        })
        .await
        .map_err(|source| Error::JoinError { source })?
    }
}

/// An error of the file system as an object store reports it.
fn failed(source: std::io::Error) -> Error {
    Error::Generic { store: "SyncedFiles", source: Box::new(source) }
}

impl fmt::Display for SyncedFiles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SyncedFiles({})", self.root.display())
    }
}

#[async_trait::async_trait]
impl ObjectStore for SyncedFiles {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let create = match options.mode {
            PutMode::Create => true,
            PutMode::Overwrite => false,
            PutMode::Update(_) => return self.inner.put_opts(location, payload, options).await,
        };
        let name = location.to_string();
        self.durably(location, move |path| {
            write(path, &payload, create).map_err(|source| match source.kind() {
                std::io::ErrorKind::AlreadyExists => {
                    Error::AlreadyExists { path: name, source: Box::new(source) }
                }
                _ => failed(source),
            })
        })
        .await?;
        Ok(PutResult { e_tag: None, version: None })
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let upload = self.inner.put_multipart_opts(location, options).await?;
        Ok(Box::new(SyncedUpload { upload, files: self.clone(), location: location.clone() }))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix).boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await?;
        self.durably(to, |path| sync(path).map_err(failed)).await
    }
}

/// A multipart upload that is on disk when `complete` returns.
#[derive(Debug)]
struct SyncedUpload {
    upload: Box<dyn MultipartUpload>,
    files: SyncedFiles,
    location: Path,
}

#[async_trait::async_trait]
impl MultipartUpload for SyncedUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        self.upload.put_part(data)
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let result = self.upload.complete().await?;
        self.files.durably(&self.location, |path| sync(path).map_err(failed)).await?;
        Ok(result)
    }

    async fn abort(&mut self) -> Result<()> {
        self.upload.abort().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_folder_in_a_known_one_is_synced_there() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().canonicalize().unwrap();
        let files = SyncedFiles::new(&root).unwrap();
        let at = |path: &str| root.join(path);
        assert_eq!(files.unsynced(&at("a/b/one")), [at("a/b"), at("a"), root.clone()]);
        files.remember(&at("a/b/one"));
        assert_eq!(files.unsynced(&at("a/b/two")), [at("a/b")]);
        assert_eq!(files.unsynced(&at("a/c/one")), [at("a/c"), at("a")], "`c` is new in `a`");
    }
}
