//! The model file: boosted trees as JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Version of the file format that this build reads and writes.
pub const MODEL_FORMAT: u32 = 1;

/// A model as it stands in its file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelFile {
    /// Version of the format, [`MODEL_FORMAT`].
    pub format_version: u32,
    /// The model's name.
    pub name: String,
    /// The features it reads; trees refer to them by place.
    pub features: Vec<ModelFeature>,
    /// Raw score before any tree, log odds.
    pub base_score: f64,
    /// From raw score to probability.
    pub calibration: Calibration,
    /// The trees, in the order in which they are summed up.
    pub trees: Vec<Tree>,
    /// Whatever the trainer notes: data, dates, metrics, thresholds. Read by people, not by the scorer.
    #[serde(default)]
    pub notes: BTreeMap<String, serde_json::Value>,
}

/// A feature that a model reads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelFeature {
    /// Id of its definition, `name@hash`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its usual value among legitimate transactions, for reasons.
    #[serde(default)]
    pub usual: Option<f64>,
}

/// Platt scaling: probability = 1 / (1 + exp(−(slope × raw + intercept))).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Factor on the raw log odds, more than 0.
    pub slope: f64,
    /// Added after it.
    pub intercept: f64,
}

impl Default for Calibration {
    fn default() -> Self {
        Self { slope: 1.0, intercept: 0.0 }
    }
}

/// One tree; node 0 is its root, children stand after their parent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tree {
    /// Its nodes.
    pub nodes: Vec<Node>,
}

/// One node of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Node {
    /// Sends a row left or right.
    Split {
        /// Place of the feature in the model's list.
        feature: usize,
        /// Values up to and including this one go left.
        threshold: f64,
        /// Whether a missing value goes left.
        missing_left: bool,
        /// Index of the left child.
        left: usize,
        /// Index of the right child.
        right: usize,
        /// Weight of the training rows that came here, more than 0.
        cover: f64,
    },
    /// Ends the way of a row.
    Leaf {
        /// Added to the raw score, log odds.
        value: f64,
        /// Weight of the training rows that came here, more than 0.
        cover: f64,
    },
}

impl Node {
    /// Weight of the training rows that came here.
    pub const fn cover(&self) -> f64 {
        match self {
            Self::Split { cover, .. } | Self::Leaf { cover, .. } => *cover,
        }
    }
}

impl ModelFile {
    /// The file's bytes: compact JSON and a line end. The same model gives the same bytes.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}
