//! Policies.

use weir_features::FeatureSet;
use weir_scoring::Policy;

use crate::source::Source;

/// A policy that is read can be written, has one version, and decides about anything.
pub fn check(bytes: &[u8]) {
    let Ok(policy) = Policy::from_json(bytes) else { return };
    let written = serde_json::to_vec(&policy).expect("a policy is JSON");
    let again = Policy::from_json(&written).expect("what is written is read");
    assert_eq!(again, policy);
    assert_eq!(again.version(), policy.version());
    let sets = [FeatureSet::full(), FeatureSet::handbook()];
    for set in &sets {
        let is_known = policy.check(set).is_ok();
        assert_eq!(is_known, policy.rules().iter().all(|rule| set.position(&rule.feature).is_some()));
        decide(&policy, set, bytes);
    }
}

/// A higher score is never judged more mildly, and rules only make an outcome stricter.
fn decide(policy: &Policy, set: &FeatureSet, bytes: &[u8]) {
    let mut source = Source(bytes);
    for length in [0, 1, set.features().len()] {
        let vector: Vec<f64> = (0..length).map(|_| source.float()).collect();
        let (mildest, hits) = policy.decide(f64::NEG_INFINITY, &vector, set);
        assert!(hits.len() <= policy.rules().len());
        assert!(hits.iter().all(|hit| hit.outcome <= mildest));
        let mut before = mildest;
        for score in [0.0, 0.1, 0.5, 0.9, 1.0, f64::INFINITY] {
            let (outcome, same) = policy.decide(score, &vector, set);
            assert!(outcome >= before && same == hits);
            before = outcome;
        }
        assert!(policy.decide(f64::NAN, &vector, set).0 >= weir_events::Outcome::Review);
    }
}
