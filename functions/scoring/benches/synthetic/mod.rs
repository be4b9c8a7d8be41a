//! Made-up models and vectors of a given shape, the same on every machine.

use weir_features::FeatureSet;
use weir_scoring::{Calibration, MODEL_FORMAT, Model, ModelFeature, ModelFile, Node, Scorer, Tree};

/// Numbers from 0 to 1 that look random.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    /// The next one.
    pub(crate) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() * end as f64) as usize
    }
}

/// How many trees, how deep, over how many features.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) trees: usize,
    pub(crate) depth: u32,
    pub(crate) features: usize,
}

/// The model that figures are given for: 100 trees of depth 6.
pub(crate) const USUAL: Shape = Shape { trees: 100, depth: 6, features: 60 };

/// A model file of complete trees. Features past those of the set get ids of their own, which no set has.
pub(crate) fn file(shape: Shape) -> ModelFile {
    let set = FeatureSet::full();
    let known = set.features().iter().map(|feature| (feature.id.clone(), feature.name.clone()));
    let more = (0..).map(|place| (format!("made_up_{place}@00000000"), format!("made_up_{place}")));
    let features = known.chain(more).take(shape.features);
    let mut numbers = Numbers(7);
    let trees = (0..shape.trees).map(|_| {
        let mut nodes = Vec::new();
        grow(&mut nodes, shape, shape.depth, 10_000.0, &mut numbers);
        Tree { nodes }
    });
    ModelFile {
        format_version: MODEL_FORMAT,
        name: "synthetic".to_owned(),
        features: features.map(|(id, name)| ModelFeature { id, name, usual: Some(0.5) }).collect(),
        base_score: -2.0,
        calibration: Calibration { slope: 0.9, intercept: -0.1 },
        trees: trees.collect(),
        notes: Default::default(),
    }
}

fn grow(nodes: &mut Vec<Node>, shape: Shape, depth: u32, cover: f64, numbers: &mut Numbers) -> usize {
    let index = nodes.len();
    nodes.push(Node::Leaf { value: (numbers.next() - 0.5) * 0.2, cover });
    if depth > 0 {
        let (feature, threshold) = (numbers.below(shape.features), numbers.next());
        let missing_left = feature % 2 == 0;
        let left_cover = cover * (0.1 + 0.8 * numbers.next());
        let left = grow(nodes, shape, depth - 1, left_cover, numbers);
        let right = grow(nodes, shape, depth - 1, cover - left_cover, numbers);
        nodes[index] = Node::Split { feature, threshold, missing_left, left, right, cover };
    }
    index
}

/// A scorer of such a model; its features must be ones that the full set has.
pub(crate) fn scorer(shape: Shape) -> Scorer {
    let model = Model::from_json(&file(shape).to_json().unwrap()).unwrap();
    Scorer::bind(model, &FeatureSet::full()).unwrap()
}

/// Vectors of the full set one after the other, one value in twenty missing.
pub(crate) fn vectors(rows: usize) -> Vec<f64> {
    let mut numbers = Numbers(11);
    let value = |numbers: &mut Numbers| {
        let value = numbers.next();
        if numbers.next() < 0.05 { f64::NAN } else { value }
    };
    (0..rows * width()).map(|_| value(&mut numbers)).collect()
}

/// Length of a vector.
pub(crate) fn width() -> usize {
    FeatureSet::full().features().len()
}

/// The same vectors by columns of a scorer's features.
pub(crate) fn columns(vectors: &[f64], scorer: &Scorer) -> Vec<Vec<f64>> {
    let column = |place: &usize| vectors.chunks_exact(width()).map(|vector| vector[*place]).collect();
    scorer.places().iter().map(column).collect()
}
