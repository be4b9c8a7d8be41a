//! The trees of a model, laid out for scoring.

mod complete;
mod grid;
mod linked;
mod slots;

pub(crate) use grid::{Grid, Width};

use complete::Complete;
use linked::Linked;
use slots::Slots;

use crate::model_file::{Node, Tree};

/// Deepest tree that is filled up to a complete one.
const DEEPEST_COMPLETE: usize = 8;

/// Trees in the order in which they are summed up, each in the layout that suits its depth.
#[derive(Clone, Debug)]
pub(crate) struct Forest {
    base: f64,
    slots: Slots,
    trees: Vec<Laid>,
    complete: Complete,
    linked: Linked,
}

/// Where a tree stands.
#[derive(Clone, Copy, Debug)]
struct Laid {
    /// Splits on the longest way from its root to a leaf.
    depth: usize,
    /// Its first place in the arrays of its layout.
    start: usize,
}

impl Forest {
    /// Lays out checked trees.
    pub(crate) fn new(base: f64, features: usize, trees: &[Tree]) -> Self {
        let mut slots = Slots::new(features);
        let (mut complete, mut linked) = (Complete::default(), Linked::default());
        let laid = trees.iter().map(|tree| {
            let depth = depth(tree);
            let start = if depth <= DEEPEST_COMPLETE {
                complete.push(tree, depth, &mut slots)
            } else {
                linked.push(tree, &mut slots)
            };
            Laid { depth, start }
        });
        Self { base, trees: laid.collect(), slots, complete, linked }
    }

    /// The width that a grid needs.
    pub(crate) fn width(&self) -> Width {
        Width::of(self.slots.len())
    }

    /// Fills the first lanes of a grid: `read` answers a feature's values, one a lane.
    pub(crate) fn fill<const WIDTH: usize, const LANES: usize, I: Iterator<Item = f64>>(
        &self,
        grid: &mut Grid<WIDTH, LANES>,
        read: impl Fn(usize) -> I,
    ) {
        for (slot, lanes) in self.slots.iter().zip(grid.iter_mut()) {
            for (lane, value) in lanes.iter_mut().zip(read(slot.feature)) {
                *lane = slot.resolve(value);
            }
        }
    }

    /// Raw scores of the first lanes of a grid, as many as there are `sums`: base score and leaves in tree order.
    pub(crate) fn sum<const WIDTH: usize, const LANES: usize>(
        &self,
        grid: &Grid<WIDTH, LANES>,
        sums: &mut [f64],
    ) {
        sums.fill(self.base);
        for Laid { depth, start } in self.trees.iter().copied() {
            match depth {
                0 => self.complete.add::<0, WIDTH, LANES>(start, grid, sums),
                1 => self.complete.add::<1, WIDTH, LANES>(start, grid, sums),
                2 => self.complete.add::<2, WIDTH, LANES>(start, grid, sums),
                3 => self.complete.add::<3, WIDTH, LANES>(start, grid, sums),
                4 => self.complete.add::<4, WIDTH, LANES>(start, grid, sums),
                5 => self.complete.add::<5, WIDTH, LANES>(start, grid, sums),
                6 => self.complete.add::<6, WIDTH, LANES>(start, grid, sums),
                7 => self.complete.add::<7, WIDTH, LANES>(start, grid, sums),
                8 => self.complete.add::<8, WIDTH, LANES>(start, grid, sums),
                _ => self.linked.add(start, grid, sums),
            }
        }
    }
}

/// Splits on the longest way from the root to a leaf; children stand after their parents.
fn depth(tree: &Tree) -> usize {
    let mut below = vec![0_usize; tree.nodes.len()];
    for (index, node) in tree.nodes.iter().enumerate().rev() {
        if let Node::Split { left, right, .. } = *node {
            below[index] = 1 + below[left].max(below[right]);
        }
    }
    below.first().copied().unwrap_or(0)
}
