//! What training found, for people and programs.

use std::fmt;

use serde::Serialize;
use weir_events::Timestamp;

use crate::{Bounds, Cut, Metrics, Thresholds};

/// One period as measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PeriodReport {
    /// `train`, `calibrate`, `test` or `evaluate`.
    pub period: &'static str,
    /// When it was.
    pub bounds: Bounds,
    /// Its transactions, known or not; the metrics are over those whose truth was known in time.
    pub transactions: usize,
    /// The measures.
    pub metrics: Metrics,
}

/// What a feature added to the scores of known frauds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Strength {
    /// Name of the feature.
    pub feature: String,
    /// Mean over the frauds, log odds.
    pub mean_contribution: f64,
}

/// Everything about a training.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The model's name.
    pub model: String,
    /// Digest of its file.
    pub digest: String,
    /// Version of the feature set.
    pub feature_set: String,
    /// Trees.
    pub trees: usize,
    /// Features that the trees read, of how many in the set.
    pub features_read: usize,
    /// Features in the set.
    pub features_known: usize,
    /// Where review and decline begin.
    pub thresholds: Thresholds,
    /// Train, calibrate and test.
    pub periods: Vec<PeriodReport>,
    /// By what the frauds of the calibration period were told, strongest first.
    pub told_by: Vec<Strength>,
}

impl Report {
    /// The test period: the one that nothing was made on.
    pub fn test(&self) -> Option<&PeriodReport> {
        self.periods.iter().find(|period| period.period == "test")
    }
}

const HEAD: &str = "period     from        until         rows    known  fraud  share    AUC     AP   Brier  \
                    alerts  recall  prec.   declined  recall  prec.";

impl fmt::Display for PeriodReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let metrics = &self.metrics;
        write!(
            formatter,
            "{:<9}  {}  {}  {:>8} {:>8} {:>6} {:>6}  {:>5}  {:>5}  {:>6}  {}  {}",
            self.period,
            day(self.bounds.from),
            day(self.bounds.until),
            self.transactions,
            metrics.rows,
            metrics.frauds,
            percent(metrics.fraud_share, 2),
            number(metrics.roc_auc, 3),
            number(metrics.average_precision, 3),
            number(metrics.brier, 4),
            cut(&metrics.review, 6),
            cut(&metrics.decline, 9),
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Thresholds { review_at, decline_at } = self.thresholds;
        writeln!(
            formatter,
            "model `{}`: {} trees on {} of {} features of `{}`; review at {review_at}, decline at {decline_at}\n\n{HEAD}",
            self.model, self.trees, self.features_read, self.features_known, self.feature_set
        )?;
        self.periods.iter().try_for_each(|period| writeln!(formatter, "{period}"))?;
        writeln!(formatter, "\nfraud of the calibration period was told by (mean contribution, log odds)")?;
        self.told_by.iter().try_for_each(|strength| {
            writeln!(formatter, "{:>+7.2}  {}", strength.mean_contribution, strength.feature)
        })
    }
}

fn day(at: Timestamp) -> String {
    at.to_string().get(..10).unwrap_or_default().to_owned()
}

fn cut(cut: &Cut, width: usize) -> String {
    let caught = cut.true_positives + cut.false_positives;
    format!("{caught:>width$}  {:>6}  {:>6}", percent(cut.recall, 1), percent(cut.precision, 1))
}

fn percent(share: Option<f64>, digits: usize) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.digits$}%", share * 100.0))
}

fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
}
