//! Checkpoints in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{BoxError, Checkpoints};

/// Checkpoints that end with the process.
#[derive(Default)]
pub struct MemoryCheckpoints(Mutex<BTreeMap<(String, String), String>>);

impl MemoryCheckpoints {
    fn all(&self) -> MutexGuard<'_, BTreeMap<(String, String), String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait::async_trait]
impl Checkpoints for MemoryCheckpoints {
    async fn get(&self, consumer: &str, shard: &str) -> Result<Option<String>, BoxError> {
        Ok(self.all().get(&(consumer.to_owned(), shard.to_owned())).cloned())
    }

    async fn set(&self, consumer: &str, shard: &str, sequence: &str) -> Result<(), BoxError> {
        self.all().insert((consumer.to_owned(), shard.to_owned()), sequence.to_owned());
        Ok(())
    }
}
