//! A model bound to a feature set: vectors in, scores out.

use weir_features::{Feature, FeatureSet};

use crate::block::Scratch;
use crate::error::ModelError;
use crate::forest::Forest;
use crate::model::Model;
use crate::shap::{self, Explainer};

/// A score of one vector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// Base score and the leaves reached, summed up in tree order; log odds.
    pub raw: f64,
    /// Calibrated probability of fraud, 0 to 1.
    pub calibrated: f64,
}

/// What each feature added to one raw score.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    /// Raw score of a row of which nothing is known.
    pub base: f64,
    /// By feature of the model, log odds; with `base` they sum up to the raw score, but for rounding.
    pub contributions: Vec<f64>,
}

/// A model that knows where its features stand in the vectors of one set.
#[derive(Clone, Debug)]
pub struct Scorer {
    model: Model,
    /// By feature of the model: its place in vectors.
    places: Vec<usize>,
    /// By feature of the model.
    features: Vec<Feature>,
    /// Place of `amount` in vectors, for reasons.
    amount: Option<usize>,
    base: f64,
    forest: Forest,
    explainer: Explainer,
}

impl Scorer {
    /// Binds a model to a feature set; refuses only if the set does not define a feature that the model lists.
    pub fn bind(model: Model, set: &FeatureSet) -> Result<Self, ModelError> {
        let mut places = Vec::with_capacity(model.features().len());
        let mut features = Vec::with_capacity(model.features().len());
        for wanted in model.features() {
            let place = set.position_of_id(&wanted.id);
            let found = place.and_then(|place| Some((place, set.features().get(place)?)));
            let (place, feature) = found.ok_or_else(|| ModelError::MissingFeature {
                model: model.name().to_owned(),
                feature: wanted.id.clone(),
                set: set.version().to_owned(),
            })?;
            places.push(place);
            features.push(feature.clone());
        }
        let base =
            model.file().trees.iter().fold(model.file().base_score, |sum, tree| sum + shap::mean(tree));
        let forest = Forest::new(model.file().base_score, places.len(), &model.file().trees);
        let explainer = Explainer::new(&model.file().trees);
        Ok(Self { places, features, forest, explainer, amount: set.position("amount"), base, model })
    }

    /// The model.
    pub const fn model(&self) -> &Model {
        &self.model
    }

    /// The features of the model, as the set defines them.
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// Where the features of the model stand in vectors of the set.
    pub fn places(&self) -> &[usize] {
        &self.places
    }

    /// Scores a vector of the set it is bound to; values that are not there count as missing.
    pub fn score(&self, vector: &[f64]) -> Score {
        self.calibrated(self.raw(vector))
    }

    /// Probability of a raw score.
    pub fn calibrate(&self, raw: f64) -> f64 {
        let calibration = self.model.file().calibration;
        let log_odds = calibration.slope * raw + calibration.intercept;
        1.0 / (1.0 + libm::exp(-log_odds))
    }

    pub(crate) fn calibrated(&self, raw: f64) -> Score {
        Score { raw, calibrated: self.calibrate(raw) }
    }

    pub(crate) const fn forest(&self) -> &Forest {
        &self.forest
    }

    /// Exact path-dependent `TreeSHAP` (Lundberg and others 2020, "From local explanations to global
    /// understanding with explainable AI for trees", algorithm 2).
    pub fn explain(&self, vector: &[f64]) -> Explanation {
        let mut explanation = Explanation::default();
        self.explain_into(vector, &mut Scratch::default(), &mut explanation);
        explanation
    }

    /// As [`Scorer::explain`], in memory that is there already.
    pub fn explain_into(&self, vector: &[f64], scratch: &mut Scratch, explanation: &mut Explanation) {
        let (row, memory) = scratch.explaining();
        row.clear();
        row.extend(self.places.iter().map(|place| vector.get(*place).copied().unwrap_or(f64::NAN)));
        explanation.base = self.base;
        explanation.contributions.clear();
        explanation.contributions.resize(row.len(), 0.0);
        self.explainer.add(row, memory, &mut explanation.contributions);
    }

    /// Value of the amount in a vector, if the set has it.
    pub(crate) fn amount(&self, vector: &[f64]) -> Option<f64> {
        vector.get(self.amount?).copied().filter(|amount| !amount.is_nan())
    }

    /// The model's own features out of a vector.
    pub(crate) fn row(&self, vector: &[f64]) -> Vec<f64> {
        self.places.iter().map(|place| vector.get(*place).copied().unwrap_or(f64::NAN)).collect()
    }
}

/// Which way a value goes: up to the threshold left, above it right, missing as the split says.
pub(crate) const fn goes_left(value: f64, threshold: f64, missing_left: bool) -> bool {
    (value <= threshold) | (value.is_nan() & missing_left)
}
