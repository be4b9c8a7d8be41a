//! Scores and explanations in the plainest way, to compare with.

use weir_scoring::{ModelFile, Node, Tree};

/// Raw score: base score and leaves in tree order, one comparison after the other.
pub(crate) fn raw(file: &ModelFile, row: &[f64]) -> f64 {
    file.trees.iter().fold(file.base_score, |sum, tree| sum + leaf(tree, row))
}

fn leaf(tree: &Tree, row: &[f64]) -> f64 {
    let mut index = 0;
    loop {
        match tree.nodes[index] {
            Node::Leaf { value, .. } => return value,
            Node::Split { feature, threshold, missing_left, left, right, .. } => {
                index = if goes_left(row[feature], threshold, missing_left) { left } else { right };
            }
        }
    }
}

fn goes_left(value: f64, threshold: f64, missing_left: bool) -> bool {
    if value.is_nan() { missing_left } else { value <= threshold }
}

/// One feature on the way from the root.
#[derive(Clone, Copy)]
struct Step {
    feature: Option<usize>,
    zero: f64,
    one: f64,
    weight: f64,
}

/// Contributions by `TreeSHAP` as published (Lundberg and others 2020, algorithm 2).
pub(crate) fn contributions(file: &ModelFile, row: &[f64]) -> Vec<f64> {
    let mut contributions = vec![0.0; file.features.len()];
    for tree in &file.trees {
        let root = Step { feature: None, zero: 1.0, one: 1.0, weight: 0.0 };
        visit(tree, row, &mut contributions, 0, Vec::new(), root);
    }
    contributions
}

fn visit(tree: &Tree, row: &[f64], sums: &mut [f64], index: usize, mut path: Vec<Step>, step: Step) {
    extend(&mut path, step);
    match tree.nodes[index] {
        Node::Leaf { value, .. } => {
            for (place, step) in path.iter().enumerate() {
                let Some(feature) = step.feature else { continue };
                let mut rest = path.clone();
                unwind(&mut rest, place);
                let weights: f64 = rest.iter().map(|step| step.weight).sum();
                sums[feature] += weights * (step.one - step.zero) * value;
            }
        }
        Node::Split { feature, threshold, missing_left, left, right, .. } => {
            let is_left = goes_left(row[feature], threshold, missing_left);
            let known = path.iter().position(|step| step.feature == Some(feature));
            let (zero, one) = known.map_or((1.0, 1.0), |place| unwind(&mut path, place));
            let (left_cover, right_cover) = (tree.nodes[left].cover(), tree.nodes[right].cover());
            for (child, cover, is_taken) in [(left, left_cover, is_left), (right, right_cover, !is_left)] {
                let share = cover / (left_cover + right_cover);
                let one = if is_taken { one } else { 0.0 };
                let step = Step { feature: Some(feature), zero: zero * share, one, weight: 0.0 };
                visit(tree, row, sums, child, path.clone(), step);
            }
        }
    }
}

fn extend(path: &mut Vec<Step>, step: Step) {
    let depth = path.len();
    path.push(Step { weight: if depth == 0 { 1.0 } else { 0.0 }, ..step });
    for place in (0..depth).rev() {
        let weight = path[place].weight;
        path[place + 1].weight += step.one * weight * (place + 1) as f64 / (depth + 1) as f64;
        path[place].weight = step.zero * weight * (depth - place) as f64 / (depth + 1) as f64;
    }
}

/// Takes a feature out of the weights again; answers its shares.
fn unwind(path: &mut Vec<Step>, place: usize) -> (f64, f64) {
    let Step { zero, one, .. } = path[place];
    let depth = path.len() - 1;
    let mut next = path[depth].weight;
    let mut weights = vec![0.0; depth];
    for index in (0..depth).rev() {
        let weight = path[index].weight;
        if one == 0.0 {
            weights[index] = weight * (depth + 1) as f64 / (zero * (depth - index) as f64);
        } else {
            weights[index] = next * (depth + 1) as f64 / ((index + 1) as f64 * one);
            next = weight - weights[index] * zero * (depth - index) as f64 / (depth + 1) as f64;
        }
    }
    path.remove(place);
    path.iter_mut().zip(weights).for_each(|(step, weight)| step.weight = weight);
    (zero, one)
}
