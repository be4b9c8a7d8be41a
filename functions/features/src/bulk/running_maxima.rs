//! Largest amounts that move with the windows of an entity.

use crate::bulk::arena::entry_at;
use crate::bulk::head::Head;
use crate::bulk::packed::Packed;
use crate::bulk::plan::ByWindow;

/// Largest amounts, and the sequences of the newest entries that have them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Maxima {
    amounts: ByWindow<i64>,
    sequences: ByWindow<u32>,
}

impl Maxima {
    /// Largest amount of a window.
    #[inline]
    pub(crate) const fn of(&self, place: usize) -> i64 {
        self.amounts[place]
    }

    pub(crate) const fn touch(&self) -> u32 {
        self.sequences[0]
    }

    /// Adds an entry to every window, given where they begin.
    #[inline]
    pub(crate) fn add(&mut self, begins: &ByWindow<u32>, sequence: u32, amount: i64) {
        let windows = self.amounts.iter_mut().zip(&mut self.sequences).zip(begins);
        for ((max, at), begin) in windows {
            if sequence <= *begin || amount >= *max {
                (*max, *at) = (amount, sequence);
            }
        }
    }

    /// A window begins later now: looks for its largest amount anew if that entry has left it.
    #[inline]
    pub(crate) fn leave<E: Packed>(&mut self, place: usize, begin: u32, head: &Head, ring: &[E]) {
        if self.sequences[place] >= begin {
            return;
        }
        let (mut max, mut at) = (i64::MIN, begin);
        for sequence in begin..head.end {
            if let Some(entry) = entry_at(ring, sequence).filter(|entry| entry.amount() >= max) {
                (max, at) = (entry.amount(), sequence);
            }
        }
        (self.amounts[place], self.sequences[place]) = (max, at);
    }
}
