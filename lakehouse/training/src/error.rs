//! What can go wrong while training.

use weir_events::Timestamp;

/// What a caller does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Settings or data have to change; trying again is useless.
    Settings,
    /// A fault of this crate.
    Internal,
}

/// Why there is no model.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The source of the items failed.
    #[error("could not read the training data")]
    Input(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// An item lies before the one that came ahead of it.
    #[error("an item of `{at}` follows one of `{before}`: sort the items by time first")]
    OutOfOrder {
        /// Time of the item.
        at: Timestamp,
        /// Time of the one ahead of it.
        before: Timestamp,
    },
    /// A setting is out of its range.
    #[error("setting `{setting}` is out of range, set it to {expected}")]
    Setting {
        /// Its name.
        setting: &'static str,
        /// What it may be.
        expected: &'static str,
    },
    /// A feature to be left out is not in the set.
    #[error(
        "`leave_out` names `{feature}`, which feature set `{set}` does not have: see `weir features --list`"
    )]
    UnknownFeature {
        /// The feature named.
        feature: String,
        /// Version of the set.
        set: String,
    },
    /// The transactions span too little time.
    #[error(
        "the transactions span `{days}` days, less than warm-up, two gaps and three periods of a day need (`{needed}`): \
         bring more history, or lower `warm_up_days` or `label_delay_days`"
    )]
    TooShort {
        /// Whole days there are.
        days: i64,
        /// Whole days there must be.
        needed: i64,
    },
    /// A period holds too few known frauds or legitimate transactions.
    #[error(
        "the {period} period holds `{frauds}` known frauds and `{legits}` known legitimate transactions, each must be \
         at least `{least}`: bring more labels, or set `unlabelled` to `legit` if only fraud is ever reported"
    )]
    TooFewLabels {
        /// Name of the period.
        period: &'static str,
        /// Known frauds.
        frauds: usize,
        /// Known legitimate transactions.
        legits: usize,
        /// How many of each it takes.
        least: usize,
    },
    /// In the calibration period fraud scores no higher than the rest.
    #[error(
        "in the calibration period fraud does not score higher than the rest: the features tell nothing about it"
    )]
    NoSkill,
    /// The finished model or policy was refused by the scorer.
    #[error("the scorer refuses what was trained: {what}")]
    Refused {
        /// Why.
        what: String,
    },
}

impl TrainError {
    /// What to do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Refused { .. } => Kind::Internal,
            _ => Kind::Settings,
        }
    }
}
