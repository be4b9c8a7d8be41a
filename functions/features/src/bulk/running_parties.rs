//! Numbers of distinct counterparties that move with the windows of an entity.
//!
//! A window holds as many distinct counterparties as entries that no later entry has superseded.

use crate::bulk::arena::{entry_at, entry_at_mut};
use crate::bulk::head::Head;
use crate::bulk::packed::Packed;
use crate::bulk::plan::ByWindow;
use crate::counterparty::MOST;

/// Distinct counterparties of each slot, by window.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Parties {
    counts: ByWindow<[u64; MOST]>,
}

impl Parties {
    /// Counts all entries of a ring in every window.
    pub(crate) fn start<E: Packed>(&mut self, head: &Head, ring: &[E]) {
        for sequence in head.begin..head.end {
            let Some(entry) = entry_at(ring, sequence) else { continue };
            for slot in 0..MOST {
                let is_counted = entry.party(slot).is_some() && !entry.is_superseded(slot);
                self.counts.iter_mut().filter_map(|counts| counts.get_mut(slot)).for_each(|count| {
                    *count += u64::from(is_counted);
                });
            }
        }
    }

    /// An entry leaves a window.
    pub(crate) fn leave<E: Packed>(&mut self, window: usize, entry: &E) {
        let Some(counts) = self.counts.get_mut(window) else { return };
        for (slot, count) in counts.iter_mut().enumerate() {
            *count -= u64::from(entry.party(slot).is_some() && !entry.is_superseded(slot));
        }
    }

    /// Takes in an entry that is about to be appended.
    pub(crate) fn take<E: Packed>(&mut self, begins: &ByWindow<u32>, head: &Head, ring: &mut [E], own: &E) {
        for slot in 0..MOST {
            let Some(hash) = own.party(slot) else { continue };
            let before = supersede(begins, head, ring, slot, hash);
            for (counts, begin) in self.counts.iter_mut().zip(begins) {
                let is_new = before.is_none_or(|before| before < *begin);
                if let Some(count) = counts.get_mut(slot) {
                    *count += u64::from(is_new);
                }
            }
        }
    }

    /// What the windows hold.
    pub(crate) const fn counts(&self) -> ByWindow<[u64; MOST]> {
        self.counts
    }
}

/// Marks the newest entry with a counterparty as superseded; answers its sequence. Those that have left every
/// window are of no interest.
fn supersede<E: Packed>(
    begins: &ByWindow<u32>,
    head: &Head,
    ring: &mut [E],
    slot: usize,
    hash: u32,
) -> Option<u32> {
    let oldest = begins.iter().copied().min().unwrap_or(head.begin).max(head.begin);
    let found = (oldest..head.end)
        .rev()
        .find(|sequence| entry_at(ring, *sequence).is_some_and(|entry| entry.party(slot) == Some(hash)))?;
    entry_at_mut(ring, found)?.supersede(slot);
    Some(found)
}
