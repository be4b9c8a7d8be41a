//! Both adapters keep the contract.

use std::fs;

use tempfile::TempDir;
use weir_keyring::contract::{Bench, suite};
use weir_keyring::{FileKeyring, MemoryKeyring};

struct Memory;

#[async_trait::async_trait]
impl Bench for Memory {
    type Adapter = MemoryKeyring;

    async fn open(&mut self) -> MemoryKeyring {
        MemoryKeyring::new().unwrap()
    }

    async fn reopen(&mut self, _adapter: MemoryKeyring) -> Option<MemoryKeyring> {
        None
    }
}

/// A keyring of which each opening sees the files as they were at the kill, since they are copied while it is open.
struct Files(TempDir);

#[async_trait::async_trait]
impl Bench for Files {
    type Adapter = FileKeyring;

    async fn open(&mut self) -> FileKeyring {
        FileKeyring::open(self.0.path()).unwrap().0
    }

    async fn reopen(&mut self, adapter: FileKeyring) -> Option<FileKeyring> {
        let killed = tempfile::tempdir().unwrap();
        for entry in fs::read_dir(self.0.path()).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, killed.path().join(path.file_name().unwrap())).unwrap();
        }
        drop(adapter);
        self.0 = killed;
        Some(self.open().await)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_keeps_the_contract() {
    suite(|| Memory).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn files_keep_the_contract() {
    suite(|| Files(tempfile::tempdir().unwrap())).await.unwrap();
}
