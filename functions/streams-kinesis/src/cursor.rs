//! A place in a shard, with the iterator that leads on from it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use weir_events::{RawRecord, Sequence};

/// Most cursors kept for a shard; readers beyond that ask for an iterator each time.
const KEPT: usize = 8;

/// Where a reader stands in a shard. Its iterator leads on behind what is in the buffer.
pub(crate) struct Cursor {
    /// The last record read; `None` in front of the oldest.
    pub(crate) after: Option<Sequence>,
    pub(crate) iterator: Option<String>,
    /// Records fetched and not yet read.
    pub(crate) buffer: VecDeque<RawRecord>,
    /// The iterator begins with this record itself, to see whether it is still there.
    pub(crate) expected: Option<Sequence>,
    /// Nothing comes behind the buffer: the shard is closed.
    pub(crate) is_closed: bool,
}

impl Cursor {
    pub(crate) fn new(after: Option<Sequence>) -> Self {
        Self { after, iterator: None, buffer: VecDeque::new(), expected: None, is_closed: false }
    }
}

/// Cursors of all shards, by where they stand: any number of readers go on from their own places.
#[derive(Default)]
pub(crate) struct Cursors(Mutex<HashMap<(String, String), VecDeque<Cursor>>>);

impl Cursors {
    /// Takes the cursor that stands there, or a new one. It is nobody else's until it is put back; one that is dropped
    /// instead is made anew.
    pub(crate) fn take(&self, name: &str, shard: &str, after: Option<&Sequence>) -> Cursor {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.get_mut(&(name.to_owned(), shard.to_owned()));
        let found = kept.and_then(|kept| {
            let index = kept.iter().position(|cursor| cursor.after.as_ref() == after)?;
            kept.remove(index)
        });
        found.unwrap_or_else(|| Cursor::new(after.cloned()))
    }

    pub(crate) fn put_back(&self, name: &str, shard: &str, cursor: Cursor) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.entry((name.to_owned(), shard.to_owned())).or_default();
        kept.push_back(cursor);
        if kept.len() > KEPT {
            kept.pop_front();
        }
    }
}
