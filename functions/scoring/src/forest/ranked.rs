//! Trees over ranks: a split compares bytes, of many rows at once.
//!
//! Every split of a tree is asked, children before their parents, and of the two leaves below it the right one goes
//! up. That is more than the way down has, but for all rows together it takes a few instructions.

use super::scale::Scale;
use super::slots::Slots;
use crate::model_file::{Node, Tree};

/// Rows side by side.
pub(crate) const LANES: usize = 64;
/// Most leaves of a tree that a byte numbers.
const LEAVES: usize = 256;

/// By slot: the ranks of rows' values.
pub(crate) type Ranks = [i8; LANES];
/// Leaves of rows: first each leaf's own number, then what went up to each split of a tree.
pub(crate) type Leaves = [[u8; LANES]; 2 * LEAVES];

/// Trees with few leaves over features with few thresholds.
#[derive(Clone, Debug)]
pub(crate) struct Ranked {
    compared: Vec<Compared>,
    columns: usize,
    trees: Vec<Shape>,
    splits: Vec<Split>,
    leaves: Vec<f64>,
}

/// A feature with the slots that compare it.
#[derive(Clone, Debug)]
struct Compared {
    feature: usize,
    scale: Scale,
    /// Each with the rank of a missing value: below or above all others.
    slots: Vec<(usize, i8)>,
}

/// How many splits and leaves of all are a tree's.
#[derive(Clone, Copy, Debug)]
struct Shape {
    splits: usize,
    leaves: usize,
}

/// A split of a tree.
#[derive(Clone, Copy, Debug)]
struct Split {
    slot: u16,
    /// Places in [`Leaves`]. The leaves below the left one have smaller numbers.
    left: u16,
    right: u16,
    /// What is above it goes right.
    rank: i8,
}

impl Ranked {
    /// The trees over ranks; `None` if bytes do not suffice for all thresholds and leaves.
    pub(super) fn new(trees: &[Tree], slots: &mut Slots) -> Option<Self> {
        let mut thresholds = Vec::new();
        for node in trees.iter().flat_map(|tree| &tree.nodes) {
            if let Node::Split { feature, threshold, .. } = node {
                thresholds.resize_with(thresholds.len().max(feature + 1), Vec::new);
                thresholds.get_mut(*feature)?.push(*threshold);
            }
        }
        let scales: Vec<Scale> = thresholds.into_iter().map(Scale::new).collect::<Option<_>>()?;
        let mut ranked = Self {
            compared: Vec::new(),
            columns: 0,
            trees: Vec::new(),
            splits: Vec::new(),
            leaves: Vec::new(),
        };
        for tree in trees {
            let start = Shape { splits: ranked.splits.len(), leaves: ranked.leaves.len() };
            ranked.place(tree, 0, start, &scales, slots);
            let (splits, leaves) = (ranked.splits.len() - start.splits, ranked.leaves.len() - start.leaves);
            ranked.trees.push(Shape { splits, leaves });
            if leaves > LEAVES {
                return None;
            }
        }
        let compared = |(feature, scale)| Compared { feature, scale, slots: slots.ranked(feature) };
        ranked.compared = scales.into_iter().enumerate().map(compared).collect();
        ranked.compared.retain(|compared| !compared.slots.is_empty());
        ranked.columns = slots.len();
        Some(ranked)
    }

    /// Places what is below a node of a tree, then the node; answers where its leaves will be.
    fn place(&mut self, tree: &Tree, node: usize, start: Shape, scales: &[Scale], slots: &mut Slots) -> u16 {
        match tree.nodes[node] {
            Node::Split { feature, threshold, missing_left, left, right, .. } => {
                let left = self.place(tree, left, start, scales, slots);
                let right = self.place(tree, right, start, scales, slots);
                let (slot, rank) = (slots.place(feature, missing_left), scales[feature].rank(threshold));
                self.splits.push(Split { slot, left, right, rank });
                (LEAVES + self.splits.len() - start.splits - 1) as u16
            }
            Node::Leaf { value, .. } => {
                self.leaves.push(value);
                (self.leaves.len() - start.leaves - 1) as u16
            }
        }
    }

    /// Memory for ranks.
    pub(crate) fn make_ranks(&self, ranks: &mut Vec<Ranks>) {
        ranks.resize(ranks.len().max(self.columns), [0; LANES]);
    }

    /// Fills columns with the ranks of up to [`LANES`] rows: `read` answers a feature's values, one a row.
    pub(crate) fn fill<I: Iterator<Item = f64>>(&self, columns: &mut [Ranks], read: impl Fn(usize) -> I) {
        for Compared { feature, scale, slots } in &self.compared {
            let (mut values, mut ranks) = ([0.0; LANES], [0; LANES]);
            values.iter_mut().zip(read(*feature)).for_each(|(value, found)| *value = found);
            scale.ranks(&values, &mut ranks);
            let is_missing = values.map(|value| i8::from(value.is_nan()).wrapping_neg());
            for (slot, missing) in slots {
                let Some(column) = columns.get_mut(*slot) else { continue };
                *column = std::array::from_fn(|lane| {
                    (is_missing[lane] & *missing) | (!is_missing[lane] & ranks[lane])
                });
            }
        }
    }

    /// Adds the leaves that rows reach, tree by tree.
    pub(crate) fn add(&self, columns: &[Ranks], found: &mut Leaves, sums: &mut [f64; LANES]) {
        let (mut splits, mut leaves) = (self.splits.as_slice(), self.leaves.as_slice());
        for tree in &self.trees {
            let (own, later) = splits.split_at(tree.splits);
            splits = later;
            for (place, split) in own.iter().enumerate() {
                let column = &columns[usize::from(split.slot)];
                let left = found[usize::from(split.left) % found.len()];
                let right = found[usize::from(split.right) % found.len()];
                // In a form that compilers turn into instructions for many bytes.
                found[(LEAVES + place) % (2 * LEAVES)] = std::array::from_fn(|lane| {
                    let is_above = u8::from(column[lane] > split.rank).wrapping_neg();
                    left[lane].max(right[lane] & is_above)
                });
            }
            let (own, later) = leaves.split_at(tree.leaves);
            leaves = later;
            let reached = if tree.splits > 0 { LEAVES + tree.splits - 1 } else { 0 };
            for (sum, leaf) in sums.iter_mut().zip(&found[reached % (2 * LEAVES)]) {
                *sum += own[usize::from(*leaf)];
            }
        }
    }
}

/// Memory for leaves.
pub(crate) fn leaves() -> Box<Leaves> {
    let mut leaves = Box::new([[0; LANES]; 2 * LEAVES]);
    for (number, leaf) in (0..=u8::MAX).zip(leaves.iter_mut()) {
        leaf.fill(number);
    }
    leaves
}
