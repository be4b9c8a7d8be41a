//! Taking turns within one process on the entities and transactions that two batches share.
//!
//! Versions in the store keep two writers apart, whoever they are; a turn only saves the work of folding what
//! would be refused.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard};
use weir_events::EntityKey;

/// Enough that two batches at work, of a handful of things each, hardly ever share one by chance.
const STRIPES: u64 = 1 << 14;

/// Locks that things are spread over.
pub(crate) struct Turns(Vec<Arc<Mutex<()>>>);

/// The locks that one batch needs.
#[derive(Default)]
pub(crate) struct Wanted(BTreeSet<usize>);

/// Locks held until this is dropped.
pub(crate) struct Turn {
    _guards: Vec<OwnedMutexGuard<()>>,
    /// Whether somebody else had one of them: what was read before may be old.
    pub(crate) has_waited: bool,
}

impl Wanted {
    pub(crate) fn entity(&mut self, entity: &EntityKey) {
        self.0.insert(stripe(entity));
    }

    pub(crate) fn transaction(&mut self, transaction_id: &str) {
        self.0.insert(stripe(transaction_id));
    }
}

fn stripe(thing: impl std::hash::Hash) -> usize {
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(thing);
    usize::try_from(hash % STRIPES).unwrap_or(0)
}

impl Turns {
    pub(crate) fn new() -> Self {
        Self((0..STRIPES).map(|_| Arc::default()).collect())
    }

    /// Waits for everything wanted; always in the same order, so that nobody waits for each other.
    pub(crate) async fn take(&self, wanted: &Wanted) -> Turn {
        let (mut guards, mut has_waited) = (Vec::with_capacity(wanted.0.len()), false);
        for lock in wanted.0.iter().filter_map(|index| self.0.get(*index)) {
            guards.push(match Arc::clone(lock).try_lock_owned() {
                Ok(guard) => guard,
                Err(_) => {
                    has_waited = true;
                    Arc::clone(lock).lock_owned().await
                }
            });
        }
        Turn { _guards: guards, has_waited }
    }
}
