//! One edge of a moving window over the rows of a run.

use crate::bulk::arena::entry_at;
use crate::bulk::block::Block;
use crate::bulk::packed::Packed;

/// Where an edge stands when each row of a run is met: the sequence of the first entry after it, and what the entries
/// that it has passed since the run's first row weigh.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge {
    pub(crate) sequences: [u32; Block::ROWS],
    pub(crate) passed: [i64; Block::ROWS],
}

/// When the rows of a run occurred, each later than the one before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    times: [i64; Block::ROWS],
    count: usize,
}

impl Times {
    /// Times of so many entries from a sequence on.
    pub(crate) fn of<E: Packed>(ring: &[E], first: u32, count: usize) -> Self {
        let mut times = [0; Block::ROWS];
        let count = count.min(Block::ROWS);
        for (time, sequence) in times.iter_mut().zip(first..).take(count) {
            *time = entry_at(ring, sequence).map_or(0, |entry| entry.time());
        }
        Self { times, count }
    }
}

impl Edge {
    pub(crate) const NEW: Self = Self { sequences: [0; Block::ROWS], passed: [0; Block::ROWS] };

    /// Moves the edge from a sequence on past the entries that are at least `age` older than each row; answers where
    /// it stands then, and the weight of all it has passed. `age` is at least 1, so that it stops before the row's
    /// own entry.
    ///
    /// Each step either passes an entry or goes on to the next row, without a branch on which: it would be guessed
    /// wrong every other time.
    pub(crate) fn advance<E: Packed>(
        &mut self,
        ring: &[E],
        times: &Times,
        (mut sequence, age): (u32, i64),
        weight: impl Fn(&E) -> i64,
    ) -> (u32, i64) {
        let (mut row, mut passed) = (0, 0_i64);
        let mask = ring.len().wrapping_sub(1);
        // The shape of a ring and the bound of a block are told once, instead of at each step.
        if ring.is_empty() || times.count > Block::ROWS {
            return (sequence, passed);
        }
        while row < times.count {
            let at = row & (Block::ROWS - 1);
            let entry = ring[sequence as usize & mask];
            let passes = entry.time() <= times.times[at] - age;
            (self.sequences[at], self.passed[at]) = (sequence, passed);
            passed = passed.wrapping_add(weight(&entry) & i64::from(passes).wrapping_neg());
            sequence = sequence.wrapping_add(u32::from(passes));
            row += usize::from(!passes);
        }
        (sequence, passed)
    }
}
