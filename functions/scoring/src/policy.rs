//! From scores to outcomes: thresholds and rules.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use weir_events::{Outcome, RuleHit};
use weir_features::FeatureSet;

use crate::error::PolicyError;
use crate::rule::Rule;

/// The policy of a deployment that has none of its own; the example in the crate's documentation explains it.
pub const DEFAULT_POLICY: &str = r#"{
  "name": "default",
  "review_at": 0.5,
  "decline_at": 0.9,
  "rules": []
}
"#;

/// Thresholds on the calibrated probability, and rules on features; the strictest outcome wins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    name: String,
    review_at: f64,
    decline_at: f64,
    #[serde(default)]
    rules: Vec<Rule>,
    #[serde(skip)]
    version: String,
}

impl Policy {
    /// Reads and checks a policy.
    pub fn from_json(bytes: &[u8]) -> Result<Self, PolicyError> {
        let mut policy: Self = serde_json::from_slice(bytes).map_err(|error| unreadable(&error))?;
        policy.check_fields()?;
        let canonical = serde_json::to_vec(&policy).map_err(|error| unreadable(&error))?;
        policy.version = format!("{}@{}", policy.name, &blake3::hash(&canonical).to_hex()[..16]);
        Ok(policy)
    }

    /// The policy's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Name and hash of what it says, `name@<16 hex digits>`; layout and spaces of the file do not count.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Its rules, in order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Checks that every rule's feature is in the set; to be called once, when the policy is loaded.
    pub fn check(&self, set: &FeatureSet) -> Result<(), PolicyError> {
        for (place, rule) in self.rules.iter().enumerate() {
            if set.position(&rule.feature).is_none() {
                return Err(PolicyError::UnknownFeature {
                    field: format!("rules[{place}].feature"),
                    feature: rule.feature.clone(),
                    set: set.version().to_owned(),
                });
            }
        }
        Ok(())
    }

    /// The outcome of a calibrated probability and a vector of the set, with every rule that applied. A rule whose
    /// feature the set lacks asks for nothing: [`Policy::check`] refuses such a policy beforehand.
    pub fn decide(&self, calibrated: f64, vector: &[f64], set: &FeatureSet) -> (Outcome, Vec<RuleHit>) {
        let mut outcome = self.by_score(calibrated);
        let mut hits = Vec::new();
        for rule in &self.rules {
            let value = set.position(&rule.feature).and_then(|place| vector.get(place));
            if value.is_some_and(|value| rule.applies(*value)) {
                outcome = outcome.max(rule.outcome);
                hits.push(RuleHit { rule: rule.name.clone(), outcome: rule.outcome });
            }
        }
        (outcome, hits)
    }

    /// A probability that is not a number is for a person to judge.
    fn by_score(&self, calibrated: f64) -> Outcome {
        if calibrated >= self.decline_at {
            Outcome::Decline
        } else if calibrated >= self.review_at || calibrated.is_nan() {
            Outcome::Review
        } else {
            Outcome::Approve
        }
    }

    fn check_fields(&self) -> Result<(), PolicyError> {
        let share = "a number from 0 to 1";
        ensure(is_name(&self.name), "name", &self.name, NAME)?;
        ensure((0.0..=1.0).contains(&self.review_at), "review_at", self.review_at, share)?;
        ensure((0.0..=1.0).contains(&self.decline_at), "decline_at", self.decline_at, share)?;
        let is_ordered = self.review_at <= self.decline_at;
        ensure(is_ordered, "decline_at", self.decline_at, "at least `review_at`")?;
        let mut names = BTreeSet::new();
        for (place, rule) in self.rules.iter().enumerate() {
            let field = |name: &str| format!("rules[{place}].{name}");
            ensure(is_name(&rule.name), &field("name"), &rule.name, NAME)?;
            ensure(names.insert(&rule.name), &field("name"), &rule.name, "a name no other rule has")?;
            ensure(rule.is_complete(), &field("value"), "absent", "a number to compare with")?;
        }
        Ok(())
    }
}

const NAME: &str = "1 to 64 letters, digits, `-`, `_`, `.` or spaces";

fn is_name(name: &str) -> bool {
    let is_allowed =
        |character: char| character.is_alphanumeric() || matches!(character, '-' | '_' | '.' | ' ');
    (1..=64).contains(&name.chars().count()) && name.chars().all(is_allowed)
}

fn ensure(
    is_so: bool,
    field: &str,
    found: impl std::fmt::Display,
    expected: &'static str,
) -> Result<(), PolicyError> {
    if is_so {
        return Ok(());
    }
    Err(PolicyError::Field { field: field.to_owned(), found: found.to_string(), expected })
}

fn unreadable(error: &serde_json::Error) -> PolicyError {
    PolicyError::Unreadable { line: error.line(), column: error.column(), what: error.to_string() }
}
