//! Explains one row by one tree: once down, once up.

use super::curve::Curve;
use super::explainer::Laid;
use super::quadrature::Quadrature;
use super::splits::Split;
use crate::scorer::goes_left;

/// Working memory, reused from tree to tree and from row to row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    values: Vec<f64>,
    ways: Vec<Way>,
}

/// What a row does at a split.
#[derive(Clone, Copy, Debug, Default)]
struct Way {
    /// The side that it takes, 0 left, 1 right.
    hot: u8,
    /// Whether it takes the way here at all earlier splits on the same feature.
    is_live: bool,
}

/// The memory, by number of node or split.
struct Nodes<'a, const N: usize> {
    /// Weight of the point times all factors on the way to a node.
    weights: &'a mut [[f64; N]],
    /// Values of the leaves below a node times the factors on the way from it.
    values: &'a mut [[f64; N]],
    /// Factor of the taken side of a split.
    hot: &'a mut [[f64; N]],
    /// Factor of the other side.
    cold: &'a mut [[f64; N]],
    ways: &'a mut [Way],
}

impl Memory {
    fn nodes<const N: usize>(&mut self, nodes: usize) -> Nodes<'_, N> {
        if self.values.len() < 4 * nodes * N {
            self.values.resize(4 * nodes * N, 0.0);
        }
        if self.ways.len() < nodes {
            self.ways.resize(nodes, Way::default());
        }
        let (values, _) = self.values.as_chunks_mut::<N>();
        let (weights, values) = values.split_at_mut(nodes);
        let (values, factors) = values.split_at_mut(nodes);
        let (hot, cold) = factors.split_at_mut(nodes);
        Nodes { weights, values, hot, cold, ways: &mut self.ways }
    }
}

/// Adds what each feature contributes to the leaf that a row reaches.
pub(super) fn add_contributions<const N: usize>(
    tree: &Laid<N>,
    quadrature: &Quadrature<N>,
    row: &[f64],
    memory: &mut Memory,
    contributions: &mut [f64],
) {
    let mut nodes = memory.nodes(tree.splits.len() + tree.leaves.len());
    nodes.weights[0] = quadrature.weights;
    nodes.go_down(tree, row);
    nodes.come_up(tree, contributions);
}

impl<const N: usize> Nodes<'_, N> {
    fn go_down(&mut self, tree: &Laid<N>, row: &[f64]) {
        for (place, split) in tree.splits.iter().enumerate() {
            let way = self.way(split, row);
            self.ways[place] = way;
            let curve = &tree.curves[if way.is_live { split.curve as usize } else { 0 }];
            let (taken, other) = (usize::from(way.hot & 1), usize::from(way.hot & 1 ^ 1));
            let weights = self.weights[place];
            let (mut hot, mut cold) = ([0.0; N], [0.0; N]);
            for point in 0..N {
                hot[point] = split.shares[taken] * curve.cold[point] + curve.hot[point];
                cold[point] = split.shares[other] * curve.cold[point];
            }
            self.hot[place] = hot;
            self.cold[place] = cold;
            self.weights[split.children[taken] as usize] = product(&weights, &hot);
            self.weights[split.children[other] as usize] = product(&weights, &cold);
        }
    }

    fn way(&self, split: &Split, row: &[f64]) -> Way {
        let value = row[split.feature as usize];
        let is_left = goes_left(value, split.threshold, split.missing_left);
        let is_live = split.earlier.is_none_or(|earlier| {
            let above = self.ways[earlier.step.split as usize];
            above.is_live && above.hot == earlier.step.side
        });
        Way { hot: u8::from(!is_left), is_live }
    }

    fn come_up(&mut self, tree: &Laid<N>, contributions: &mut [f64]) {
        let (_, leaves) = self.values.split_at_mut(tree.splits.len());
        leaves.iter_mut().zip(&tree.leaves).for_each(|(values, leaf)| *values = [*leaf; N]);
        for (place, split) in tree.splits.iter().enumerate().rev() {
            let way = self.ways[place];
            let (taken, other) = (usize::from(way.hot & 1), usize::from(way.hot & 1 ^ 1));
            let hot = self.values[split.children[taken] as usize];
            let cold = self.values[split.children[other] as usize];
            if way.is_live {
                let gain = gain(&self.weights[place], &tree.curves[split.curve as usize], &hot, &cold);
                contributions[split.feature as usize] += split.shares[other] * gain;
            }
            let (hot, cold) = (product(&hot, &self.hot[place]), product(&cold, &self.cold[place]));
            let mut values = [0.0; N];
            for point in 0..N {
                values[point] = hot[point] + cold[point];
            }
            self.values[place] = values;
        }
    }
}

/// Integral of the difference between the sides.
fn gain<const N: usize>(weights: &[f64; N], curve: &Curve<N>, hot: &[f64; N], cold: &[f64; N]) -> f64 {
    let mut terms = [0.0; N];
    for point in 0..N {
        terms[point] = weights[point] * curve.gain[point] * (hot[point] - cold[point]);
    }
    // In halves, which every machine adds alike and most add side by side.
    let mut size = N;
    while size > 1 {
        size /= 2;
        for point in 0..size {
            terms[point] += terms[point + size];
        }
    }
    terms[0]
}

fn product<const N: usize>(left: &[f64; N], right: &[f64; N]) -> [f64; N] {
    let mut product = [0.0; N];
    for point in 0..N {
        product[point] = left[point] * right[point];
    }
    product
}
