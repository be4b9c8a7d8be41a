//! How to train.

use serde::{Deserialize, Serialize};

use crate::TrainError;

/// What a transaction counts as while nothing is known about it, after the label delay has passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unlabelled {
    /// Nothing: it is neither trained on nor measured.
    #[default]
    Leave,
    /// Legitimate: right where only fraud is ever reported.
    Legit,
}

/// How the trees are grown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Boosting {
    /// Trees, 1 to 2,000.
    pub trees: usize,
    /// Splits from root to leaf, 1 to 16.
    pub depth: usize,
    /// Share of each tree's answer that is added, above 0 up to 1.
    pub shrinkage: f64,
    /// Added to a leaf's weight (L2), 0 or more.
    pub l2: f64,
    /// Least weight (sum of second derivatives) of a child, 0 or more.
    pub least_child_weight: f64,
    /// Least number of rows in a child, 1 or more.
    pub least_child_rows: u32,
    /// Least gain of a split, 0 or more.
    pub least_gain: f64,
    /// Bins of a feature besides the one for missing values, 2 to 254.
    pub bins: usize,
}

impl Default for Boosting {
    fn default() -> Self {
        Self {
            trees: 100,
            depth: 5,
            shrinkage: 0.1,
            l2: 1.0,
            least_child_weight: 1.0,
            least_child_rows: 20,
            least_gain: 0.0,
            bins: 254,
        }
    }
}

/// How to train: the same settings and items give the same bytes, on every machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Name of the model and its policy.
    pub name: String,
    /// How the trees are grown.
    pub boosting: Boosting,
    /// Names of features that the model must not read.
    pub leave_out: Vec<String>,
    /// Days at the start whose transactions only fill the states, 0 to 365.
    pub warm_up_days: u32,
    /// Days after a period until its labels count as known, 0 to 365.
    pub label_delay_days: u32,
    /// Share of the remaining time that is trained on, above 0.
    pub train_share: f64,
    /// Share that is calibrated on; what both leave, the last part, is the test, above 0.
    pub calibrate_share: f64,
    /// What a transaction counts as while nothing is known about it.
    pub unlabelled: Unlabelled,
    /// Share of transactions that review and decline together may take, 0 to 1.
    pub alert_share: f64,
    /// Share of declined transactions that must be fraud, 0 to 1.
    pub decline_precision: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: "boosted".to_owned(),
            boosting: Boosting::default(),
            leave_out: Vec::new(),
            warm_up_days: 7,
            label_delay_days: 7,
            train_share: 0.6,
            calibrate_share: 0.2,
            unlabelled: Unlabelled::Leave,
            alert_share: 0.02,
            decline_precision: 0.9,
        }
    }
}

impl Settings {
    /// Checks every setting.
    pub fn validate(&self) -> Result<(), TrainError> {
        let is_name = (1..=64).contains(&self.name.len())
            && self
                .name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        check(is_name, "name", "1 to 64 letters, digits, `-`, `_` or `.`")?;
        self.boosting.validate()?;
        check(self.warm_up_days <= 365, "warm_up_days", "a number from 0 to 365")?;
        check(self.label_delay_days <= 365, "label_delay_days", "a number from 0 to 365")?;
        let shares = [self.train_share, self.calibrate_share, 1.0 - self.train_share - self.calibrate_share];
        let is_split = shares.iter().all(|share| *share > 0.0);
        check(is_split, "train_share", "a share that leaves something for calibration and test")?;
        check((0.0..=1.0).contains(&self.alert_share), "alert_share", "a share from 0 to 1")?;
        check((0.0..=1.0).contains(&self.decline_precision), "decline_precision", "a share from 0 to 1")
    }
}

impl Boosting {
    fn validate(&self) -> Result<(), TrainError> {
        check((1..=2_000).contains(&self.trees), "boosting.trees", "a number from 1 to 2000")?;
        check((1..=16).contains(&self.depth), "boosting.depth", "a number from 1 to 16")?;
        let is_share = self.shrinkage > 0.0 && self.shrinkage <= 1.0;
        check(is_share, "boosting.shrinkage", "a number above 0, at most 1")?;
        check(is_weight(self.l2), "boosting.l2", "a number of 0 or more")?;
        check(is_weight(self.least_child_weight), "boosting.least_child_weight", "a number of 0 or more")?;
        check(self.least_child_rows >= 1, "boosting.least_child_rows", "a number of 1 or more")?;
        check(is_weight(self.least_gain), "boosting.least_gain", "a number of 0 or more")?;
        check((2..=254).contains(&self.bins), "boosting.bins", "a number from 2 to 254")
    }
}

fn is_weight(number: f64) -> bool {
    number.is_finite() && number >= 0.0
}

const fn check(is_good: bool, setting: &'static str, expected: &'static str) -> Result<(), TrainError> {
    if is_good { Ok(()) } else { Err(TrainError::Setting { setting, expected }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_valid() {
        assert!(Settings::default().validate().is_ok());
    }

    #[test]
    fn a_bad_setting_is_named() {
        let greedy = Settings { train_share: 0.9, ..Settings::default() };
        assert!(greedy.validate().unwrap_err().to_string().contains("`train_share`"));
        let still = Boosting { shrinkage: 0.0, ..Boosting::default() };
        let still = Settings { boosting: still, ..Settings::default() };
        assert!(still.validate().unwrap_err().to_string().contains("`boosting.shrinkage`"));
        let nameless = Settings { name: "a b".to_owned(), ..Settings::default() };
        assert!(nameless.validate().unwrap_err().to_string().contains("`name`"));
    }
}
