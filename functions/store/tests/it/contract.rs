//! The contract suite, run by each adapter.

use std::sync::Arc;

use tempfile::TempDir;
use weir_store::contract::{Home, suite};
use weir_store::{Durability, EmbeddedStore, MemoryStore, Store};

struct Memory(Arc<MemoryStore>);

#[async_trait::async_trait]
impl Home for Memory {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::<MemoryStore>::clone(&self.0)
    }
}

struct Folder(TempDir, Durability);

#[async_trait::async_trait]
impl Home for Folder {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(EmbeddedStore::open(self.0.path().join("store"), self.1).unwrap())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_keeps_the_contract() {
    suite(|| Memory(Arc::new(MemoryStore::new()))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn embedded_keeps_the_contract_with_durability_power() {
    suite(|| Folder(tempfile::tempdir().unwrap(), Durability::Power)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn embedded_keeps_the_contract_with_durability_process() {
    suite(|| Folder(tempfile::tempdir().unwrap(), Durability::Process)).await;
}
