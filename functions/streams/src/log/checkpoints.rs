//! Checkpoints in small files, one a consumer: set in memory at once, written a few times a second.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tracing::warn;
use weir_events::Sequence;

use super::checkpoint_text::{Finished, parse, render};
use super::settings::{check_name, check_shard};
use super::{Durability, files};
use crate::{Progress, StreamError};

/// Least time between two writes. Each syncs a file and a folder for every consumer that moved, beside the syncs that
/// publishers and commits wait for; what is read again after a crash changes nothing.
const INTERVAL: Duration = Duration::from_millis(400);

/// The checkpoints of a log.
pub(crate) struct CheckpointFiles {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    directory: PathBuf,
    is_synced: bool,
    state: Mutex<State>,
    changed: Condvar,
    /// Held while files are written, so that an older state never replaces a newer one.
    writing: Mutex<()>,
}

#[derive(Default)]
struct State {
    consumers: BTreeMap<String, Finished>,
    dirty: BTreeSet<String>,
    /// Why the last write failed; the next caller of `set` is told.
    failure: Option<StreamError>,
    is_closed: bool,
}

impl CheckpointFiles {
    pub(crate) fn open(directory: &Path, durability: Durability) -> Result<Self, StreamError> {
        files::make_directory(directory)?;
        let state = State { consumers: load(directory)?, ..State::default() };
        let shared = Arc::new(Shared {
            directory: directory.to_owned(),
            is_synced: durability == Durability::Power,
            state: Mutex::new(state),
            changed: Condvar::new(),
            writing: Mutex::new(()),
        });
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("weir-checkpoints".to_owned());
        let thread = thread.spawn(move || of_thread.run());
        let thread = thread.map_err(StreamError::io("start the writer of", directory))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    pub(crate) fn get(&self, consumer: &str, stream: &str, shard: &str) -> Option<Progress> {
        let state = self.shared.state();
        state.consumers.get(consumer)?.get(&(stream.to_owned(), shard.to_owned())).cloned()
    }

    pub(crate) fn set(
        &self,
        consumer: &str,
        stream: &str,
        shard: &str,
        progress: Progress,
    ) -> Result<(), StreamError> {
        check_name("consumer", consumer)?;
        check_name("stream", stream)?;
        check_shard(shard)?;
        if let Some(sequence) = progress.sequence().filter(|sequence| !is_number(sequence)) {
            return Err(StreamError::BadSequence { sequence: sequence.clone() });
        }
        let mut state = self.shared.state();
        let finished = state.consumers.entry(consumer.to_owned()).or_default();
        finished.insert((stream.to_owned(), shard.to_owned()), progress);
        // With something to write already, the writer is awake or waits for its time.
        if state.dirty.is_empty() {
            self.shared.changed.notify_one();
        }
        if !state.dirty.contains(consumer) {
            state.dirty.insert(consumer.to_owned());
        }
        state.failure.take().map_or(Ok(()), Err)
    }

    /// What every consumer of a shard has finished: those asked for, and whoever has a checkpoint in the stream.
    pub(crate) fn slowest(&self, stream: &str, shard: &str, consumers: &[&str]) -> u64 {
        let state = self.shared.state();
        let at = |finished: &Finished| match finished.get(&(stream.to_owned(), shard.to_owned())) {
            Some(Progress::After(sequence)) => sequence.as_str().parse().unwrap_or(0),
            Some(Progress::Finished) => u64::MAX,
            None => 0,
        };
        let others =
            state.consumers.iter().filter(|(_, finished)| finished.keys().any(|(of, _)| of == stream));
        let asked = consumers.iter().map(|consumer| state.consumers.get(*consumer).map_or(0, at));
        others.map(|(_, finished)| at(finished)).chain(asked).min().unwrap_or(u64::MAX)
    }

    /// Takes checkpoints back that lie behind the newest record. Without syncs a power cut can take records away that
    /// a checkpoint counts as finished; the records that get their sequences next are not.
    pub(crate) fn not_beyond(&self, stream: &str, shard: &str, newest: u64) {
        let mut state = self.shared.state();
        let State { consumers, dirty, .. } = &mut *state;
        for (consumer, finished) in consumers {
            let progress = finished.get_mut(&(stream.to_owned(), shard.to_owned()));
            let Some(Progress::After(sequence)) = progress else { continue };
            if sequence.as_str().parse().is_ok_and(|number: u64| number > newest) {
                warn!(consumer, stream, shard, %sequence, newest, "records that a checkpoint knew are gone");
                *sequence = Sequence::from(newest);
                dirty.insert(consumer.clone());
            }
        }
    }

    pub(crate) fn flush(&self) -> Result<(), StreamError> {
        self.shared.write()
    }
}

impl Drop for CheckpointFiles {
    fn drop(&mut self) {
        self.shared.state().is_closed = true;
        self.shared.changed.notify_one();
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        while self.wait() {
            self.write_or_remember();
        }
        self.write_or_remember();
    }

    /// Waits until there is something to write and a while has passed; false when the log is closed.
    fn wait(&self) -> bool {
        let idle = |state: &mut State| state.dirty.is_empty() && !state.is_closed;
        let state = self.changed.wait_while(self.state(), idle).unwrap_or_else(PoisonError::into_inner);
        let open = |state: &mut State| !state.is_closed;
        let waited = self.changed.wait_timeout_while(state, INTERVAL, open);
        !waited.unwrap_or_else(PoisonError::into_inner).0.is_closed
    }

    fn write_or_remember(&self) {
        if let Err(error) = self.write() {
            self.state().failure = Some(error);
        }
    }

    /// Writes the files of consumers that moved.
    fn write(&self) -> Result<(), StreamError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.state();
        let dirty = std::mem::take(&mut state.dirty);
        let text = |consumer: &String| render(state.consumers.get(consumer));
        let drafts: Vec<_> = dirty.iter().map(|consumer| (consumer.clone(), text(consumer))).collect();
        drop(state);
        let write = |(consumer, text): &(String, String)| {
            files::replace(&self.directory.join(consumer), text.as_bytes(), self.is_synced)
        };
        let result = drafts.iter().try_for_each(write);
        if result.is_err() {
            self.state().dirty.extend(dirty);
        }
        result
    }
}

fn is_number(sequence: &Sequence) -> bool {
    sequence.as_str().bytes().all(|byte| byte.is_ascii_digit())
}

fn load(directory: &Path) -> Result<BTreeMap<String, Finished>, StreamError> {
    let failed = || StreamError::io("list directory", directory);
    let mut consumers = BTreeMap::new();
    for entry in fs::read_dir(directory).map_err(failed())? {
        let path = entry.map_err(failed())?.path();
        let Some(consumer) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if check_name("consumer", consumer).is_err() {
            continue;
        }
        let text = fs::read(&path).map_err(StreamError::io("read", &path))?;
        match std::str::from_utf8(&text).ok().and_then(parse) {
            Some(finished) => drop(consumers.insert(consumer.to_owned(), finished)),
            None => {
                warn!(path = %path.display(), "a checkpoint file is damaged; its consumer starts at the oldest record");
            }
        }
    }
    Ok(consumers)
}
