//! Where a lake lies.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::prelude::SessionContext;
use object_store::ObjectStore;
use url::Url;
use weir_files::SyncedFiles;

use crate::{EngineError, EngineSettings, durable, session};

/// The root of a lake: its object store, and sessions that query what lies there.
#[derive(Clone)]
pub struct Lake {
    root: Url,
    /// Where it is on the local disk, if it is there.
    folder: Option<PathBuf>,
    store: Arc<dyn ObjectStore>,
    by_whole_path: Arc<dyn ObjectStore>,
    runtime: Arc<RuntimeEnv>,
    settings: EngineSettings,
}

impl std::fmt::Debug for Lake {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Lake").field("root", &self.root.as_str()).finish_non_exhaustive()
    }
}

impl Lake {
    /// Opens the lake in a local folder, which is made if it is missing.
    ///
    /// # Errors
    /// If the folder cannot be made or read.
    pub fn open(folder: &Path, settings: EngineSettings) -> Result<Self, EngineError> {
        let unusable = |source| EngineError::Folder { folder: folder.to_owned(), source };
        std::fs::create_dir_all(folder).map_err(unusable)?;
        let absolute = folder.canonicalize().map_err(unusable)?;
        let root = Url::from_directory_path(&absolute)
            .map_err(|()| EngineError::Path { path: absolute.display().to_string() })?;
        let unusable = |source| EngineError::Store { root: root.to_string(), source };
        let store = SyncedFiles::new(&absolute).map_err(unusable)?;
        let by_whole_path = SyncedFiles::by_whole_path(&absolute).map_err(unusable)?;
        let runtime = session::runtime(settings)?;
        let (store, by_whole_path) = (Arc::new(store), Arc::new(by_whole_path));
        Ok(Self { root, folder: Some(absolute), store, by_whole_path, runtime, settings })
    }

    /// The lake in an object store, whose puts are durable: `files` with paths relative to the root, `by_whole_path`
    /// with the root's own path before them.
    ///
    /// # Errors
    /// If the root cannot be one, or the engine refuses its settings.
    pub fn remote(
        root: &Url,
        files: Arc<dyn ObjectStore>,
        by_whole_path: Arc<dyn ObjectStore>,
        settings: EngineSettings,
    ) -> Result<Self, EngineError> {
        let mut root = root.clone();
        if root.cannot_be_a_base() {
            return Err(EngineError::Path { path: root.to_string() });
        }
        let path = format!("{}/", root.path().trim_end_matches('/'));
        root.set_path(&path);
        let runtime = session::runtime(settings)?;
        Ok(Self { root, folder: None, store: files, by_whole_path, runtime, settings })
    }

    /// Opens the lake in a local folder if there is one; makes nothing.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn existing(folder: &Path, settings: EngineSettings) -> Result<Option<Self>, EngineError> {
        if folder.is_dir() { Self::open(folder, settings).map(Some) } else { Ok(None) }
    }

    /// The root, ending in `/`.
    pub const fn root(&self) -> &Url {
        &self.root
    }

    /// The object store; paths in it are relative to the root.
    pub fn store(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.store)
    }

    /// The same object store for whoever names files by their whole path, as the tables' logs do.
    pub fn store_by_whole_path(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.by_whole_path)
    }

    /// URL of a folder under the root, ending in `/`.
    ///
    /// # Errors
    /// If the path is no part of a URL.
    pub fn folder_url(&self, path: &str) -> Result<Url, EngineError> {
        self.root.join(&format!("{path}/")).map_err(|_| EngineError::Path { path: path.to_owned() })
    }

    /// A new session: UTC, bounded memory shared with the lake's other sessions, no tables yet.
    pub fn session(&self) -> SessionContext {
        session::session(self.settings, &self.runtime)
    }

    /// Returns when the files at these paths, and the folders that name them, are on the disk for good. What lies in an
    /// object store is so once it is put.
    ///
    /// # Errors
    /// If the system refuses to sync one of them.
    pub async fn sync(&self, paths: Vec<String>) -> Result<(), EngineError> {
        match &self.folder {
            Some(folder) => durable::sync(folder.clone(), paths).await,
            None => Ok(()),
        }
    }
}
