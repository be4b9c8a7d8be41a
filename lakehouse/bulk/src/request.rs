//! What is asked for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use weir_datasets::Mapping;
use weir_events::Currency;
use weir_features::FeatureSet;

use crate::BulkError;

/// Which feature set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Set {
    /// Every feature.
    #[default]
    Full,
    /// The Fraud Detection Handbook's baseline features.
    Handbook,
}

/// What is asked for; the crate's documentation tells each setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// File to read.
    pub input: PathBuf,
    /// File to write: `.parquet` or `.csv`.
    pub output: PathBuf,
    /// Which feature set.
    pub set: Set,
    /// Features by name, in the order in which they are written; `None` for every one whose input exists.
    pub columns: Option<Vec<String>>,
    /// What the columns of a CSV file mean, if it is none that is known.
    pub mapping: Option<Arc<Mapping>>,
    /// When a file's own labels become known, days after their transactions, unless the file says when.
    pub label_delay_days: u32,
    /// Rows to read at most.
    pub limit: Option<u64>,
    /// Threads; `None` for as many as there are cores.
    pub threads: Option<usize>,
    /// Currency of the run; `None` for that of the first row.
    pub currency: Option<Currency>,
}

/// Form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Parquet,
    Csv,
}

impl Request {
    /// Every feature of a file, with the default settings.
    pub fn new(input: &Path, output: &Path) -> Self {
        Self {
            input: input.to_owned(),
            output: output.to_owned(),
            set: Set::Full,
            columns: None,
            mapping: None,
            label_delay_days: 7,
            limit: None,
            threads: None,
            currency: None,
        }
    }

    pub(crate) fn feature_set(&self) -> FeatureSet {
        match self.set {
            Set::Full => FeatureSet::full(),
            Set::Handbook => FeatureSet::handbook(),
        }
    }

    /// Microseconds after its transaction at which a file's own label becomes known.
    pub(crate) const fn label_delay(&self) -> i64 {
        self.label_delay_days as i64 * 86_400_000_000
    }

    pub(crate) fn threads(&self) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        self.threads.unwrap_or_else(all).clamp(1, 256)
    }

    /// The form that the output's name asks for.
    pub(crate) fn form(&self) -> Result<Form, BulkError> {
        let extension = self.output.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        match extension.as_str() {
            "parquet" => Ok(Form::Parquet),
            "csv" => Ok(Form::Csv),
            _ => Err(BulkError::Setting {
                key: "output",
                found: self.output.display().to_string(),
                expected: "a name that ends in .parquet or .csv".to_owned(),
            }),
        }
    }
}
