//! The phrase of every feature of the full set, as a snapshot.

use weir_features::FeatureSet;
use weir_scoring::{Explanation, ModelFile, Node, Scorer, Tree};

use crate::forests::{file, scorer};

/// The phrase of each feature: of the values 1, 2.5 and missing.
fn phrases() -> Vec<String> {
    let set = FeatureSet::full();
    let names: Vec<_> = set.features().iter().map(|feature| feature.name.as_str()).collect();
    let mut model = file(&names, vec![Tree { nodes: vec![Node::Leaf { value: 0.0, cover: 1.0 }] }]);
    model.features.iter_mut().for_each(|feature| feature.usual = Some(1.0));
    let scorer = bound(&model);
    let mut lines = Vec::new();
    for (place, name) in names.iter().enumerate() {
        for value in [0.0, 1.0, 3.25, f64::NAN] {
            lines.push(format!("{name} {value}: {}", phrase(&scorer, place, value)));
        }
    }
    lines
}

fn bound(model: &ModelFile) -> Scorer {
    scorer(model)
}

fn phrase(scorer: &Scorer, place: usize, value: f64) -> String {
    let mut vector = vec![f64::NAN; scorer.features().len()];
    vector[0] = 812.0;
    vector[place] = value;
    let mut contributions = vec![0.0; vector.len()];
    contributions[place] = 1.0;
    let mut reasons = scorer.reasons(&vector, &Explanation { base: 0.0, contributions });
    assert_eq!(reasons.len(), 1);
    reasons.remove(0).text
}

#[test]
fn every_feature_has_its_phrase() {
    insta::assert_snapshot!("phrases", phrases().join("\n"));
}
