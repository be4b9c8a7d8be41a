//! What a tree says of a row of which nothing is known.

use crate::model_file::{Node, Tree};

/// Mean value of a tree's leaves over its training rows, by cover.
pub(crate) fn mean(tree: &Tree) -> f64 {
    mean_below(tree, 0)
}

fn mean_below(tree: &Tree, index: usize) -> f64 {
    match tree.nodes.get(index) {
        Some(Node::Split { left, right, .. }) => {
            let share = left_share(tree, *left, *right);
            share * mean_below(tree, *left) + (1.0 - share) * mean_below(tree, *right)
        }
        Some(Node::Leaf { value, .. }) => *value,
        None => 0.0,
    }
}

/// Share of training rows that went to the left child.
pub(super) fn left_share(tree: &Tree, left: usize, right: usize) -> f64 {
    let cover = |index: usize| tree.nodes.get(index).map_or(0.0, Node::cover);
    cover(left) / (cover(left) + cover(right))
}
