//! Models of many shapes: depths, widths, missing values, values on thresholds.

use weir_features::FeatureSet;
use weir_scoring::{ModelFile, Node, Tree};

use crate::forests::file;

/// Numbers that look random.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// A model over the first features of the full set whose trees are up to these depths; `branching` in 16 is how often
/// a child of a split splits again, but one child always does, down to the depth.
pub(crate) fn model(seed: u64, features: usize, depths: &[usize], branching: u64) -> ModelFile {
    let set = FeatureSet::full();
    let names: Vec<&str> =
        set.features().iter().take(features).map(|feature| feature.name.as_str()).collect();
    let mut numbers = Numbers(seed);
    let trees = depths.iter().map(|depth| {
        let mut nodes = Vec::new();
        grow(&mut nodes, &mut numbers, features, *depth, branching);
        Tree { nodes }
    });
    file(&names, trees.collect())
}

fn grow(
    nodes: &mut Vec<Node>,
    numbers: &mut Numbers,
    features: usize,
    depth: usize,
    branching: u64,
) -> usize {
    let index = nodes.len();
    let value = (numbers.below(2_000_001) as f64 - 1e6) / 3e5;
    nodes.push(Node::Leaf { value, cover: 1.0 + numbers.below(50) as f64 });
    if depth > 0 {
        let feature = numbers.below(features as u64) as usize;
        let (threshold, missing_left) = (numbers.below(6) as f64, numbers.below(2) == 0);
        let is_left_deep = numbers.below(2) == 0;
        let other = if numbers.below(16) < branching { depth - 1 } else { 0 };
        let depths = if is_left_deep { [depth - 1, other] } else { [other, depth - 1] };
        let [left, right] = depths.map(|depth| grow(nodes, numbers, features, depth, branching));
        let cover = nodes[left].cover() + nodes[right].cover();
        nodes[index] = Node::Split { feature, threshold, missing_left, left, right, cover };
    }
    index
}

/// Vectors of the full set, one after the other: small whole numbers, some missing, some without end.
pub(crate) fn vectors(seed: u64, rows: usize) -> Vec<f64> {
    let mut numbers = Numbers(seed);
    let value = |number: u64| match number {
        0..=2 => f64::NAN,
        3 => f64::INFINITY,
        4 => f64::NEG_INFINITY,
        5 => -0.0,
        _ => (number % 7) as f64,
    };
    (0..rows * width()).map(|_| value(numbers.below(32))).collect()
}

/// Length of a vector of the full set.
pub(crate) fn width() -> usize {
    FeatureSet::full().features().len()
}
