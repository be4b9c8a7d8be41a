//! Deep trees: nodes that name their children.

use super::rows::{Row, value};
use super::slots::Slots;
use crate::model_file::{Node, Tree};

/// Nodes of all trees. The right child stands after the left one; a leaf leads to itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Linked {
    nodes: Vec<Link>,
    /// By node; 0 for splits.
    leaves: Vec<f64>,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    threshold: f64,
    left: u32,
    slot: u16,
}

/// Rows that go down side by side.
const ABREAST: usize = 8;

impl Linked {
    /// Lays out a tree, level by level; answers its first place.
    pub(super) fn push(&mut self, tree: &Tree, slots: &mut Slots) -> usize {
        let start = self.nodes.len();
        let mut order = vec![0];
        let mut done = 0;
        while let Some(node) = order.get(done).copied() {
            let own = start + done;
            done += 1;
            let (link, leaf) = match tree.nodes[node] {
                Node::Split { feature, threshold, missing_left, left, right, .. } => {
                    let first = start + order.len();
                    order.extend([left, right]);
                    (Link { threshold, left: place(first), slot: slots.place(feature, missing_left) }, 0.0)
                }
                Node::Leaf { value, .. } => {
                    (Link { threshold: f64::INFINITY, left: place(own), slot: 0 }, value)
                }
            };
            self.nodes.push(link);
            self.leaves.push(leaf);
        }
        start
    }

    /// Adds the leaf that each row reaches.
    pub(super) fn add<const SIZE: usize>(&self, start: usize, rows: &[Row<SIZE>], sums: &mut [f64]) {
        for (rows, sums) in rows.chunks(ABREAST).zip(sums.chunks_mut(ABREAST)) {
            let mut places = [start; ABREAST];
            let mut is_moving = true;
            while is_moving {
                is_moving = false;
                for (row, place) in rows.iter().zip(&mut places) {
                    let Link { threshold, left, slot } = self.nodes[*place];
                    let next = left as usize + usize::from(value(row, slot) > threshold);
                    is_moving |= next != *place;
                    *place = next;
                }
            }
            sums.iter_mut().zip(places).for_each(|(sum, place)| *sum += self.leaves[place]);
        }
    }
}

/// A checked model has far fewer nodes than `u32` counts.
fn place(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
