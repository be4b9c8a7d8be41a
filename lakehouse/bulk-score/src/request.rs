//! What to score, and what came of it.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use weir_datasets::Mapping;
use weir_events::Currency;
use weir_keyring::Pseudonyms;
use weir_scoring::{Policy, Scorer};

/// What to score, and with what.
pub struct Request {
    /// The file of transactions.
    pub file: PathBuf,
    /// Where scores go: CSV, NDJSON or Parquet by its ending.
    pub output: PathBuf,
    /// Whether reviewed and declined transactions get their reasons.
    pub with_reasons: bool,
    /// The model, bound to [`FeatureSet::full`](weir_features::FeatureSet::full).
    pub scorer: Scorer,
    /// The policy.
    pub policy: Policy,
    /// What tells values apart: the deployment's own, to get the same numbers as its stream in every case.
    pub pseudonyms: Pseudonyms,
    /// Currency of the deployment: rows of another one are rejected, rows that name none are in this one.
    pub currency: Currency,
    /// What the columns of a CSV file mean, if it is none that is known.
    pub mapping: Option<Arc<Mapping>>,
    /// Days after which a row's label becomes known, unless the file says when; read only if the model asks for label features.
    pub label_delay_days: u32,
    /// Most rows to read; `None` for all.
    pub limit: Option<u64>,
    /// Threads to use, at least 1. The output does not depend on it.
    pub threads: usize,
}

/// How much of the file is read: bytes of text files, rows of Parquet files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Done.
    pub done: u64,
    /// Of how many.
    pub total: u64,
    /// Rows scored so far.
    pub scored: u64,
}

/// What came of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Rows in the file: scored and rejected.
    pub rows: u64,
    /// Rows in the output.
    pub scored: u64,
    /// Rows set aside.
    pub rejected: u64,
    /// Of the rejected: rows whose id an earlier row had.
    pub repeated: u64,
    /// Rows that lie before the newest one by more than the lateness allowance: their windows may miss events.
    pub late: u64,
    /// Labels that took effect.
    pub labels: u64,
    /// Approved rows.
    pub approved: u64,
    /// Rows for a person to look at.
    pub reviewed: u64,
    /// Declined rows.
    pub declined: u64,
    /// Rows that the fast decoder left to the general one.
    pub decoded_slowly: u64,
    /// Where rejected rows are described, if there are any.
    pub rejects_file: Option<PathBuf>,
}
