//! Checkpoints as the offsets that a group has committed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use rdkafka::consumer::{CommitMode, Consumer};
use rdkafka::{Offset, TopicPartitionList};
use tracing::warn;
use weir_streams::{Kind, Progress, StreamError};

use crate::context::Client;
use crate::error::{failed, unanswered};
use crate::record::{offset_after, sequence_of};

/// Kept beside the offset of a shard that is finished.
const FINISHED: &str = "finished";

/// A partition of a topic.
pub(crate) type Name = (String, i32);

/// How far one group has come. Set in memory at once, committed every while.
pub(crate) struct Offsets {
    client: Arc<Client>,
    timeout: Duration,
    state: Mutex<State>,
    /// Held while offsets are committed, so that older ones never replace newer ones.
    committing: Mutex<()>,
}

#[derive(Default)]
struct State {
    set: BTreeMap<Name, Progress>,
    dirty: BTreeMap<Name, Progress>,
    /// Why the last commit failed, if that will not pass; the next caller of `set` is told.
    failure: Option<StreamError>,
}

impl Offsets {
    /// Commits every `interval` from now on, until it is dropped.
    pub(crate) fn start(client: &Arc<Client>, timeout: Duration, interval: Duration) -> Arc<Self> {
        let (state, committing) = (Mutex::default(), Mutex::default());
        let offsets = Arc::new(Self { client: Arc::clone(client), timeout, state, committing });
        tokio::spawn(keep(Arc::downgrade(&offsets), interval));
        offsets
    }

    pub(crate) async fn get(&self, topic: &str, number: i32) -> Result<Option<Progress>, StreamError> {
        const ACTION: &str = "tell the committed offset of";
        if let Some(progress) = self.state().set.get(&(topic.to_owned(), number)) {
            return Ok(Some(progress.clone()));
        }
        let name = format!("{topic}/{number}");
        let mut partitions = TopicPartitionList::new();
        partitions.add_partition(topic, number);
        let (client, timeout) = (Arc::clone(&self.client), self.timeout);
        let asked = tokio::task::spawn_blocking(move || client.committed_offsets(partitions, timeout)).await;
        let found = asked.map_err(|_| unanswered(ACTION, &name))?.map_err(failed(ACTION, &name))?;
        let Some(found) = found.find_partition(topic, number) else { return Ok(None) };
        found.error().map_err(failed(ACTION, &name))?;
        Ok(match found.offset() {
            _ if found.metadata() == FINISHED => Some(Progress::Finished),
            Offset::Offset(offset) => Some(Progress::After(sequence_of(offset - 1))),
            _ => None,
        })
    }

    pub(crate) fn set(&self, topic: &str, number: i32, progress: Progress) -> Result<(), StreamError> {
        if let Progress::After(sequence) = &progress {
            offset_after(sequence)?;
        }
        let mut state = self.state();
        state.set.insert((topic.to_owned(), number), progress.clone());
        state.dirty.insert((topic.to_owned(), number), progress);
        state.failure.take().map_or(Ok(()), Err)
    }

    /// Commits what is set for partitions that go to another member, and forgets them. Blocks.
    pub(crate) fn hand_over(&self, partitions: &[Name]) {
        if let Err(error) = self.commit() {
            warn!("offsets could not be committed, their records are read again: {error}");
        }
        self.forget(partitions);
    }

    /// Forgets what was set for partitions: another member may have come further since.
    pub(crate) fn forget(&self, partitions: &[Name]) {
        let mut state = self.state();
        for name in partitions {
            state.set.remove(name);
            state.dirty.remove(name);
        }
    }

    /// Commits what was set since the last time. Blocks.
    pub(crate) fn commit(&self) -> Result<(), StreamError> {
        let _committing = self.committing.lock().unwrap_or_else(PoisonError::into_inner);
        let dirty = std::mem::take(&mut self.state().dirty);
        if dirty.is_empty() {
            return Ok(());
        }
        let committed = list(&dirty).and_then(|list| self.client.commit(&list, CommitMode::Sync));
        if committed.is_err() {
            let mut state = self.state();
            for (name, progress) in dirty {
                state.dirty.entry(name).or_insert(progress);
            }
        }
        committed.map_err(failed("commit offsets of", "a group"))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn list(offsets: &BTreeMap<Name, Progress>) -> rdkafka::error::KafkaResult<TopicPartitionList> {
    let mut list = TopicPartitionList::with_capacity(offsets.len());
    for ((topic, number), progress) in offsets {
        let mut partition = list.add_partition(topic, *number);
        match progress {
            Progress::After(sequence) => {
                // Looked at when it was set.
                partition.set_offset(Offset::Offset(offset_after(sequence).unwrap_or(0)))?;
            }
            Progress::Finished => {
                partition.set_offset(Offset::Offset(0))?;
                partition.set_metadata(FINISHED);
            }
        }
    }
    Ok(list)
}

async fn keep(offsets: Weak<Offsets>, interval: Duration) {
    let mut failures = 0_u32;
    loop {
        tokio::time::sleep(interval).await;
        let Some(offsets) = offsets.upgrade() else { return };
        if offsets.state().dirty.is_empty() {
            continue;
        }
        let committing = Arc::clone(&offsets);
        let Ok(committed) = tokio::task::spawn_blocking(move || committing.commit()).await else { return };
        let Err(error) = committed else {
            failures = 0;
            continue;
        };
        if failures.is_multiple_of(100) {
            warn!(kafka.failures = failures, "offsets could not be committed, trying again: {error}");
        }
        failures += 1;
        if error.kind() != Kind::Retryable {
            offsets.state().failure = Some(error);
        }
    }
}
