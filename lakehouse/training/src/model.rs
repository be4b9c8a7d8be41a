//! From trees to a model file and its policy.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;
use weir_features::FeatureSet;
use weir_scoring::{Calibration, MODEL_FORMAT, Model, ModelFeature, ModelFile, Node, Policy, Scorer, Tree};

use crate::boost::Boosted;
use crate::history::History;
use crate::split::Split;
use crate::{Thresholds, TrainError};

/// A model file that lists only the features that its trees read, with their usual values.
pub(crate) fn file(
    name: &str,
    history: &History<'_>,
    set: &FeatureSet,
    train: &Split,
    boosted: Boosted,
) -> ModelFile {
    let mut trees = boosted.trees;
    let kept = keep_read(&mut trees);
    let feature = |place: &usize| ModelFeature {
        id: set.features()[*place].id.clone(),
        name: set.features()[*place].name.clone(),
        usual: usual(&history.columns()[*place], train),
    };
    ModelFile {
        format_version: MODEL_FORMAT,
        name: name.to_owned(),
        features: kept.iter().map(feature).collect(),
        base_score: boosted.base_score,
        calibration: Calibration::default(),
        trees,
        notes: BTreeMap::new(),
    }
}

/// Renumbers features so that only those which a split reads remain; answers their old places in order. A model of
/// leaves alone keeps the first one, since a model lists at least one feature.
fn keep_read(trees: &mut [Tree]) -> Vec<usize> {
    let mut read: BTreeMap<usize, usize> = BTreeMap::new();
    for node in trees.iter().flat_map(|tree| &tree.nodes) {
        if let Node::Split { feature, .. } = node {
            read.insert(*feature, 0);
        }
    }
    read.values_mut().enumerate().for_each(|(new, place)| *place = new);
    for node in trees.iter_mut().flat_map(|tree| &mut tree.nodes) {
        if let Node::Split { feature, .. } = node {
            *feature = read.get(feature).copied().unwrap_or_default();
        }
    }
    if read.is_empty() { vec![0] } else { read.into_keys().collect() }
}

/// The median among legitimate training rows, missing values left out; the lower one of two.
fn usual(column: &[f64], train: &Split) -> Option<f64> {
    let pairs = train.rows.iter().zip(&train.truths);
    let legit = pairs.filter(|(_, is_fraud)| !**is_fraud).map(|(row, _)| column[*row]);
    let mut values: Vec<f64> = legit.filter(|value| !value.is_nan()).collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied()
}

/// The file's bytes, and the scorer made from them: what is measured is what is written.
pub(crate) fn scorer(file: &ModelFile, set: &FeatureSet) -> Result<(Vec<u8>, Scorer), TrainError> {
    let bytes = file.to_json().map_err(refused)?;
    let model = Model::from_json(&bytes).map_err(refused)?;
    Ok((bytes, Scorer::bind(model, set).map_err(refused)?))
}

/// The policy file: thresholds, no rules.
pub(crate) fn policy(name: &str, thresholds: Thresholds) -> Result<Vec<u8>, TrainError> {
    let policy = json!({
        "name": name,
        "review_at": thresholds.review_at,
        "decline_at": thresholds.decline_at,
        "rules": [],
    });
    let mut bytes = serde_json::to_vec_pretty(&policy).map_err(refused)?;
    bytes.push(b'\n');
    Policy::from_json(&bytes).map_err(refused)?;
    Ok(bytes)
}

/// A note of the model file.
pub(crate) fn note(file: &mut ModelFile, name: &str, value: impl Serialize) -> Result<(), TrainError> {
    file.notes.insert(name.to_owned(), serde_json::to_value(value).map_err(refused)?);
    Ok(())
}

fn refused(error: impl std::fmt::Display) -> TrainError {
    TrainError::Refused { what: error.to_string() }
}
