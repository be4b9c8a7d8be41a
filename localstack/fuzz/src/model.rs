//! Model files.

use weir_features::FeatureSet;
use weir_scoring::{Model, ModelFile, Node, Scorer, Scratch, Tree};

use crate::source::Source;

/// A model that is read is what the general reader reads, and scores and explains any vector.
pub fn check(bytes: &[u8]) {
    let general = serde_json::from_slice::<ModelFile>(bytes);
    let Ok(model) = Model::from_json(bytes) else { return };
    assert_eq!(general.ok().as_ref(), Some(model.file()), "the two readers differ");
    let written = model.file().to_json().expect("finite numbers are JSON");
    let again = Model::from_json(&written).expect("what is written is read");
    assert_eq!(again.file(), model.file());
    if let Some(scorer) = bound(again) {
        score(&scorer, bytes);
    }
}

/// Bound to the full set: features that it does not know get the ids of those that it does.
fn bound(model: Model) -> Option<Scorer> {
    let set = FeatureSet::full();
    if let Ok(scorer) = Scorer::bind(model.clone(), &set) {
        return Some(scorer);
    }
    let mut file = model.file().clone();
    for (feature, known) in file.features.iter_mut().zip(set.features()) {
        feature.id = known.id.clone();
    }
    let model = Model::from_json(&file.to_json().ok()?).ok()?;
    Scorer::bind(model, &set).ok()
}

fn score(scorer: &Scorer, bytes: &[u8]) {
    let width = FeatureSet::full().features().len();
    let mut source = Source(bytes);
    let thresholds: Vec<f64> = scorer
        .model()
        .file()
        .trees
        .iter()
        .flat_map(|tree| &tree.nodes)
        .filter_map(threshold)
        .take(64)
        .collect();
    let rows = 3;
    let vectors: Vec<f64> = (0..rows * width)
        .map(|place| match thresholds.get(place % (2 * thresholds.len().max(1))) {
            Some(threshold) if place % 3 == 0 => *threshold,
            _ => source.float(),
        })
        .collect();
    let (mut scratch, mut scores) = (Scratch::default(), Vec::new());
    scorer.score_rows(&vectors, width, &mut scratch, &mut scores).expect("rows of the set's width");
    for (vector, found) in vectors.chunks_exact(width).zip(&scores) {
        let row: Vec<f64> = scorer.places().iter().map(|place| vector[*place]).collect();
        let raw = plain(scorer.model().file(), &row);
        let alone = scorer.score(vector);
        for score in [*found, alone] {
            assert!(is_same(score.raw, raw), "{} instead of {raw}", score.raw);
            assert!(score.calibrated.is_nan() || (0.0..=1.0).contains(&score.calibrated));
        }
        let explanation = scorer.explain(vector);
        assert_eq!(explanation.contributions.len(), row.len());
    }
}

const fn threshold(node: &Node) -> Option<f64> {
    match node {
        Node::Split { threshold, .. } => Some(*threshold),
        Node::Leaf { .. } => None,
    }
}

fn is_same(left: f64, right: f64) -> bool {
    left.to_bits() == right.to_bits() || (left.is_nan() && right.is_nan())
}

/// The score as the file says it.
fn plain(file: &ModelFile, row: &[f64]) -> f64 {
    file.trees.iter().fold(file.base_score, |sum, tree| sum + leaf(tree, row))
}

fn leaf(tree: &Tree, row: &[f64]) -> f64 {
    let mut place = 0;
    loop {
        match tree.nodes[place] {
            Node::Leaf { value, .. } => return value,
            Node::Split { feature, threshold, missing_left, left, right, .. } => {
                let value = row[feature];
                let goes_left = if value.is_nan() { missing_left } else { value <= threshold };
                place = if goes_left { left } else { right };
            }
        }
    }
}
