//! Checks of a model file: after them the scorer needs no doubt.

use std::collections::BTreeSet;

use crate::error::ModelError;
use crate::model_file::{ModelFeature, ModelFile, Node, Tree};

/// Deepest tree that is taken: explanations go down a tree by recursion.
pub(crate) const DEEPEST: usize = 64;

/// Most features that are taken: a split names one, and the way of its missing values, in 16 bits.
const MOST_FEATURES: usize = 1 << 15;

/// Checks everything that the types leave open.
pub(crate) fn check(file: &ModelFile) -> Result<(), ModelError> {
    ensure(!file.name.trim().is_empty(), "is empty", || "name".to_owned())?;
    ensure(!file.features.is_empty(), "is empty", || "features".to_owned())?;
    ensure(file.features.len() <= MOST_FEATURES, "has more than 32768 features", || "features".to_owned())?;
    finite(file.base_score, || "base_score".to_owned())?;
    finite(file.calibration.intercept, || "calibration.intercept".to_owned())?;
    let slope = file.calibration.slope;
    ensure(slope.is_finite() && slope > 0.0, "is not a number above 0", || "calibration.slope".to_owned())?;
    features(&file.features)?;
    for (place, tree) in file.trees.iter().enumerate() {
        nodes(tree, place, file.features.len())?;
    }
    Ok(())
}

fn features(features: &[ModelFeature]) -> Result<(), ModelError> {
    let mut ids = BTreeSet::new();
    for (place, feature) in features.iter().enumerate() {
        let path = |field: &str| format!("features[{place}].{field}");
        ensure(ids.insert(&feature.id), "names the same feature as another", || path("id"))?;
        finite(feature.usual.unwrap_or(0.0), || path("usual"))?;
    }
    Ok(())
}

fn nodes(tree: &Tree, place: usize, features: usize) -> Result<(), ModelError> {
    ensure(!tree.nodes.is_empty(), "has no nodes", || format!("trees[{place}]"))?;
    let mut depths: Vec<Option<usize>> = vec![None; tree.nodes.len()];
    if let Some(root) = depths.first_mut() {
        *root = Some(0);
    }
    for (index, node) in tree.nodes.iter().enumerate() {
        let path = |field: &str| format!("trees[{place}].nodes[{index}].{field}");
        let depth = depths.get(index).copied().flatten();
        let Some(depth) = depth else { return damaged(path("left"), "no node before it leads here") };
        ensure(depth <= DEEPEST, "lies deeper than 64 splits", || path("left"))?;
        ensure(node.cover().is_finite() && node.cover() > 0.0, "is not a number above 0", || path("cover"))?;
        match *node {
            Node::Leaf { value, .. } => finite(value, || path("value"))?,
            Node::Split { feature, threshold, left, right, .. } => {
                finite(threshold, || path("threshold"))?;
                ensure(feature < features, "is not in the list of features", || path("feature"))?;
                child(&mut depths, index, left, depth, || path("left"))?;
                child(&mut depths, index, right, depth, || path("right"))?;
            }
        }
    }
    Ok(())
}

/// A child stands after its parent and has no other: so there is no way back up.
fn child(
    depths: &mut [Option<usize>],
    parent: usize,
    child: usize,
    depth: usize,
    path: impl Fn() -> String,
) -> Result<(), ModelError> {
    ensure(child > parent, "does not stand after its parent", &path)?;
    match depths.get_mut(child) {
        None => damaged(path(), "is not a node of this tree"),
        Some(Some(_)) => damaged(path(), "has two parents"),
        Some(unknown) => {
            *unknown = Some(depth + 1);
            Ok(())
        }
    }
}

fn finite(number: f64, path: impl Fn() -> String) -> Result<(), ModelError> {
    ensure(number.is_finite(), "is not a finite number", path)
}

fn ensure(is_so: bool, what: &'static str, path: impl Fn() -> String) -> Result<(), ModelError> {
    if is_so { Ok(()) } else { damaged(path(), what) }
}

const fn damaged<T>(path: String, what: &'static str) -> Result<T, ModelError> {
    Err(ModelError::Damaged { path, what })
}
