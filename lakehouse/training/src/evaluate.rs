//! Measuring a model on rows with known truth.

use weir_events::Timestamp;
use weir_features::FeatureSet;
use weir_scoring::Scorer;

use crate::history::History;
use crate::split::Split;
use crate::{Bounds, Item, Metrics, PeriodReport, Settings, Thresholds, TrainError};

/// Folds history from nothing and measures a scorer on all of it after the warm-up, with every label there is.
/// Of the settings, `warm_up_days` and `unlabelled` count. Items in order of time.
pub fn evaluate<E>(
    items: impl IntoIterator<Item = Result<Item, E>>,
    set: &FeatureSet,
    scorer: &Scorer,
    thresholds: Thresholds,
    settings: &Settings,
) -> Result<PeriodReport, TrainError>
where
    E: std::error::Error + Send + Sync + 'static,
{
    let history = History::fold(items, set)?;
    let (first, last) = history.span().ok_or(TrainError::TooShort { days: 0, needed: 1 })?;
    let from = first.plus_micros(i64::from(settings.warm_up_days) * 86_400_000_000);
    let bounds = Bounds { from, until: last.plus_micros(1), as_of: Timestamp::from_micros(i64::MAX) };
    let split = Split::new(&history, &bounds, settings.unlabelled);
    split.check("evaluation")?;
    let probabilities = probabilities(scorer, &history, &split);
    Ok(measure("evaluate", bounds, &split, &probabilities, thresholds))
}

/// Calibrated probabilities of a period's known rows.
pub(crate) fn probabilities(scorer: &Scorer, history: &History<'_>, split: &Split) -> Vec<f64> {
    split.rows.iter().map(|row| scorer.score(&history.vector(*row)).calibrated).collect()
}

pub(crate) fn measure(
    period: &'static str,
    bounds: Bounds,
    split: &Split,
    probabilities: &[f64],
    thresholds: Thresholds,
) -> PeriodReport {
    let metrics = Metrics::new(probabilities, &split.truths, thresholds);
    PeriodReport { period, bounds, transactions: split.transactions, metrics }
}
