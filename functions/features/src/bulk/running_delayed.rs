//! Counts that move with the delayed windows of an entity.

use crate::aggregate::DelayedSums;
use crate::bulk::arena::{USUAL, entry_at, leaving};
use crate::bulk::packed::Packed;
use crate::bulk::plan::{ByWindow, Plan};
use crate::bulk::row::Row;
use crate::window::Window;

/// Delayed windows `(until − width, until]`: they end at a common entry.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Delayed {
    /// One more than the sequence of the newest entry in the windows.
    pub(crate) end: u32,
    pub(crate) begins: ByWindow<u32>,
    pub(crate) frauds: ByWindow<u32>,
}

impl Delayed {
    /// Empty windows before the entry with a sequence.
    pub(crate) const fn new(begin: u32) -> Self {
        Self { end: begin, begins: [begin; Window::ALL.len()], frauds: [0; Window::ALL.len()] }
    }

    /// Moves the windows on; the entries before `end` are there.
    #[inline]
    pub(crate) fn advance<E: Packed>(&mut self, plan: &Plan, end: u32, ring: &[E], until: i64) {
        for _ in 0..USUAL {
            let (entering, entry) = leaving(ring, self.end, end, until);
            let fraud = entering & u32::from(entry.is_fraud());
            self.frauds.iter_mut().for_each(|frauds| *frauds += fraud);
            self.end += entering;
        }
        while self.end < end {
            let Some(entry) = entry_at(ring, self.end).filter(|entry| entry.time() <= until) else { break };
            self.frauds.iter_mut().for_each(|frauds| *frauds += u32::from(entry.is_fraud()));
            self.end += 1;
        }
        for (place, width) in plan.delayed.each() {
            let oldest = until - width;
            let (mut begin, mut frauds) = (self.begins[place], self.frauds[place]);
            for _ in 0..USUAL {
                let (leaving, entry) = leaving(ring, begin, self.end, oldest);
                frauds = frauds.wrapping_sub(leaving & u32::from(entry.is_fraud()));
                begin += leaving;
            }
            while begin < self.end {
                let Some(entry) = entry_at(ring, begin).filter(|entry| entry.time() <= oldest) else { break };
                frauds = frauds.wrapping_sub(u32::from(entry.is_fraud()));
                begin += 1;
            }
            (self.begins[place], self.frauds[place]) = (begin, frauds);
        }
    }

    /// Writes what the windows hold; of the wanted ones it is right.
    #[inline]
    pub(crate) fn write(&self, row: &mut Row) {
        for (sums, (begin, frauds)) in row.delayed.iter_mut().zip(self.begins.iter().zip(self.frauds)) {
            let count = u64::from(self.end.wrapping_sub(*begin));
            *sums = DelayedSums { count, frauds: u64::from(frauds) };
        }
    }

    /// Reads by `entry` the entries at which the windows begin and end.
    #[inline]
    pub(crate) fn touch(&self, plan: &Plan, entry: impl Fn(u32) -> u32) -> u32 {
        let mut sum = entry(self.end);
        for (place, _) in plan.delayed.each() {
            sum = sum.wrapping_add(entry(self.begins[place]));
        }
        sum
    }

    /// The flag of an entry has changed.
    pub(crate) fn flag(&mut self, sequence: u32, is_fraud: bool) {
        for (begin, frauds) in self.begins.iter().zip(&mut self.frauds) {
            if *begin <= sequence && sequence < self.end {
                *frauds = if is_fraud { *frauds + 1 } else { frauds.saturating_sub(1) };
            }
        }
    }
}
