//! One rule of a policy.

use serde::{Deserialize, Serialize};
use weir_events::Outcome;

/// How a rule compares a feature with its value. A missing value fits `missing` alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    /// Less than.
    #[serde(rename = "<")]
    Less,
    /// At most.
    #[serde(rename = "<=")]
    AtMost,
    /// More than.
    #[serde(rename = ">")]
    More,
    /// At least.
    #[serde(rename = ">=")]
    AtLeast,
    /// Equal.
    #[serde(rename = "==")]
    Equal,
    /// Another value.
    #[serde(rename = "!=")]
    Unequal,
    /// No value; takes no `value`.
    #[serde(rename = "missing")]
    Missing,
}

/// A rule: if the feature compares so, at least this outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, recorded in decisions.
    pub name: String,
    /// Name of the feature.
    pub feature: String,
    /// How to compare.
    pub op: Op,
    /// What to compare with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// What it asks for.
    pub outcome: Outcome,
}

impl Rule {
    /// Whether a value stands where the comparison needs one, and only there.
    pub(crate) fn is_complete(&self) -> bool {
        (self.op == Op::Missing) == self.value.is_none()
    }

    /// Whether the rule applies to a feature's value.
    pub(crate) fn applies(&self, found: f64) -> bool {
        let Some(value) = self.value else { return found.is_nan() };
        match self.op {
            Op::Less => found < value,
            Op::AtMost => found <= value,
            Op::More => found > value,
            Op::AtLeast => found >= value,
            Op::Equal => found == value,
            Op::Unequal => found != value && !found.is_nan(),
            Op::Missing => found.is_nan(),
        }
    }
}
