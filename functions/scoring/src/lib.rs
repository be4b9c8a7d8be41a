#![doc = include_str!("../README.md")]

mod block;
mod check;
mod error;
mod forest;
mod model;
mod model_file;
mod number;
mod phrase;
mod policy;
mod read;
mod reasons;
mod rule;
mod scorer;
mod shap;

pub use block::Scratch;
pub use error::{BlockError, Kind, ModelError, PolicyError};
pub use model::Model;
pub use model_file::{Calibration, MODEL_FORMAT, ModelFeature, ModelFile, Node, Tree};
pub use policy::{DEFAULT_POLICY, Policy};
pub use reasons::MOST_REASONS;
pub use rule::{Op, Rule};
pub use scorer::{Explanation, Score, Scorer};
