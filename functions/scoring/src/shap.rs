//! Exact path-dependent `TreeSHAP` of one tree.
//!
//! Lundberg and others 2020, algorithm 2, in the form that unwinds a feature met twice on one way. A split hands
//! its weight to its children by their covers.

use crate::model_file::{Node, Tree};
use crate::scorer::goes_left;

/// One feature on the way from the root.
#[derive(Clone, Copy)]
struct Step {
    /// Feature of the model; `None` for the root's own step.
    feature: Option<usize>,
    /// Share of rows that come this way if the feature is not known.
    zero: f64,
    /// 1 if the row itself comes this way, else 0.
    one: f64,
    /// Weight of the sets of known features by size.
    weight: f64,
}

/// Mean value of a tree's leaves over its training rows, by cover.
pub(crate) fn mean(tree: &Tree) -> f64 {
    mean_below(tree, 0)
}

fn mean_below(tree: &Tree, index: usize) -> f64 {
    match tree.nodes.get(index) {
        Some(Node::Split { left, right, .. }) => {
            let share = share(tree, *left, *right);
            share * mean_below(tree, *left) + (1.0 - share) * mean_below(tree, *right)
        }
        Some(Node::Leaf { value, .. }) => *value,
        None => 0.0,
    }
}

/// Share of the left child.
fn share(tree: &Tree, left: usize, right: usize) -> f64 {
    let cover = |index: usize| tree.nodes.get(index).map_or(0.0, Node::cover);
    cover(left) / (cover(left) + cover(right))
}

/// Adds what each feature contributes to the leaf that a row reaches.
pub(crate) fn add_contributions(tree: &Tree, row: &[f64], contributions: &mut [f64]) {
    let root = Step { feature: None, zero: 1.0, one: 1.0, weight: 0.0 };
    Walk { tree, row, contributions }.visit(0, &[], root);
}

struct Walk<'a> {
    tree: &'a Tree,
    row: &'a [f64],
    contributions: &'a mut [f64],
}

impl Walk<'_> {
    fn visit(&mut self, index: usize, above: &[Step], step: Step) {
        let mut path = Vec::with_capacity(above.len() + 1);
        path.extend_from_slice(above);
        extend(&mut path, step);
        match self.tree.nodes.get(index) {
            Some(Node::Split { feature, threshold, missing_left, left, right, .. }) => {
                let value = self.row.get(*feature).copied().unwrap_or(f64::NAN);
                let is_left = goes_left(value, *threshold, *missing_left);
                let left_share = share(self.tree, *left, *right);
                let known = path.iter().position(|step| step.feature == Some(*feature));
                let (zero, one) = known.map_or((1.0, 1.0), |place| unwind(&mut path, place));
                let towards = |share: f64, is_taken: bool| Step {
                    feature: Some(*feature),
                    zero: zero * share,
                    one: if is_taken { one } else { 0.0 },
                    weight: 0.0,
                };
                self.visit(*left, &path, towards(left_share, is_left));
                self.visit(*right, &path, towards(1.0 - left_share, !is_left));
            }
            Some(Node::Leaf { value, .. }) => self.credit(&path, *value),
            None => (),
        }
    }

    fn credit(&mut self, path: &[Step], value: f64) {
        for (place, step) in path.iter().enumerate() {
            let Some(contribution) = step.feature.and_then(|feature| self.contributions.get_mut(feature))
            else {
                continue;
            };
            *contribution += unwound_sum(path, place) * (step.one - step.zero) * value;
        }
    }
}

/// Takes one more feature into the weights.
fn extend(path: &mut Vec<Step>, step: Step) {
    let depth = path.len();
    path.push(Step { weight: if depth == 0 { 1.0 } else { 0.0 }, ..step });
    for place in (0..depth).rev() {
        let weight = path[place].weight;
        path[place + 1].weight += step.one * weight * (place + 1) as f64 / (depth + 1) as f64;
        path[place].weight = step.zero * weight * (depth - place) as f64 / (depth + 1) as f64;
    }
}

/// Takes a feature out of the weights again; answers its shares.
fn unwind(path: &mut Vec<Step>, place: usize) -> (f64, f64) {
    let Some(Step { zero, one, .. }) = path.get(place).copied() else { return (1.0, 1.0) };
    let depth = path.len() - 1;
    let mut next = path.last().map_or(0.0, |step| step.weight);
    for (index, step) in path.iter_mut().enumerate().take(depth).rev() {
        let weight = step.weight;
        if one == 0.0 {
            step.weight = weight * (depth + 1) as f64 / (zero * (depth - index) as f64);
        } else {
            step.weight = next * (depth + 1) as f64 / ((index + 1) as f64 * one);
            next = weight - step.weight * zero * (depth - index) as f64 / (depth + 1) as f64;
        }
    }
    let weights: Vec<f64> = path.iter().map(|step| step.weight).collect();
    path.remove(place);
    for (step, weight) in path.iter_mut().zip(weights) {
        step.weight = weight;
    }
    (zero, one)
}

/// Sum of the weights if a feature were taken out.
fn unwound_sum(path: &[Step], place: usize) -> f64 {
    let Some(Step { zero, one, .. }) = path.get(place).copied() else { return 0.0 };
    let depth = path.len() - 1;
    let mut next = path.last().map_or(0.0, |step| step.weight);
    let mut total = 0.0;
    for (index, step) in path.iter().enumerate().take(depth).rev() {
        if one == 0.0 {
            total += step.weight / (zero * (depth - index) as f64);
        } else {
            let part = next / ((index + 1) as f64 * one);
            total += part;
            next = step.weight - part * zero * (depth - index) as f64;
        }
    }
    total * (depth + 1) as f64
}
