//! Files that stay when the power fails.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use crate::EngineError;

/// Syncs files and their folders up to the root. The store itself leaves that to the system.
pub(crate) async fn sync(root: PathBuf, paths: Vec<String>) -> Result<(), EngineError> {
    let worker = tokio::task::spawn_blocking(move || sync_now(&root, &paths));
    match worker.await {
        Ok(result) => result,
        Err(stopped) => Err(EngineError::Sync { path: String::new(), source: stopped.into() }),
    }
}

fn sync_now(root: &Path, paths: &[String]) -> Result<(), EngineError> {
    let mut folders = BTreeSet::new();
    for path in paths {
        let file = root.join(path);
        sync_one(&file)?;
        folders.extend(
            file.ancestors().skip(1).take_while(|folder| folder.starts_with(root)).map(Path::to_owned),
        );
    }
    folders.iter().try_for_each(|folder| sync_one(folder))
}

fn sync_one(path: &Path) -> Result<(), EngineError> {
    let failed = |source| EngineError::Sync { path: path.display().to_string(), source };
    File::open(path).and_then(|file| file.sync_all()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_missing_file_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("a/b")).unwrap();
        std::fs::write(folder.path().join("a/b/c"), "x").unwrap();
        sync(folder.path().to_owned(), vec!["a/b/c".to_owned()]).await.unwrap();
        let error = sync(folder.path().to_owned(), vec!["a/b/d".to_owned()]).await.unwrap_err();
        assert!(error.to_string().contains("a/b/d"), "{error}");
    }
}
