//! A model that reads every feature, and files to score with it.

use std::collections::BTreeMap;
use std::path::Path;

use weir_bulk_score::{Request, Summary, score};
use weir_events::Outcome;
use weir_features::FeatureSet;
use weir_generator::{Event, Generator, Settings};
use weir_keyring::Pseudonyms;
use weir_scoring::{Calibration, Model, ModelFeature, ModelFile, Node, Policy, Scorer, Tree};

const POLICY: &str = r#"{
  "name": "test", "review_at": 0.45, "decline_at": 0.55,
  "rules": [{ "name": "large", "feature": "amount", "op": ">", "value": 700, "outcome": "review" }]
}"#;

pub(crate) fn policy() -> Policy {
    Policy::from_json(POLICY.as_bytes()).unwrap()
}

/// Eight leaves for each feature: another bin of any feature gives another score.
pub(crate) fn scorer() -> Scorer {
    let set = FeatureSet::full();
    let features = set.features().iter();
    let listed = features.map(|feature| ModelFeature {
        id: feature.id.clone(),
        name: feature.name.clone(),
        usual: Some(1.0),
    });
    let file = ModelFile {
        format_version: 1,
        name: "all".to_owned(),
        features: listed.collect(),
        base_score: 0.0,
        calibration: Calibration { slope: 0.5, intercept: 0.0 },
        trees: (0..set.features().len()).map(tree).collect(),
        notes: BTreeMap::new(),
    };
    Scorer::bind(Model::from_json(&file.to_json().unwrap()).unwrap(), &set).unwrap()
}

fn tree(feature: usize) -> Tree {
    const THRESHOLDS: [f64; 7] = [20.0, 1.5, 2_000.0, 0.1, 4.5, 120.0, 90_000.0];
    let split = |index: usize| Node::Split {
        feature,
        threshold: THRESHOLDS[index],
        missing_left: feature.is_multiple_of(2),
        left: 2 * index + 1,
        right: 2 * index + 2,
        cover: 10.0,
    };
    let leaf = |index: usize| {
        let spread = ((feature * 8 + index) * 7_919 % 1_009) as f64 / 1_009.0 - 0.5;
        Node::Leaf { value: spread / 3.0, cover: 5.0 }
    };
    Tree { nodes: (0..7).map(split).chain((0..8).map(leaf)).collect() }
}

/// A month of a small shop, labels among its orders.
pub(crate) fn events(transactions: u64) -> Vec<Event> {
    let settings = Settings { transactions, customers: 60, days: 40, ..Settings::default() };
    Generator::new(settings).unwrap().collect()
}

pub(crate) fn write_events(events: &[Event], path: &Path) {
    let file = std::fs::File::create(path).unwrap();
    weir_generator::write_ndjson(events.iter().cloned(), file).unwrap();
}

pub(crate) fn request(file: &Path, output: &Path, pseudonyms: Pseudonyms) -> Request {
    Request {
        file: file.to_owned(),
        output: output.to_owned(),
        with_reasons: false,
        scorer: scorer(),
        policy: policy(),
        pseudonyms,
        currency: "EUR".parse().unwrap(),
        label_delay_days: 7,
        mapping: None,
        limit: None,
        threads: 1,
    }
}

pub(crate) fn run(request: &Request) -> Summary {
    score(request, &|_| {}).unwrap()
}

/// Bits of the score, and the outcome, by transaction.
pub(crate) fn scores(output: &Path) -> BTreeMap<String, (u64, Outcome)> {
    let text = std::fs::read_to_string(output).unwrap();
    let row = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let outcome = Outcome::from_name(line["outcome"].as_str().unwrap()).unwrap();
        let score = line["score"].as_f64().unwrap();
        (line["transaction_id"].as_str().unwrap().to_owned(), (score.to_bits(), outcome))
    };
    text.lines().map(row).collect()
}
