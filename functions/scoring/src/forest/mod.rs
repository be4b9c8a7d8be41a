//! The trees of a model, laid out for scoring.

mod complete;
mod linked;
mod ranked;
mod rows;
mod scale;
mod slots;

pub(crate) use ranked::{LANES, Leaves, Ranked, Ranks, leaves};
pub(crate) use rows::{Row, RowSize};

use complete::Complete;
use linked::Linked;
use slots::Slots;

use crate::model_file::{Node, Tree};

/// Deepest tree that is filled up to a complete one.
const DEEPEST_COMPLETE: usize = 8;

/// Trees in the order in which they are summed up, each in the layout that suits its depth.
#[derive(Clone, Debug)]
pub(crate) struct Forest {
    base: f64,
    slots: Slots,
    runs: Vec<Run>,
    complete: Complete,
    linked: Linked,
    /// The same trees for blocks of rows, if bytes suffice for their thresholds and leaves.
    ranked: Option<Ranked>,
}

/// Trees of one depth that follow each other.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// Splits on the longest way from a root to a leaf.
    depth: usize,
    /// Its first place in the arrays of its layout.
    start: usize,
    /// Number of trees; 1 for deep ones.
    trees: usize,
}

impl Forest {
    /// Lays out checked trees.
    pub(crate) fn new(base: f64, features: usize, trees: &[Tree]) -> Self {
        let empty = (Slots::new(features), Complete::default(), Linked::default());
        let (slots, complete, linked) = empty;
        let mut forest = Self { base, slots, runs: Vec::new(), complete, linked, ranked: None };
        trees.iter().for_each(|tree| forest.push(tree));
        forest.ranked = Ranked::new(trees, &mut forest.slots);
        forest
    }

    fn push(&mut self, tree: &Tree) {
        let depth = depth(tree);
        if depth > DEEPEST_COMPLETE {
            let start = self.linked.push(tree, &mut self.slots);
            self.runs.push(Run { depth, start, trees: 1 });
            return;
        }
        let start = self.complete.push(tree, depth, &mut self.slots);
        match self.runs.last_mut().filter(|run| run.depth == depth) {
            Some(run) => run.trees += 1,
            None => self.runs.push(Run { depth, start, trees: 1 }),
        }
    }

    /// The rows that it reads.
    pub(crate) fn row_size(&self) -> RowSize {
        RowSize::of(self.slots.len())
    }

    /// Fills rows: `read` answers a feature's values, one a row.
    pub(crate) fn fill<const SIZE: usize, I: Iterator<Item = f64>>(
        &self,
        rows: &mut [Row<SIZE>],
        read: impl Fn(usize) -> I,
    ) {
        for (place, slot) in self.slots.iter().enumerate() {
            for (row, value) in rows.iter_mut().zip(read(slot.feature)) {
                row[place] = slot.resolve(value);
            }
        }
    }

    /// How to score many rows at once, if that is possible.
    pub(crate) const fn ranked(&self) -> Option<&Ranked> {
        self.ranked.as_ref()
    }

    /// What the leaves are added to.
    pub(crate) const fn base(&self) -> f64 {
        self.base
    }

    /// Raw scores of rows: base score and leaves in tree order.
    pub(crate) fn sum<const SIZE: usize>(&self, rows: &[Row<SIZE>], sums: &mut [f64]) {
        sums.fill(self.base);
        for run in &self.runs {
            match run.depth {
                0 => self.complete.add::<0, SIZE>(run.start, run.trees, rows, sums),
                1 => self.complete.add::<1, SIZE>(run.start, run.trees, rows, sums),
                2 => self.complete.add::<2, SIZE>(run.start, run.trees, rows, sums),
                3 => self.complete.add::<3, SIZE>(run.start, run.trees, rows, sums),
                4 => self.complete.add::<4, SIZE>(run.start, run.trees, rows, sums),
                5 => self.complete.add::<5, SIZE>(run.start, run.trees, rows, sums),
                6 => self.complete.add::<6, SIZE>(run.start, run.trees, rows, sums),
                7 => self.complete.add::<7, SIZE>(run.start, run.trees, rows, sums),
                8 => self.complete.add::<8, SIZE>(run.start, run.trees, rows, sums),
                _ => self.linked.add(run.start, rows, sums),
            }
        }
    }
}

/// Splits on the longest way from the root to a leaf; children stand after their parents.
fn depth(tree: &Tree) -> usize {
    let mut below = vec![0_usize; tree.nodes.len()];
    for (index, node) in tree.nodes.iter().enumerate().rev() {
        if let Node::Split { left, right, .. } = *node {
            below[index] = 1 + below[left].max(below[right]);
        }
    }
    below.first().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A split on each feature, both ways for missing values.
    fn trees(features: usize) -> Vec<Tree> {
        let tree = |place: usize| {
            let (feature, missing_left) = (place / 2, place.is_multiple_of(2));
            let value = (place + 1) as f64;
            let nodes = vec![
                Node::Split { feature, threshold: 0.5, missing_left, left: 1, right: 2, cover: 2.0 },
                Node::Leaf { value, cover: 1.0 },
                Node::Leaf { value: -value, cover: 1.0 },
            ];
            Tree { nodes }
        };
        (0..2 * features).map(tree).collect()
    }

    fn sum<const SIZE: usize>(features: usize, size: RowSize) -> f64 {
        let forest = Forest::new(0.0, features, &trees(features));
        assert_eq!(forest.row_size(), size);
        let mut rows = vec![0.0; SIZE];
        let (rows, _) = rows.as_chunks_mut::<SIZE>();
        forest.fill(rows, |feature| std::iter::once([f64::NAN, 0.5, 1.0][feature % 3]));
        let mut sums = [f64::NAN];
        forest.sum(rows, &mut sums);
        sums[0]
    }

    /// What the trees of a feature add: missing goes either way, 0.5 left, 1 right.
    fn expected(features: usize) -> f64 {
        let pair = |feature: usize| {
            let (first, second) = ((2 * feature + 1) as f64, (2 * feature + 2) as f64);
            [first - second, first + second, -first - second][feature % 3]
        };
        (0..features).map(pair).sum()
    }

    #[test]
    fn models_of_any_width_find_their_values() {
        assert_eq!(sum::<{ RowSize::SHORT }>(128, RowSize::Short), expected(128));
        assert_eq!(sum::<{ RowSize::LONG }>(129, RowSize::Long), expected(129));
        assert_eq!(sum::<{ RowSize::LONG }>(512, RowSize::Long), expected(512));
        assert_eq!(sum::<{ RowSize::LONGEST }>(513, RowSize::Longest), expected(513));
        assert_eq!(sum::<{ RowSize::LONGEST }>(1 << 15, RowSize::Longest), expected(1 << 15));
    }
}
