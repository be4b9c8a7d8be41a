use weir_scoring::Node;

use super::*;

/// Numbers that look random and are the same on every run.
fn noise(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn settings(trees: usize, depth: usize) -> Boosting {
    Boosting { trees, depth, shrinkage: 0.3, least_child_rows: 5, ..Boosting::default() }
}

fn score(boosted: &Boosted, vector: &[f64]) -> f64 {
    boosted.base_score + boosted.trees.iter().map(|tree| value(tree, vector)).sum::<f64>()
}

fn value(tree: &Tree, vector: &[f64]) -> f64 {
    let mut place = 0;
    loop {
        match tree.nodes[place] {
            Node::Leaf { value, .. } => return value,
            Node::Split { feature, threshold, missing_left, left, right, .. } => {
                let value = vector[feature];
                let goes_left = if value.is_nan() { missing_left } else { value <= threshold };
                place = if goes_left { left } else { right };
            }
        }
    }
}

/// Columns of noise, and truths by a function of them.
fn made(rows: usize, truth: impl Fn(&[f64]) -> bool) -> (Vec<Vec<f64>>, Vec<bool>) {
    let mut next = noise(7);
    let vectors: Vec<Vec<f64>> = (0..rows).map(|_| (0..3).map(|_| next()).collect()).collect();
    let truths = vectors.iter().map(|vector| truth(vector)).collect();
    (columns(&vectors), truths)
}

fn columns(vectors: &[Vec<f64>]) -> Vec<Vec<f64>> {
    (0..vectors[0].len()).map(|feature| vectors.iter().map(|vector| vector[feature]).collect()).collect()
}

fn fit(columns: &[Vec<f64>], truths: &[bool], settings: &Boosting) -> Boosted {
    let rows: Vec<usize> = (0..truths.len()).collect();
    boost(&Binned::new(columns, &rows, settings.bins, |_| true), truths, settings)
}

#[test]
fn an_interaction_is_learned() {
    let is_fraud = |vector: &[f64]| (vector[0] > 0.5) != (vector[1] > 0.3);
    let (columns, truths) = made(2_000, is_fraud);
    let boosted = fit(&columns, &truths, &settings(40, 3));
    let mut next = noise(99);
    let right = (0..500).filter(|_| {
        let vector = [next(), next(), next()];
        (score(&boosted, &vector) > 0.0) == is_fraud(&vector)
    });
    assert!(right.count() > 485);
}

#[test]
fn the_first_leaf_is_the_newton_step() {
    let columns = [vec![0.0; 40].into_iter().chain(vec![1.0; 40]).collect::<Vec<_>>()];
    let truths: Vec<bool> = (0..80).map(|row| row % 4 == 0 || row >= 60).collect();
    let one =
        Boosting { trees: 1, depth: 1, shrinkage: 1.0, l2: 1.0, least_child_rows: 1, ..Boosting::default() };
    let boosted = fit(&columns, &truths, &one);
    // 10 of 40 and 25 of 40 are fraud, 35 of 80 together.
    let share = 35.0 / 80.0;
    let step = |frauds: f64| -(40.0 * share - frauds) / (40.0 * share * (1.0 - share) + 1.0);
    assert!((boosted.base_score - (share / (1.0 - share)).ln()).abs() < 1e-6);
    assert!((value(&boosted.trees[0], &[0.0]) - step(10.0)).abs() < 2e-6);
    assert!((value(&boosted.trees[0], &[1.0]) - step(25.0)).abs() < 2e-6);
    assert_eq!(boosted.trees[0].nodes[0].cover(), 80.0);
}

#[test]
fn the_side_of_missing_values_is_learned() {
    for (missing_is_fraud, low_is_fraud) in [(true, true), (true, false), (false, true), (false, false)] {
        let mut next = noise(3);
        let vectors: Vec<Vec<f64>> =
            (0..600).map(|row| vec![if row % 3 == 0 { f64::NAN } else { next() }, next()]).collect();
        let is_fraud = |vector: &[f64]| {
            if vector[0].is_nan() { missing_is_fraud } else { (vector[0] < 0.5) == low_is_fraud }
        };
        let truths: Vec<bool> = vectors.iter().map(|vector| is_fraud(vector)).collect();
        let boosted = fit(&columns(&vectors), &truths, &settings(10, 2));
        for vector in [[f64::NAN, 0.5], [0.1, 0.5], [0.9, 0.5]] {
            assert_eq!(score(&boosted, &vector) > 0.0, is_fraud(&vector), "{vector:?}");
        }
    }
}

#[test]
fn missing_can_be_told_from_every_value() {
    let vectors: Vec<Vec<f64>> =
        (0..300).map(|row| vec![if row % 2 == 0 { f64::NAN } else { 4.0 }]).collect();
    let truths: Vec<bool> = vectors.iter().map(|vector| vector[0].is_nan()).collect();
    let boosted = fit(&columns(&vectors), &truths, &settings(5, 1));
    assert!(score(&boosted, &[f64::NAN]) > 0.0);
    assert!(score(&boosted, &[4.0]) < 0.0 && score(&boosted, &[1e300]) < 0.0);
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let (columns, truths) = made(1_500, |vector| vector[0] * vector[2] > 0.4);
    let forward = fit(&columns, &truths, &settings(15, 4));
    let turned: Vec<Vec<f64>> = columns.iter().map(|column| column.iter().rev().copied().collect()).collect();
    let backward = fit(&turned, &truths.iter().rev().copied().collect::<Vec<_>>(), &settings(15, 4));
    assert_eq!(forward.trees, backward.trees);
}

#[test]
fn every_node_has_its_rows_as_cover() {
    let (columns, truths) = made(800, |vector| vector[1] > 0.8);
    for tree in &fit(&columns, &truths, &settings(5, 4)).trees {
        for node in &tree.nodes {
            if let Node::Split { left, right, cover, .. } = *node {
                assert_eq!(tree.nodes[left].cover() + tree.nodes[right].cover(), cover);
            }
            assert!(node.cover() >= 5.0);
        }
    }
}
