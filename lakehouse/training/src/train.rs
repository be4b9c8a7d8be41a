//! From items to a model, its policy and what it is worth.

use weir_features::FeatureSet;
use weir_scoring::Scorer;

use crate::bins::Binned;
use crate::boost::boost;
use crate::calibrate::platt;
use crate::evaluate::{measure, probabilities};
use crate::history::History;
use crate::report::Strength;
use crate::split::Split;
use crate::{Item, Protocol, Report, Settings, Thresholds, TrainError, model};

/// Features named in a report.
const NAMED: usize = 10;

/// What training made.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    /// Bytes of the model file.
    pub model: Vec<u8>,
    /// Bytes of the policy file.
    pub policy: Vec<u8>,
    /// What it is worth.
    pub report: Report,
}

/// Trains on items in order of time (see [`in_time_order`](crate::in_time_order)). Holds every vector in memory:
/// 8 bytes for each transaction and feature of the set.
pub fn train<E>(
    items: impl IntoIterator<Item = Result<Item, E>>,
    set: &FeatureSet,
    settings: &Settings,
) -> Result<Trained, TrainError>
where
    E: std::error::Error + Send + Sync + 'static,
{
    settings.validate()?;
    let left_out = left_out(set, settings)?;
    let history = History::fold(items, set)?;
    let (first, last) = history.span().ok_or(TrainError::TooShort { days: 0, needed: 1 })?;
    let periods = Periods::new(&history, Protocol::new(first, last, settings)?, settings)?;
    finish(&history, set, settings, &periods, &left_out)
}

/// Places of the features that the model must not read.
fn left_out(set: &FeatureSet, settings: &Settings) -> Result<Vec<usize>, TrainError> {
    let place = |name: &String| {
        let unknown = || TrainError::UnknownFeature { feature: name.clone(), set: set.version().to_owned() };
        set.position(name).ok_or_else(unknown)
    };
    settings.leave_out.iter().map(place).collect()
}

struct Periods {
    protocol: Protocol,
    train: Split,
    calibrate: Split,
    test: Split,
}

impl Periods {
    fn new(history: &History<'_>, protocol: Protocol, settings: &Settings) -> Result<Self, TrainError> {
        let split = |bounds| Split::new(history, bounds, settings.unlabelled);
        let train = split(&protocol.train);
        let calibrate = split(&protocol.calibrate);
        let test = split(&protocol.test);
        train.check("train")?;
        calibrate.check("calibrate")?;
        Ok(Self { protocol, train, calibrate, test })
    }
}

fn finish(
    history: &History<'_>,
    set: &FeatureSet,
    settings: &Settings,
    periods: &Periods,
    left_out: &[usize],
) -> Result<Trained, TrainError> {
    let Periods { protocol, train, calibrate, test } = periods;
    let binned = Binned::new(history.columns(), &train.rows, settings.boosting.bins, |feature| {
        !left_out.contains(&feature)
    });
    let boosted = boost(&binned, &train.truths, &settings.boosting);
    let mut file = model::file(&settings.name, history, set, train, boosted);

    let (_, uncalibrated) = model::scorer(&file, set)?;
    let raw: Vec<f64> =
        calibrate.rows.iter().map(|row| uncalibrated.score(&history.vector(*row)).raw).collect();
    file.calibration = platt(&raw, &calibrate.truths)?;
    let (_, calibrated) = model::scorer(&file, set)?;
    let probable = probabilities(&calibrated, history, calibrate);
    let thresholds = Thresholds::choose(&probable, &calibrate.truths, settings);

    let measured = |period, bounds, split: &Split| {
        measure(period, bounds, split, &probabilities(&calibrated, history, split), thresholds)
    };
    let reports = vec![
        measured("train", protocol.train, train),
        measured("calibrate", protocol.calibrate, calibrate),
        measured("test", protocol.test, test),
    ];
    model::note(&mut file, "settings", settings)?;
    model::note(&mut file, "feature_set", set.version())?;
    model::note(&mut file, "periods", &reports)?;
    model::note(&mut file, "thresholds", thresholds)?;
    let (bytes, scorer) = model::scorer(&file, set)?;
    let report = Report {
        model: settings.name.clone(),
        digest: scorer.model().digest().to_owned(),
        feature_set: set.version().to_owned(),
        trees: file.trees.len(),
        features_read: file.features.len(),
        features_known: set.features().len(),
        thresholds,
        periods: reports,
        told_by: told_by(&scorer, history, calibrate),
    };
    Ok(Trained { model: bytes, policy: model::policy(&settings.name, thresholds)?, report })
}

/// Mean contributions over the known frauds of a period, strongest first.
fn told_by(scorer: &Scorer, history: &History<'_>, split: &Split) -> Vec<Strength> {
    let mut sums = vec![0.0; scorer.features().len()];
    let frauds = split.rows.iter().zip(&split.truths).filter(|(_, is_fraud)| **is_fraud);
    for (row, _) in frauds {
        let explained = scorer.explain(&history.vector(*row));
        sums.iter_mut().zip(&explained.contributions).for_each(|(sum, part)| *sum += part);
    }
    let count = split.frauds().max(1) as f64;
    let strength = |(feature, sum): (&weir_features::Feature, f64)| Strength {
        feature: feature.name.clone(),
        mean_contribution: sum / count,
    };
    let mut strengths: Vec<_> = scorer.features().iter().zip(sums).map(strength).collect();
    strengths.sort_by(|left, right| right.mean_contribution.total_cmp(&left.mean_contribution));
    strengths.truncate(NAMED);
    strengths
}
