//! Policies.

use weir_events::Outcome::{self, Approve, Decline, Review};
use weir_features::FeatureSet;
use weir_scoring::{DEFAULT_POLICY, Policy, PolicyError};

use crate::forests::vector;

const RULES: &str = r#"{ "name": "strict", "review_at": 0.3, "decline_at": 0.8, "rules": [
  { "name": "many cards", "feature": "device_distinct_cards_1h", "op": ">=", "value": 4, "outcome": "decline" },
  { "name": "large", "feature": "amount", "op": ">", "value": 1000, "outcome": "review" },
  { "name": "no device", "feature": "device_count_1h", "op": "missing", "outcome": "approve" }
] }"#;

fn policy(text: &str) -> Policy {
    Policy::from_json(text.as_bytes()).unwrap()
}

fn decide(policy: &Policy, calibrated: f64, values: &[(&str, f64)]) -> (Outcome, Vec<String>) {
    let (outcome, hits) = policy.decide(calibrated, &vector(values), &FeatureSet::full());
    (outcome, hits.into_iter().map(|hit| hit.rule).collect())
}

fn field_of(text: &str) -> String {
    match Policy::from_json(text.as_bytes()) {
        Err(PolicyError::Field { field, .. }) => field,
        other => panic!("{other:?}"),
    }
}

#[test]
fn thresholds_belong_to_the_stricter_outcome() {
    let policy = policy(DEFAULT_POLICY);
    let outcome = |calibrated| decide(&policy, calibrated, &[]).0;
    assert_eq!(
        [outcome(0.0), outcome(0.49), outcome(0.5), outcome(0.89)],
        [Approve, Approve, Review, Review]
    );
    assert_eq!([outcome(0.9), outcome(1.0), outcome(f64::NAN)], [Decline, Decline, Review]);
}

#[test]
fn the_strictest_outcome_wins_and_every_rule_that_applies_is_recorded() {
    let policy = policy(RULES);
    policy.check(&FeatureSet::full()).unwrap();
    let large = [("amount", 5_000.0), ("device_distinct_cards_1h", 4.0), ("device_count_1h", 4.0)];
    assert_eq!(decide(&policy, 0.1, &large), (Decline, vec!["many cards".to_owned(), "large".to_owned()]));
    assert_eq!(decide(&policy, 0.1, &large[..1]), (Review, vec!["large".to_owned(), "no device".to_owned()]));
    assert_eq!(decide(&policy, 0.9, &[]), (Decline, vec!["no device".to_owned()]));
    assert_eq!(decide(&policy, 0.1, &[("amount", 1_000.0)]), (Approve, vec!["no device".to_owned()]));
}

#[test]
fn every_comparison_does_what_it_says_and_a_missing_value_fits_none() {
    let applies = |op: &str, value: f64| {
        let rule = format!(r#"{{"name":"r","feature":"amount","op":"{op}","value":5,"outcome":"review"}}"#);
        let text = format!(r#"{{"name":"p","review_at":1,"decline_at":1,"rules":[{rule}]}}"#);
        decide(&policy(&text), 0.0, &[("amount", value)]).0 == Review
    };
    let table = |op| [4.0, 5.0, 6.0, f64::NAN].map(|value| applies(op, value));
    assert_eq!(table("<"), [true, false, false, false]);
    assert_eq!(table("<="), [true, true, false, false]);
    assert_eq!(table(">"), [false, false, true, false]);
    assert_eq!(table(">="), [false, true, true, false]);
    assert_eq!(table("=="), [false, true, false, false]);
    assert_eq!(table("!="), [true, false, true, false]);
}

#[test]
fn errors_name_the_field() {
    assert_eq!(field_of(r#"{"name":"","review_at":0.5,"decline_at":0.9}"#), "name");
    assert_eq!(field_of(r#"{"name":"p","review_at":1.5,"decline_at":0.9}"#), "review_at");
    assert_eq!(field_of(r#"{"name":"p","review_at":0.5,"decline_at":-1}"#), "decline_at");
    assert_eq!(field_of(r#"{"name":"p","review_at":0.5,"decline_at":0.4}"#), "decline_at");
    assert_eq!(field_of(&RULES.replace("many cards", "large")), "rules[1].name");
    assert_eq!(field_of(&RULES.replace(", \"value\": 1000", "")), "rules[1].value");
    let unknown =
        Policy::from_json(br#"{"name":"p","review_at":0.5,"decline_at":0.9,"reveiw":1}"#).unwrap_err();
    assert!(unknown.to_string().contains("reveiw"), "{unknown}");
    let missing = policy(&RULES.replace("\"amount\"", "\"ammount\"")).check(&FeatureSet::full()).unwrap_err();
    assert!(missing.to_string().contains("`rules[1].feature` is `ammount`"), "{missing}");
}

#[test]
fn the_version_follows_what_the_policy_says_not_how_it_is_written() {
    let compact: String = RULES.replace('\n', " ").replace("  ", " ");
    assert_eq!(policy(RULES).version(), policy(&compact).version());
    assert_ne!(policy(RULES).version(), policy(&RULES.replace("0.3", "0.4")).version());
    assert!(policy(RULES).version().starts_with("strict@"));
}
