//! The contract suite, run by each adapter.

use std::sync::Arc;

use tempfile::TempDir;
use weir_store::contract::{Atomic, Home, Kept, outbox_suite, single_outbox_suite, suite};
use weir_store::{Durability, EmbeddedStore, MemoryStore};

struct Memory(Arc<MemoryStore>);

#[async_trait::async_trait]
impl Home for Memory {
    async fn open(&self) -> Arc<dyn Kept> {
        Arc::<MemoryStore>::clone(&self.0)
    }
}

struct Folder(TempDir, Durability);

#[async_trait::async_trait]
impl Home for Folder {
    async fn open(&self) -> Arc<dyn Kept> {
        Arc::new(EmbeddedStore::open(self.0.path().join("store"), self.1).unwrap())
    }
}

async fn all_suites<H: Home>(new_home: impl AsyncFn() -> H) {
    suite(&new_home, Atomic::Whole).await;
    outbox_suite(&new_home).await;
    single_outbox_suite(&new_home).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_keeps_the_contract() {
    all_suites(async || Memory(Arc::new(MemoryStore::new()))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn embedded_keeps_the_contract_with_durability_power() {
    all_suites(async || Folder(tempfile::tempdir().unwrap(), Durability::Power)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn embedded_keeps_the_contract_with_durability_process() {
    all_suites(async || Folder(tempfile::tempdir().unwrap(), Durability::Process)).await;
}
