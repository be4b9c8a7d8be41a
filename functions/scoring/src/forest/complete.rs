//! Shallow trees, filled up to complete ones: the way down is arithmetic, without a branch to guess.

use super::rows::{Row, value};
use super::slots::Slots;
use crate::model_file::{Node, Tree};

/// Trees one after the other. A tree of depth `d` takes `2^d` places in each array: splits by level from place 1 on,
/// the children of `i` at `2i` and `2i + 1`; leaves from left to right.
#[derive(Clone, Debug, Default)]
pub(super) struct Complete {
    slots: Vec<u16>,
    thresholds: Vec<f64>,
    leaves: Vec<f64>,
}

impl Complete {
    /// Lays out a tree; answers its first place.
    pub(super) fn push(&mut self, tree: &Tree, depth: usize, slots: &mut Slots) -> usize {
        let start = self.leaves.len();
        let end = start + (1 << depth);
        self.slots.resize(end, 0);
        // Where nothing is to be decided, nothing lies above the threshold.
        self.thresholds.resize(end, f64::INFINITY);
        self.leaves.resize(end, 0.0);
        self.place(tree, 0, (1, depth), start, slots);
        start
    }

    /// Places a node at an index of the complete tree, `below` levels above its leaves.
    fn place(&mut self, tree: &Tree, node: usize, at: (usize, usize), start: usize, slots: &mut Slots) {
        let (index, below) = at;
        match tree.nodes[node] {
            Node::Split { feature, threshold, missing_left, left, right, .. } => {
                self.slots[start + index] = slots.place(feature, missing_left);
                self.thresholds[start + index] = threshold;
                self.place(tree, left, (2 * index, below - 1), start, slots);
                self.place(tree, right, (2 * index + 1, below - 1), start, slots);
            }
            Node::Leaf { value, .. } => {
                let level = self.leaves.len() - start;
                let first = start + (index << below) - level;
                self.leaves[first..first + (1 << below)].fill(value);
            }
        }
    }

    /// Adds the leaves that each row reaches in trees of depth `DEPTH` that follow each other.
    pub(super) fn add<const DEPTH: usize, const SIZE: usize>(
        &self,
        start: usize,
        trees: usize,
        rows: &[Row<SIZE>],
        sums: &mut [f64],
    ) {
        let (size, end) = (1 << DEPTH, start + (trees << DEPTH));
        let slots = self.slots[start..end].chunks_exact(size);
        let thresholds = self.thresholds[start..end].chunks_exact(size);
        let leaves = self.leaves[start..end].chunks_exact(size);
        for ((slots, thresholds), leaves) in slots.zip(thresholds).zip(leaves) {
            for (row, sum) in rows.iter().zip(sums.iter_mut()) {
                let mut index = 1;
                for _ in 0..DEPTH {
                    let is_above = value(row, slots[index]) > thresholds[index];
                    index = 2 * index + usize::from(is_above);
                }
                *sum += leaves[index - size];
            }
        }
    }
}
