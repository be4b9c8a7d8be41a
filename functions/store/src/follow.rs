//! Following every shard of an outbox, those that are born on the way too.

use std::collections::HashSet;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tracing::warn;
use weir_events::Shard;

use crate::{Kind, Outbox, StoreError};

/// How the reading of one shard ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The shard is closed and everything in it was read: those made from it are next.
    Closed,
    /// The reader was asked to stop and has read what was there.
    Stopped,
}

/// How an outbox is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Follow {
    /// How often it is looked for new shards; one that ends is followed by its children at once.
    pub look_again: Duration,
}

impl Default for Follow {
    fn default() -> Self {
        Self { look_again: Duration::from_secs(5) }
    }
}

/// Reads every shard, each by a future of its own, a shard after those it was made from; returns when all were asked
/// to stop.
///
/// # Errors
/// The first error of a reader: the other readers are dropped where they are. An error of the outbox when it is asked
/// for its shards, unless it may pass and nobody has asked to stop.
pub async fn follow<E, F>(
    outbox: &dyn Outbox,
    settings: Follow,
    is_stopping: impl Fn() -> bool,
    read: impl Fn(String) -> F,
) -> Result<(), E>
where
    E: From<StoreError>,
    F: Future<Output = Result<Ended, E>>,
{
    let mut known = Known::default();
    let mut readers = FuturesUnordered::new();
    loop {
        match outbox.shards().await {
            Ok(shards) => {
                for shard in known.ready(&shards) {
                    let reader = read(shard.clone());
                    readers.push(async move { (shard, reader.await) });
                }
            }
            Err(error) if is_stopping() || error.kind() != Kind::Retryable => return Err(error.into()),
            Err(error) => {
                warn!(
                    error = &error as &dyn std::error::Error,
                    "the outbox does not tell its shards, asking again"
                );
            }
        }
        if readers.is_empty() && is_stopping() {
            return Ok(());
        }
        tokio::select! {
            Some((shard, ended)) = readers.next() => {
                if ended? == Ended::Closed {
                    known.done.insert(shard);
                }
            }
            () = tokio::time::sleep(settings.look_again) => {}
        }
    }
}

/// Shards that were met.
#[derive(Default)]
struct Known {
    begun: HashSet<String>,
    done: HashSet<String>,
}

impl Known {
    /// Shards whose turn has come, each once.
    fn ready(&mut self, shards: &[Shard]) -> Vec<String> {
        let is_there = |id: &String| shards.iter().any(|shard| shard.id == *id);
        self.begun.retain(is_there);
        self.done.retain(is_there);
        let is_over = |id: &String| self.done.contains(id) || !is_there(id);
        let next = shards.iter().filter(|shard| !self.begun.contains(&shard.id));
        let next: Vec<String> =
            next.filter(|shard| shard.parents.iter().all(is_over)).map(|shard| shard.id.clone()).collect();
        self.begun.extend(next.iter().cloned());
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(id: &str, parents: &[&str]) -> Shard {
        Shard { id: id.to_owned(), parents: parents.iter().map(|parent| (*parent).to_owned()).collect() }
    }

    #[test]
    fn a_shard_waits_for_those_it_was_made_from() {
        let mut known = Known::default();
        let shards = [shard("c", &["a", "b"]), shard("a", &["gone"]), shard("b", &[]), shard("d", &["c"])];
        assert_eq!(known.ready(&shards), ["a", "b"]);
        assert!(known.ready(&shards).is_empty(), "each is begun once");
        known.done.insert("a".to_owned());
        assert!(known.ready(&shards).is_empty(), "both parents first");
        known.done.insert("b".to_owned());
        assert_eq!(known.ready(&shards), ["c"]);
        assert_eq!(known.ready(&shards[3..]), ["d"], "a parent that is gone is not waited for");
    }
}
