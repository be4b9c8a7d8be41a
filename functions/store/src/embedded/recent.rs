//! The newest outbox entries in memory: its readers are right behind the writer as a rule, and need not look for
//! each entry, and for the item that it points to, in the tables.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use weir_events::EncodedEntry;

/// Bytes of entries that are kept at most: about two seconds of 5,000 decisions each.
const MOST_BYTES: usize = 48 << 20;
/// What an entry takes beside its text.
const ENTRY_BYTES: usize = 128;

/// A run of entries without a gap, up to the newest.
#[derive(Default)]
pub(super) struct Recent(Mutex<Run>);

#[derive(Default)]
struct Run {
    entries: VecDeque<Arc<EncodedEntry>>,
    /// Sequence of the newest entry ever made.
    newest: u64,
    /// Entries up to here were trimmed.
    trimmed: u64,
    bytes: usize,
}

impl Recent {
    /// Begins behind the entries that are in the tables alone.
    pub(super) fn begin(&self, newest: u64, trimmed: u64) {
        *self.locked() = Run { newest, trimmed, ..Run::default() };
    }

    /// Takes in what was written now.
    pub(super) fn push(&self, entries: Vec<Arc<EncodedEntry>>) {
        let mut run = self.locked();
        for entry in entries {
            run.newest += 1;
            run.bytes += size_of(&entry);
            run.entries.push_back(entry);
        }
        while run.bytes > MOST_BYTES {
            run.forget();
        }
    }

    /// Forgets what was trimmed.
    pub(super) fn trim(&self, through: u64) {
        let mut run = self.locked();
        run.trimmed = run.trimmed.max(through);
        while !run.entries.is_empty() && run.before() < through {
            run.forget();
        }
    }

    /// Up to `limit` entries after a number, each with its own; `None` if they are to be read from the tables: the
    /// first of them is not kept here, or what `after` names was trimmed.
    pub(super) fn after(
        &self,
        is_resumed: bool,
        number: u64,
        limit: usize,
    ) -> Option<Vec<(u64, Arc<EncodedEntry>)>> {
        let run = self.locked();
        let start = number.max(run.trimmed);
        if start < run.before() || start > run.newest || (is_resumed && number < run.trimmed) {
            return None;
        }
        let passed = usize::try_from(start - run.before()).ok()?;
        let later = run.entries.iter().skip(passed).take(limit).cloned();
        Some((start + 1..).zip(later).collect())
    }

    fn locked(&self) -> MutexGuard<'_, Run> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Run {
    /// Number of the entry before the first that is kept.
    fn before(&self) -> u64 {
        self.newest - self.entries.len() as u64
    }

    fn forget(&mut self) {
        self.bytes -= self.entries.pop_front().map_or(0, |entry| size_of(&entry));
    }
}

fn size_of(entry: &EncodedEntry) -> usize {
    ENTRY_BYTES + entry.transaction_id.len() + entry.json.len()
}

#[cfg(test)]
mod tests {
    use weir_events::Timestamp;

    use super::*;

    fn entries(count: usize, size: usize) -> Vec<Arc<EncodedEntry>> {
        let entry = |number: usize| EncodedEntry {
            transaction_id: number.to_string(),
            at: Timestamp::from_micros(0),
            outcome: None,
            json: vec![0; size],
        };
        (0..count).map(entry).map(Arc::new).collect()
    }

    fn numbers(found: Option<Vec<(u64, Arc<EncodedEntry>)>>) -> Option<Vec<u64>> {
        found.map(|found| found.into_iter().map(|(number, _)| number).collect())
    }

    #[test]
    fn what_is_kept_is_read_and_what_is_not_is_left_to_the_tables() {
        let recent = Recent::default();
        recent.begin(7, 2);
        recent.push(entries(3, 1));
        assert_eq!(numbers(recent.after(true, 7, 9)), Some(vec![8, 9, 10]));
        assert_eq!(numbers(recent.after(true, 8, 1)), Some(vec![9]));
        assert_eq!(numbers(recent.after(true, 10, 9)), Some(vec![]));
        for (is_resumed, number) in [(true, 6), (true, 0), (false, 0), (true, 11)] {
            assert_eq!(numbers(recent.after(is_resumed, number, 9)), None, "{number}");
        }
    }

    #[test]
    fn what_was_trimmed_is_told_by_the_tables_and_passed_over_from_the_start() {
        let recent = Recent::default();
        recent.push(entries(5, 1));
        recent.trim(2);
        assert_eq!(numbers(recent.after(false, 0, 9)), Some(vec![3, 4, 5]));
        assert_eq!(numbers(recent.after(true, 1, 9)), None);
        recent.trim(5);
        assert_eq!(numbers(recent.after(true, 5, 9)), Some(vec![]));
        recent.push(entries(1, 1));
        assert_eq!(numbers(recent.after(true, 5, 9)), Some(vec![6]));
    }

    #[test]
    fn memory_is_bounded_and_the_newest_are_kept() {
        let recent = Recent::default();
        recent.push(entries(100, MOST_BYTES / 10));
        assert_eq!(numbers(recent.after(true, 0, 9)), None);
        let kept = numbers(recent.after(true, 95, 9)).unwrap();
        assert_eq!(kept, [96, 97, 98, 99, 100]);
        assert!(recent.locked().bytes <= MOST_BYTES);
    }
}
