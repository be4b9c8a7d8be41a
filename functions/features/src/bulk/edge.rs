//! Edges of moving windows over the rows of a run.

use crate::bulk::arena::entry_at;
use crate::bulk::block::Block;
use crate::bulk::packed::Packed;
use crate::window::Window;

/// Edges at most: where each window begins, and where delayed ones end.
const MOST: usize = Window::ALL.len() + 1;
/// As many as [`Edges::advance`] tells apart.
const _: () = assert!(MOST == 5);
/// A place for each row of a run, and one for after the last.
const PLACES: usize = Block::ROWS + 1;

/// Where an edge stands when each row of a run is met: the sequence of the first entry after it, and what the entries
/// that it has passed since the run's first row weigh. After the last row comes where it stands then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge {
    pub(crate) sequences: [u32; PLACES],
    pub(crate) passed: [i64; PLACES],
}

/// Room for the edges of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edges([Edge; MOST]);

/// When the rows of a run occurred, each later than the one before; then a time before which there is nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    times: [i64; PLACES],
    count: usize,
}

impl Times {
    /// Times of so many entries from a sequence on.
    pub(crate) fn of<E: Packed>(ring: &[E], first: u32, count: usize) -> Self {
        let mut times = [i64::MIN / 2; PLACES];
        let count = count.min(Block::ROWS);
        for (time, sequence) in times.iter_mut().zip(first..).take(count) {
            *time = entry_at(ring, sequence).map_or(0, |entry| entry.time());
        }
        Self { times, count }
    }

    /// Number of rows.
    pub(crate) const fn count(&self) -> usize {
        self.count
    }
}

impl Edges {
    pub(crate) const NEW: Self = Self([Edge { sequences: [0; PLACES], passed: [0; PLACES] }; MOST]);

    /// Moves edges on, each from a sequence on past the entries that are at least so much older than each row; answers
    /// where they stand for each row and then. Ages are at least 1, so that an edge stops before the row's own entry.
    pub(crate) fn advance<E: Packed>(
        &mut self,
        ring: &[E],
        times: &Times,
        starts: &[(u32, i64)],
        weight: impl Fn(&E) -> i64,
    ) -> &[Edge] {
        // Without entries there is nothing to say, and what stands here is of another run.
        if ring.is_empty() {
            return &[];
        }
        let edges = &mut self.0;
        match starts {
            [one] => advance(edges, ring, times, [*one], weight),
            [one, two] => advance(edges, ring, times, [*one, *two], weight),
            [one, two, three] => advance(edges, ring, times, [*one, *two, *three], weight),
            [one, two, three, four] => advance(edges, ring, times, [*one, *two, *three, *four], weight),
            [one, two, three, four, five, ..] => {
                advance(edges, ring, times, [*one, *two, *three, *four, *five], weight);
            }
            [] => (),
        }
        edges.get(..starts.len()).unwrap_or_default()
    }
}

/// Each step either passes an entry or goes on to the next row, without a branch on which: it would be guessed wrong
/// every other time. One step waits for the one before, so all edges take theirs side by side.
fn advance<E: Packed, const N: usize>(
    edges: &mut [Edge; MOST],
    ring: &[E],
    times: &Times,
    starts: [(u32, i64); N],
    weight: impl Fn(&E) -> i64,
) {
    let mask = ring.len().wrapping_sub(1);
    // The shape of a ring and the bound of a block are told once, instead of at each step.
    if ring.is_empty() || times.count >= PLACES || N > MOST {
        return;
    }
    let mut sequences = starts.map(|(sequence, _)| sequence);
    let (mut passed, mut step, mut is_done) = ([0_i64; N], 0_u32, false);
    while !is_done {
        is_done = true;
        for lane in 0..N {
            let (edge, sequence, (start, age)) = (&mut edges[lane], sequences[lane], starts[lane]);
            let row = step.wrapping_sub(sequence.wrapping_sub(start)) as usize;
            let row = row.min(times.count);
            let entry = ring[sequence as usize & mask];
            let passes = entry.time() <= times.times[row] - age;
            (edge.sequences[row], edge.passed[row]) = (sequence, passed[lane]);
            passed[lane] = passed[lane].wrapping_add(weight(&entry) & i64::from(passes).wrapping_neg());
            sequences[lane] = sequence.wrapping_add(u32::from(passes));
            is_done &= row == times.count;
        }
        step = step.wrapping_add(1);
    }
}
