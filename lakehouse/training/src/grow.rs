//! One regression tree on first and second derivatives (Chen and Guestrin, "`XGBoost`", 2016, sections 2.2 and 3.4).

use weir_scoring::{Node, Tree};

use crate::Boosting;
use crate::bins::Binned;
use crate::histogram::{Histogram, Sums};

/// Leaf values are rounded to millionths, so that model files stay short.
const LEAF_DIGITS: f64 = 1e6;

pub(crate) fn rounded(value: f64) -> f64 {
    (value * LEAF_DIGITS).round() / LEAF_DIGITS
}

/// A split of a node's rows by one feature.
#[derive(Clone, Copy)]
struct Split {
    feature: usize,
    bin: usize,
    missing_left: bool,
    gain: f64,
}

/// Grows one tree; leaf values are added to `scores` of the training rows.
pub(crate) fn grow(binned: &Binned, derivatives: &[Sums], settings: &Boosting, scores: &mut [f64]) -> Tree {
    let mut grower = Grower { binned, derivatives, settings, scores, nodes: Vec::new() };
    let rows: Vec<u32> = (0..binned.rows() as u32).collect();
    let histogram = Histogram::new(binned, derivatives, &rows);
    grower.node(&rows, &histogram, 0);
    Tree { nodes: grower.nodes }
}

struct Grower<'a> {
    binned: &'a Binned,
    derivatives: &'a [Sums],
    settings: &'a Boosting,
    scores: &'a mut [f64],
    nodes: Vec<Node>,
}

impl Grower<'_> {
    /// Puts the node of these rows in, with all below it; answers its place.
    fn node(&mut self, rows: &[u32], histogram: &Histogram, depth: usize) -> usize {
        let mut sums = Sums::default();
        rows.iter().for_each(|row| sums += self.derivatives[*row as usize]);
        let split = if depth < self.settings.depth { self.best(histogram, sums) } else { None };
        match split {
            Some(split) => self.split(rows, histogram, depth, split),
            None => self.leaf(rows, sums),
        }
    }

    fn leaf(&mut self, rows: &[u32], sums: Sums) -> usize {
        let weight = sums.hessian() + self.settings.l2;
        let answer = if weight > 0.0 { -sums.gradient() / weight } else { 0.0 };
        let value = rounded(answer * self.settings.shrinkage);
        rows.iter().for_each(|row| self.scores[*row as usize] += value);
        self.nodes.push(Node::Leaf { value, cover: f64::from(sums.rows) });
        self.nodes.len() - 1
    }

    fn split(&mut self, rows: &[u32], histogram: &Histogram, depth: usize, split: Split) -> usize {
        let place = self.nodes.len();
        self.nodes.push(Node::Leaf { value: 0.0, cover: rows.len() as f64 });
        let column = &self.binned.columns[split.feature];
        let (left, right): (Vec<u32>, Vec<u32>) =
            rows.iter().partition(|row| split.is_left(column[**row as usize]));
        let is_left_smaller = left.len() <= right.len();
        let smaller = if is_left_smaller { &left } else { &right };
        let small = Histogram::new(self.binned, self.derivatives, smaller);
        let large = small.sibling(histogram);
        let (of_left, of_right) = if is_left_smaller { (&small, &large) } else { (&large, &small) };
        let left_place = self.node(&left, of_left, depth + 1);
        let right_place = self.node(&right, of_right, depth + 1);
        self.nodes[place] = Node::Split {
            feature: split.feature,
            threshold: self.binned.threshold(split.feature, split.bin),
            missing_left: split.missing_left,
            left: left_place,
            right: right_place,
            cover: rows.len() as f64,
        };
        place
    }

    /// The split of most gain; of equal ones the first by feature, bin, and missing values to the left.
    fn best(&self, histogram: &Histogram, sums: Sums) -> Option<Split> {
        let mut best: Option<Split> = None;
        for feature in 0..self.binned.columns.len() {
            let by_bin = histogram.feature(feature);
            let missing = by_bin[0];
            let mut left = Sums::default();
            for (bin, in_bin) in by_bin.iter().enumerate().skip(1) {
                left += *in_bin;
                for missing_left in [true, false] {
                    let Some(gain) = self.gain(left, missing, missing_left, sums) else { continue };
                    if best.is_none_or(|best| gain > best.gain) {
                        let missing_left =
                            if missing.rows == 0 { left.rows * 2 >= sums.rows } else { missing_left };
                        best = Some(Split { feature, bin, missing_left, gain });
                    }
                }
            }
        }
        best
    }

    /// Gain of sending `left`, and the missing values if asked, to the left; `None` if it is no split.
    fn gain(&self, mut left: Sums, missing: Sums, missing_left: bool, sums: Sums) -> Option<f64> {
        if missing_left {
            left += missing;
        }
        let right = sums - left;
        let least = self.settings.least_child_rows;
        let weight = self.settings.least_child_weight;
        let is_split = left.rows >= least && right.rows >= least;
        if !is_split || left.hessian() < weight || right.hessian() < weight {
            return None;
        }
        let gain = self.score(left) + self.score(right) - self.score(sums);
        (gain > self.settings.least_gain).then_some(gain)
    }

    fn score(&self, sums: Sums) -> f64 {
        let weight = sums.hessian() + self.settings.l2;
        if weight > 0.0 { sums.gradient() * sums.gradient() / weight } else { 0.0 }
    }
}

impl Split {
    fn is_left(&self, bin: u8) -> bool {
        if bin == crate::bins::MISSING { self.missing_left } else { usize::from(bin) <= self.bin }
    }
}
