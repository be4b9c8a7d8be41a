//! Explains one row by one tree: once down, once up.

use super::explainer::Laid;
use super::memory::{State, Way};
use super::splits::{DEAD_CURVE, Fork};
use crate::scorer::goes_left;

/// Adds what each feature contributes to the leaf that a row reaches.
pub(super) fn add_contributions<const N: usize>(
    tree: &Laid<N>,
    weights: &[f64; N],
    row: &[f64],
    memory: &mut Vec<State<N>>,
    contributions: &mut [f64],
) {
    let nodes = tree.splits.len() + tree.twigs.len() + tree.leaves.len();
    if memory.len() < nodes {
        memory.resize(nodes, State::EMPTY);
    }
    let states = &mut memory[..nodes];
    states[0].weights = *weights;
    go_down(tree, row, states);
    try_twigs(tree, row, states, contributions);
    let first_leaf = tree.splits.len() + tree.twigs.len();
    for (state, leaf) in states[first_leaf..].iter_mut().zip(&tree.leaves) {
        state.values = [*leaf; N];
    }
    come_up(tree, states, contributions);
}

/// Splits: factors of both sides, and weights of both children.
fn go_down<const N: usize>(tree: &Laid<N>, row: &[f64], states: &mut [State<N>]) {
    for (place, split) in tree.splits.iter().enumerate() {
        let way = way(&split.fork, row, states);
        let curve = &tree.curves[way.curve as usize];
        let (taken, other) = sides(way);
        let (hot, cold) = (split.fork.shares[taken], split.fork.shares[other]);
        let state = &mut states[place];
        let weights = state.weights;
        let hot = each(|point| hot * curve.cold[point] + curve.hot[point]);
        let cold = each(|point| cold * curve.cold[point]);
        (state.hot, state.cold, state.way) = (hot, cold, way);
        states[split.children[taken] as usize].weights = each(|point| weights[point] * hot[point]);
        states[split.children[other] as usize].weights = each(|point| weights[point] * cold[point]);
    }
}

/// Twigs: nothing lies below them, so they are done at once.
fn try_twigs<const N: usize>(
    tree: &Laid<N>,
    row: &[f64],
    states: &mut [State<N>],
    contributions: &mut [f64],
) {
    for (place, twig) in tree.twigs.iter().enumerate() {
        let way = way(&twig.fork, row, states);
        let curve = &tree.curves[way.curve as usize];
        let (taken, other) = sides(way);
        let (hot, cold) = (twig.leaves[taken], twig.leaves[other]);
        let share = twig.fork.shares[other];
        let mean = twig.fork.shares[taken] * hot + share * cold;
        let state = &mut states[tree.splits.len() + place];
        let gains: [f64; N] = each(|point| state.weights[point] * curve.gain[point]);
        contributions[twig.fork.feature as usize] += share * (hot - cold) * sum(gains);
        state.values = each(|point| mean * curve.cold[point] + hot * curve.hot[point]);
    }
}

/// Splits again: contributions, and values of what lies below.
fn come_up<const N: usize>(tree: &Laid<N>, states: &mut [State<N>], contributions: &mut [f64]) {
    for (place, split) in tree.splits.iter().enumerate().rev() {
        let way = states[place].way;
        let (taken, other) = sides(way);
        let hot = states[split.children[taken] as usize].values;
        let cold = states[split.children[other] as usize].values;
        let curve = &tree.curves[way.curve as usize];
        let state = &mut states[place];
        let gains: [f64; N] =
            each(|point| state.weights[point] * curve.gain[point] * (hot[point] - cold[point]));
        contributions[split.fork.feature as usize] += split.fork.shares[other] * sum(gains);
        state.values = each(|point| hot[point] * state.hot[point] + cold[point] * state.cold[point]);
    }
}

/// Where a row goes at a fork; dead if it left the way at an earlier one on the same feature.
fn way<const N: usize>(fork: &Fork, row: &[f64], states: &[State<N>]) -> Way {
    let is_left = goes_left(row[fork.feature as usize], fork.threshold, fork.missing_left);
    let is_live = fork.earlier.is_none_or(|step| {
        let earlier = states[step.split as usize].way;
        earlier.curve != DEAD_CURVE && earlier.side == step.side
    });
    Way { side: u8::from(!is_left), curve: if is_live { fork.curve } else { DEAD_CURVE } }
}

/// The side taken and the other one.
fn sides(way: Way) -> (usize, usize) {
    (usize::from(way.side & 1), usize::from(way.side & 1 ^ 1))
}

fn each<const N: usize>(value: impl Fn(usize) -> f64) -> [f64; N] {
    let mut values = [0.0; N];
    for (point, place) in values.iter_mut().enumerate() {
        *place = value(point);
    }
    values
}

/// Sum by halves: the same order on every machine, and one that most can take side by side.
fn sum<const N: usize>(mut terms: [f64; N]) -> f64 {
    let mut size = N;
    while size > 1 {
        size /= 2;
        for point in 0..size {
            terms[point] += terms[point + size];
        }
    }
    terms[0]
}
