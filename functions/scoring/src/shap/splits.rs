//! A tree laid out for explanations.

use super::mean::left_share;
use crate::model_file::{Node, Tree};

/// A tree: its splits level by level, then its leaves; a number below `splits.len()` names a split.
#[derive(Clone, Debug, Default)]
pub(super) struct Splits {
    pub(super) splits: Vec<Split>,
    pub(super) leaves: Vec<f64>,
    /// Most features on the way to a leaf.
    pub(super) most_features: usize,
}

/// One split.
#[derive(Clone, Copy, Debug)]
pub(super) struct Split {
    pub(super) threshold: f64,
    /// Share of training rows that went left and right.
    pub(super) shares: [f64; 2],
    /// Numbers of the left and the right child.
    pub(super) children: [u32; 2],
    pub(super) feature: u32,
    pub(super) missing_left: bool,
    /// The nearest split above on the same feature.
    pub(super) earlier: Option<Earlier>,
    /// Place of its curve while the row takes the way here at all splits above on the same feature.
    pub(super) curve: u32,
}

/// The nearest split above on the same feature.
#[derive(Clone, Copy, Debug)]
pub(super) struct Earlier {
    pub(super) step: Step,
    /// Share of training rows that it, and those above it on this feature, let through.
    pub(super) share: f64,
}

/// One step down from a split.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) split: u32,
    /// 0 if the way goes left there, 1 if right.
    pub(super) side: u8,
}

/// Curves that every tree has: of dead splits, and of features met for the first time.
const COMMON_CURVES: usize = 2;

/// A node on the way down.
#[derive(Clone, Copy)]
struct Place {
    node: usize,
    above: Option<Step>,
    features: usize,
}

impl Splits {
    pub(super) fn new(tree: &Tree) -> Self {
        let mut laid = Self::default();
        let is_split = |node: usize| matches!(tree.nodes[node], Node::Split { .. });
        let splits = (0..tree.nodes.len()).filter(|node| is_split(*node)).count();
        let mut order = vec![Place { node: 0, above: None, features: 0 }];
        let mut above = Vec::with_capacity(splits);
        let (mut next, mut curves) = (0, COMMON_CURVES);
        while let Some(place) = order.get(next).copied() {
            next += 1;
            let Node::Split { feature, threshold, missing_left, left, right, .. } = tree.nodes[place.node]
            else {
                continue;
            };
            let (own, left_share) = (number(laid.splits.len()), left_share(tree, left, right));
            above.push(place.above);
            let earlier = laid.earlier(number(feature), place.above, &above);
            let features = place.features + usize::from(earlier.is_none());
            laid.most_features = laid.most_features.max(features);
            let mut child = |node: usize, side: u8| {
                order.push(Place { node, above: Some(Step { split: own, side }), features });
            };
            child(left, 0);
            child(right, 1);
            laid.splits.push(Split {
                threshold,
                shares: [left_share, 1.0 - left_share],
                children: [0, 0],
                feature: number(feature),
                missing_left,
                earlier,
                curve: number(if earlier.is_some() { curves } else { COMMON_CURVES - 1 }),
            });
            curves += usize::from(earlier.is_some());
        }
        laid.link(tree, &order);
        laid
    }

    /// The nearest split above on a feature.
    fn earlier(&self, feature: u32, from: Option<Step>, above: &[Option<Step>]) -> Option<Earlier> {
        let mut way = from;
        while let Some(step) = way {
            let split = &self.splits[step.split as usize];
            if split.feature == feature {
                let share = split.earlier.map_or(1.0, |earlier| earlier.share);
                return Some(Earlier { step, share: share * split.shares[usize::from(step.side)] });
            }
            way = above[step.split as usize];
        }
        None
    }

    /// Numbers the nodes, splits first, and tells the splits their children.
    fn link(&mut self, tree: &Tree, order: &[Place]) {
        let (mut split, mut leaf) = (0, self.splits.len());
        for place in order {
            let own = match tree.nodes[place.node] {
                Node::Split { .. } => &mut split,
                Node::Leaf { value, .. } => {
                    self.leaves.push(value);
                    &mut leaf
                }
            };
            if let Some(above) = place.above {
                self.splits[above.split as usize].children[usize::from(above.side)] = number(*own);
            }
            *own += 1;
        }
    }
}

/// A checked model has far fewer nodes and features than `u32` counts.
fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
