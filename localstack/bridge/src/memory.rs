//! Checkpoints in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{BoxError, Checkpoints, Progress};

/// Checkpoints that end with the process.
#[derive(Default)]
pub struct MemoryCheckpoints(Mutex<BTreeMap<(String, String), Progress>>);

impl MemoryCheckpoints {
    fn all(&self) -> MutexGuard<'_, BTreeMap<(String, String), Progress>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait::async_trait]
impl Checkpoints for MemoryCheckpoints {
    async fn get(&self, consumer: &str, shard: &str) -> Result<Option<Progress>, BoxError> {
        Ok(self.all().get(&(consumer.to_owned(), shard.to_owned())).cloned())
    }

    async fn set(&self, consumer: &str, shard: &str, progress: &Progress) -> Result<(), BoxError> {
        self.all().insert((consumer.to_owned(), shard.to_owned()), progress.clone());
        Ok(())
    }
}
