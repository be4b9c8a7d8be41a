//! Both adapters keep the contract.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use weir_events::Timestamp;
use weir_streams::contract::{Bench, SHARDED, SINGLE, suite};
use weir_streams::{Durability, LogSettings, LogStreams, MemoryStreams};

pub(crate) fn noon() -> Timestamp {
    Timestamp::from_seconds(1_700_000_000)
}

struct Memory;

#[async_trait::async_trait]
impl Bench for Memory {
    type Adapter = MemoryStreams;

    async fn open(&mut self) -> MemoryStreams {
        MemoryStreams::new([(SINGLE, 1), (SHARDED, 4)], noon)
    }

    async fn reopen(&mut self, _adapter: MemoryStreams) -> Option<MemoryStreams> {
        None
    }
}

/// A log of which each opening sees the files as they were at the kill, since they are copied while it runs.
struct Log {
    directory: TempDir,
    durability: Durability,
}

impl Log {
    fn new(durability: Durability) -> Self {
        Self { directory: tempfile::tempdir().unwrap(), durability }
    }

    fn settings(&self) -> LogSettings {
        let streams = LogSettings::new([(SINGLE, 1), (SHARDED, 4)]);
        LogSettings { durability: self.durability, segment_bytes: 4096, ..streams }
    }
}

#[async_trait::async_trait]
impl Bench for Log {
    type Adapter = LogStreams;

    async fn open(&mut self) -> LogStreams {
        LogStreams::open(self.directory.path(), self.settings(), noon).unwrap()
    }

    async fn reopen(&mut self, adapter: LogStreams) -> Option<LogStreams> {
        let killed = tempfile::tempdir().unwrap();
        copy(self.directory.path(), killed.path());
        drop(adapter);
        self.directory = killed;
        Some(self.open().await)
    }
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else if let Err(error) = fs::copy(&path, &target) {
            // A draft of a checkpoint may take its place meanwhile.
            assert_eq!(error.kind(), std::io::ErrorKind::NotFound, "{}", path.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_keeps_the_contract() {
    suite(|| Memory).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_synced_keeps_the_contract() {
    suite(|| Log::new(Durability::Power)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_unsynced_keeps_the_contract() {
    suite(|| Log::new(Durability::Process)).await.unwrap();
}
