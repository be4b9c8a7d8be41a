//! What is known of the ends of shards from what was put and read here.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use weir_events::Sequence;

/// How long a shard that was read to its end is believed to hold nothing newer than what was put here since.
const FRESH: Duration = Duration::from_secs(1);

/// Ends of shards, by name of the stream and shard.
#[derive(Default)]
pub(crate) struct Tails(Mutex<HashMap<(String, String), Tail>>);

#[derive(Default)]
struct Tail {
    newest: Option<Sequence>,
    /// Whether the newest record was looked for, so that none known is none there.
    is_searched: bool,
    behind: Option<Duration>,
    at_end: Option<Instant>,
}

impl Tails {
    /// Records were put.
    pub(crate) fn put<'a>(&self, name: &str, records: impl Iterator<Item = (&'a str, &'a Sequence)>) {
        let mut newest = HashMap::<&str, &Sequence>::new();
        for (shard, sequence) in records {
            let known = newest.entry(shard).or_insert(sequence);
            *known = sequence.max(known);
        }
        let mut all = self.all();
        for (shard, sequence) in newest {
            all.entry((name.to_owned(), shard.to_owned())).or_default().see(sequence);
        }
    }

    /// A shard was read up to a record, or no further, and is so far behind there.
    pub(crate) fn read(&self, name: &str, shard: &str, last: Option<&Sequence>, behind: Duration) {
        let mut all = self.all();
        let tail = all.entry((name.to_owned(), shard.to_owned())).or_default();
        tail.behind = Some(behind);
        if let Some(last) = last {
            tail.see(last);
        }
        if behind.is_zero() {
            tail.at_end = Some(Instant::now());
        }
    }

    /// How far behind the last read was.
    pub(crate) fn behind(&self, name: &str, shard: &str) -> Option<Duration> {
        self.all().get(&(name.to_owned(), shard.to_owned()))?.behind
    }

    /// The newest record was looked for in all that is kept.
    pub(crate) fn searched(&self, name: &str, shard: &str, newest: Option<&Sequence>) {
        self.read(name, shard, newest, Duration::ZERO);
        if let Some(tail) = self.all().get_mut(&(name.to_owned(), shard.to_owned())) {
            tail.is_searched = true;
        }
    }

    /// The newest record, if that is known since its shard was read to the end just now.
    pub(crate) fn newest(&self, name: &str, shard: &str) -> Option<Option<Sequence>> {
        let all = self.all();
        let tail = all.get(&(name.to_owned(), shard.to_owned()))?;
        let is_known = tail.newest.is_some() || tail.is_searched;
        let is_fresh = tail.at_end.is_some_and(|at| at.elapsed() < FRESH);
        (is_known && is_fresh).then(|| tail.newest.clone())
    }

    fn all(&self) -> MutexGuard<'_, HashMap<(String, String), Tail>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tail {
    fn see(&mut self, sequence: &Sequence) {
        if self.newest.as_ref().is_none_or(|newest| newest < sequence) {
            self.newest = Some(sequence.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_newest_record_is_known_while_the_shard_is_read_to_its_end() {
        let tails = Tails::default();
        let (first, second) = (Sequence::from(9), Sequence::from(10));
        tails.put("orders", [("0", &second), ("0", &first)].into_iter());
        assert_eq!(tails.newest("orders", "0"), None, "others may have put newer ones");
        tails.read("orders", "0", Some(&first), Duration::from_secs(2));
        assert_eq!(tails.newest("orders", "0"), None, "it was not read to its end");
        tails.read("orders", "0", None, Duration::ZERO);
        assert_eq!(tails.newest("orders", "0"), Some(Some(second)));
        tokio::time::advance(FRESH).await;
        assert_eq!(tails.newest("orders", "0"), None, "that was too long ago");
        tails.searched("orders", "1", None);
        assert_eq!(tails.newest("orders", "1"), Some(None), "none is there");
    }
}
