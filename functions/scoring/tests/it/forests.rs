//! Made-up models.

use proptest::prelude::*;
use weir_features::FeatureSet;
use weir_scoring::{Calibration, MODEL_FORMAT, Model, ModelFeature, ModelFile, Node, Scorer, Tree};

/// A tree before it is laid out.
#[derive(Clone, Debug)]
pub(crate) enum Branch {
    Leaf { value: f64, cover: f64 },
    Split { feature: usize, threshold: f64, missing_left: bool, left: Box<Branch>, right: Box<Branch> },
}

/// Number of features of made-up models.
pub(crate) const FEATURES: usize = 5;

/// Trees up to a depth, over few thresholds, so that a feature is met twice on one way.
pub(crate) fn branch(depth: u32) -> impl Strategy<Value = Branch> {
    let leaf = (-2.0_f64..2.0, 0.5_f64..50.0).prop_map(|(value, cover)| Branch::Leaf { value, cover });
    leaf.prop_recursive(depth, 32, 2, |inner| {
        let split = (0..FEATURES, 0_u8..5, any::<bool>(), inner.clone(), inner);
        split.prop_map(|(feature, threshold, missing_left, left, right)| Branch::Split {
            feature,
            threshold: f64::from(threshold),
            missing_left,
            left: Box::new(left),
            right: Box::new(right),
        })
    })
}

/// A few trees.
pub(crate) fn forest() -> impl Strategy<Value = Vec<Branch>> {
    prop::collection::vec(branch(5), 1..4)
}

/// Values of the model's features, some missing.
pub(crate) fn row() -> impl Strategy<Value = Vec<f64>> {
    let value = prop_oneof![4 => (0_u8..6).prop_map(f64::from), 1 => Just(f64::NAN)];
    prop::collection::vec(value, FEATURES)
}

impl Branch {
    fn cover(&self) -> f64 {
        match self {
            Self::Leaf { cover, .. } => *cover,
            Self::Split { left, right, .. } => left.cover() + right.cover(),
        }
    }

    fn lay_out(&self, nodes: &mut Vec<Node>) -> usize {
        let index = nodes.len();
        match self {
            Self::Leaf { value, cover } => nodes.push(Node::Leaf { value: *value, cover: *cover }),
            Self::Split { feature, threshold, missing_left, left, right } => {
                nodes.push(Node::Leaf { value: 0.0, cover: 1.0 });
                let (left, right) = (left.lay_out(nodes), right.lay_out(nodes));
                nodes[index] = Node::Split {
                    feature: *feature,
                    threshold: *threshold,
                    missing_left: *missing_left,
                    left,
                    right,
                    cover: self.cover(),
                };
            }
        }
        index
    }

    /// Mean value where only some features are known.
    pub(crate) fn expectation(&self, row: &[f64], is_known: &impl Fn(usize) -> bool) -> f64 {
        let (feature, threshold, missing_left, left, right) = match self {
            Self::Leaf { value, .. } => return *value,
            Self::Split { feature, threshold, missing_left, left, right } => {
                (*feature, *threshold, *missing_left, left, right)
            }
        };
        let (below, above) = (left.expectation(row, is_known), right.expectation(row, is_known));
        if !is_known(feature) {
            return (left.cover() * below + right.cover() * above) / self.cover();
        }
        let is_left = if row[feature].is_nan() { missing_left } else { row[feature] <= threshold };
        if is_left { below } else { above }
    }
}

/// Features of the full set that made-up models read.
pub(crate) const NAMES: [&str; FEATURES] =
    ["amount", "quantity", "hour", "customer_count_1h", "device_distinct_cards_1h"];

/// A model file over these features.
pub(crate) fn file(names: &[&str], trees: Vec<Tree>) -> ModelFile {
    let set = FeatureSet::full();
    let features = names.iter().map(|name| {
        let feature = set.by_name(name).unwrap();
        ModelFeature { id: feature.id.clone(), name: feature.name.clone(), usual: None }
    });
    ModelFile {
        format_version: MODEL_FORMAT,
        name: "made-up".to_owned(),
        features: features.collect(),
        base_score: -1.25,
        calibration: Calibration { slope: 0.8, intercept: 0.1 },
        trees,
        notes: Default::default(),
    }
}

/// The file of a forest.
pub(crate) fn forest_file(forest: &[Branch]) -> ModelFile {
    let trees = forest.iter().map(|branch| {
        let mut nodes = Vec::new();
        branch.lay_out(&mut nodes);
        Tree { nodes }
    });
    file(&NAMES, trees.collect())
}

/// A scorer of a file, bound to the full set.
pub(crate) fn scorer(file: &ModelFile) -> Scorer {
    Scorer::bind(Model::from_json(&file.to_json().unwrap()).unwrap(), &FeatureSet::full()).unwrap()
}

/// A vector of the full set with these values, all others missing.
pub(crate) fn vector(values: &[(&str, f64)]) -> Vec<f64> {
    let set = FeatureSet::full();
    let mut vector = vec![f64::NAN; set.features().len()];
    for (name, value) in values {
        vector[set.position(name).unwrap()] = *value;
    }
    vector
}

/// A vector with the values of a made-up model's features.
pub(crate) fn vector_of(row: &[f64]) -> Vec<f64> {
    let values: Vec<_> = NAMES.into_iter().zip(row.iter().copied()).collect();
    vector(&values)
}
