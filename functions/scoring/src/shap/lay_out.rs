//! Lays a tree out for explanations.

use super::mean::left_share;
use super::splits::{COMMON_CURVES, FIRST_CURVE, Fork, Split, Splits, Step, Twig};
use crate::model_file::{Node, Tree};

/// A node on the way down.
#[derive(Clone, Copy)]
struct Place {
    node: usize,
    above: Option<Step>,
    features: usize,
}

/// A tree that is being laid out, level by level.
struct Layout<'a> {
    tree: &'a Tree,
    laid: Splits,
    order: Vec<Place>,
    /// By split: the step that leads there, and the share that it and those above it on its feature let through.
    above: Vec<(Option<Step>, f64)>,
}

impl Splits {
    /// Lays out a checked tree.
    pub(super) fn new(tree: &Tree) -> Self {
        let order = vec![Place { node: 0, above: None, features: 0 }];
        let mut layout = Layout { tree, laid: Self::default(), order, above: Vec::new() };
        let mut next = 0;
        while let Some(place) = layout.order.get(next).copied() {
            layout.take(place);
            next += 1;
        }
        layout.number_nodes();
        layout.laid
    }
}

impl Layout<'_> {
    fn leaf(&self, node: usize) -> Option<f64> {
        match self.tree.nodes[node] {
            Node::Leaf { value, .. } => Some(value),
            Node::Split { .. } => None,
        }
    }

    /// Takes in a node; the children of a split come to the end of the order.
    fn take(&mut self, place: Place) {
        let (left, right) = match self.tree.nodes[place.node] {
            Node::Split { left, right, .. } => (left, right),
            Node::Leaf { value, .. } => return self.laid.leaves.push(value),
        };
        let (fork, earlier_share) = self.fork(place, left, right);
        let features = place.features + usize::from(fork.earlier.is_none());
        self.laid.most_features = self.laid.most_features.max(features);
        if let (Some(left), Some(right)) = (self.leaf(left), self.leaf(right)) {
            self.laid.twigs.push(Twig { fork, leaves: [left, right] });
            return;
        }
        let split = number(self.laid.splits.len());
        for (node, side) in [(left, 0), (right, 1)] {
            self.order.push(Place { node, above: Some(Step { split, side }), features });
        }
        self.above.push((place.above, earlier_share));
        self.laid.splits.push(Split { fork, children: [0, 0] });
    }

    /// The fork of a split, and what earlier splits on its feature let through.
    fn fork(&mut self, place: Place, left: usize, right: usize) -> (Fork, f64) {
        let (feature, threshold, missing_left) = match self.tree.nodes[place.node] {
            Node::Split { feature, threshold, missing_left, .. } => (feature, threshold, missing_left),
            Node::Leaf { .. } => (0, 0.0, true),
        };
        let feature = number(feature);
        let earlier = self.earlier(feature, place.above);
        let mut curve = FIRST_CURVE;
        if let Some((_, share)) = earlier {
            curve = number(COMMON_CURVES + self.laid.earlier_shares.len());
            self.laid.earlier_shares.push(share);
        }
        let share = left_share(self.tree, left, right);
        let (shares, step) = ([share, 1.0 - share], earlier.map(|(step, _)| step));
        let fork = Fork { threshold, shares, feature, curve, earlier: step, missing_left };
        (fork, earlier.map_or(1.0, |(_, share)| share))
    }

    /// The nearest split above on a feature, and what it and those above it on this feature let through.
    fn earlier(&self, feature: u32, mut above: Option<Step>) -> Option<(Step, f64)> {
        while let Some(step) = above {
            let fork = &self.laid.splits[step.split as usize].fork;
            let (way, share) = self.above[step.split as usize];
            if fork.feature == feature {
                return Some((step, share * fork.shares[usize::from(step.side)]));
            }
            above = way;
        }
        None
    }

    /// Tells the splits the numbers of their children.
    fn number_nodes(&mut self) {
        let splits = self.laid.splits.len();
        let (mut split, mut twig, mut leaf) = (0, splits, splits + self.laid.twigs.len());
        for place in &self.order {
            let next = match self.tree.nodes[place.node] {
                Node::Leaf { .. } => &mut leaf,
                Node::Split { left, right, .. } => {
                    let is_twig = self.leaf(left).is_some() && self.leaf(right).is_some();
                    if is_twig { &mut twig } else { &mut split }
                }
            };
            if let Some(above) = place.above {
                self.laid.splits[above.split as usize].children[usize::from(above.side)] = number(*next);
            }
            *next += 1;
        }
    }
}

/// A checked model has far fewer nodes and features than `u32` counts.
fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
