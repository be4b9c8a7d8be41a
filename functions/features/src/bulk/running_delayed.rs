//! Counts that move with the delayed windows of an entity.

use crate::aggregate::DelayedSums;
use crate::bulk::arena::entry_at;
use crate::bulk::head::Head;
use crate::bulk::packed::Packed;
use crate::bulk::plan::{ByWindow, Plan};
use crate::window::Window;

/// Delayed windows `(until − width, until]`: they end at a common entry.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Delayed {
    /// One more than the sequence of the newest entry in the windows.
    end: u32,
    begins: ByWindow<u32>,
    frauds: ByWindow<u32>,
}

impl Delayed {
    /// Empty windows before the entry with a sequence.
    pub(crate) const fn new(begin: u32) -> Self {
        Self { end: begin, begins: [begin; Window::ALL.len()], frauds: [0; Window::ALL.len()] }
    }

    /// Moves the windows on.
    pub(crate) fn advance<E: Packed>(&mut self, plan: &Plan, head: &Head, ring: &[E], until: i64) {
        while self.end < head.end {
            let Some(entry) = entry_at(ring, self.end).filter(|entry| entry.time() <= until) else { break };
            self.frauds.iter_mut().for_each(|frauds| *frauds += u32::from(entry.is_fraud()));
            self.end += 1;
        }
        let windows = Window::ALL.iter().zip(plan.delayed).enumerate().filter(|(_, (_, wanted))| *wanted);
        for (place, (window, _)) in windows {
            let oldest = until - window.micros();
            let (Some(begin), Some(frauds)) = (self.begins.get_mut(place), self.frauds.get_mut(place)) else {
                break;
            };
            while *begin < self.end {
                let Some(entry) = entry_at(ring, *begin).filter(|entry| entry.time() <= oldest) else {
                    break;
                };
                *frauds -= u32::from(entry.is_fraud());
                *begin += 1;
            }
        }
    }

    /// What the windows hold.
    pub(crate) fn sums(&self) -> ByWindow<DelayedSums> {
        let mut windows = ByWindow::<DelayedSums>::default();
        for (sums, (begin, frauds)) in windows.iter_mut().zip(self.begins.iter().zip(self.frauds)) {
            *sums = DelayedSums { count: u64::from(self.end - begin), frauds: u64::from(frauds) };
        }
        windows
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
