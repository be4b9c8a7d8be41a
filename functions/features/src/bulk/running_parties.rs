//! Numbers of distinct counterparties that move with the windows of an entity.
//!
//! A window holds as many distinct counterparties as entries that no later entry has superseded.

use crate::bulk::arena::{entry_at, entry_at_mut};
use crate::bulk::head::Head;
use crate::bulk::latest::Latest;
use crate::bulk::packed::Packed;
use crate::bulk::plan::ByWindow;
use crate::counterparty::MOST;

/// With more entries than this, the newest of each counterparty is looked up rather than looked for.
const MANY: u32 = 64;

/// Distinct counterparties of each slot, by window.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parties {
    counts: ByWindow<[u64; MOST]>,
    latest: Option<Box<[Latest; MOST]>>,
}

impl Parties {
    /// Counts all entries of a ring in every window.
    pub(crate) fn start<E: Packed>(&mut self, head: &Head, ring: &[E]) {
        for sequence in head.begin..head.end {
            let Some(entry) = entry_at(ring, sequence) else { continue };
            for slot in 0..MOST {
                let is_counted = entry.party(slot).is_some() && !entry.is_superseded(slot);
                self.counts.iter_mut().for_each(|counts| counts[slot] += u64::from(is_counted));
            }
        }
    }

    /// An entry leaves a window.
    #[inline]
    pub(crate) fn leave<E: Packed>(&mut self, window: usize, entry: &E) {
        for (slot, count) in self.counts[window].iter_mut().enumerate() {
            *count -= u64::from(entry.party(slot).is_some() && !entry.is_superseded(slot));
        }
    }

    /// Takes in an entry that is about to be appended.
    pub(crate) fn take<E: Packed>(&mut self, begins: &ByWindow<u32>, head: &Head, ring: &mut [E], own: &E) {
        if self.latest.is_none() && head.len() > MANY {
            self.latest = Some(Box::new(std::array::from_fn(|slot| Latest::of(head, ring, slot))));
        }
        for slot in 0..MOST {
            let Some(hash) = own.party(slot) else { continue };
            let before = match &mut self.latest {
                Some(latest) => latest[slot].replace(hash, head),
                None => newest_with(begins, head, ring, slot, hash),
            };
            if let Some(entry) = before.and_then(|sequence| entry_at_mut(ring, sequence)) {
                entry.supersede(slot);
            }
            for (counts, begin) in self.counts.iter_mut().zip(begins) {
                counts[slot] += u64::from(before.is_none_or(|before| before < *begin));
            }
        }
    }

    /// What the windows hold.
    #[inline]
    pub(crate) const fn counts(&self) -> &ByWindow<[u64; MOST]> {
        &self.counts
    }
}

/// Sequence of the newest entry with a counterparty. Those that have left every window are of no interest.
fn newest_with<E: Packed>(
    begins: &ByWindow<u32>,
    head: &Head,
    ring: &[E],
    slot: usize,
    hash: u32,
) -> Option<u32> {
    let oldest = begins.iter().copied().min().unwrap_or(head.begin).max(head.begin);
    let is_found =
        |sequence: &u32| entry_at(ring, *sequence).is_some_and(|entry| entry.party(slot) == Some(hash));
    (oldest..head.end).rev().find(is_found)
}
