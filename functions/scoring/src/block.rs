//! Many vectors at once.

use std::ops::Range;

use crate::error::BlockError;
use crate::forest::{LANES, Leaves, Ranked, Ranks, Row, RowSize, leaves};
use crate::scorer::{Score, Scorer};
use crate::shap::Memory;

/// Working memory of one thread, reused from call to call, so that nothing is allocated for a row.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    values: Vec<f64>,
    ranks: Vec<Ranks>,
    leaves: Option<Box<Leaves>>,
    row: Vec<f64>,
    explaining: Memory,
}

impl Scratch {
    /// A row's values, and the memory of explanations.
    pub(crate) const fn explaining(&mut self) -> (&mut Vec<f64>, &mut Memory) {
        (&mut self.row, &mut self.explaining)
    }
}

/// Rows that a tree is read for: their values and the tree stay in the nearest cache.
const BLOCK: usize = 64;

/// So many rows go side by side; fewer go one after the other.
const MANY: usize = LANES / 2;

impl Scorer {
    /// Scores rows of columns and appends them to `scores`: the bits that [`Scorer::score`] gives.
    ///
    /// One column for each of [`Scorer::features`], in their order; missing values are NaN. Many rows a call are
    /// faster than few.
    pub fn score_columns(
        &self,
        columns: &[&[f64]],
        rows: Range<usize>,
        scratch: &mut Scratch,
        scores: &mut Vec<Score>,
    ) -> Result<(), BlockError> {
        if columns.len() != self.features().len() {
            return Err(BlockError::Columns { found: columns.len(), expected: self.features().len() });
        }
        let short = columns.iter().enumerate().find(|(_, column)| column.len() < rows.end);
        if let Some((place, column)) = short {
            return Err(BlockError::Rows { place, found: column.len(), expected: rows.end });
        }
        let read = |feature: usize, block: Range<usize>| columns[feature][block].iter().copied();
        self.score_blocks(rows, scratch, scores, read);
        Ok(())
    }

    /// Scores vectors of the feature set that stand one after the other, each `width` long, and appends their
    /// scores: the bits that [`Scorer::score`] gives.
    pub fn score_rows(
        &self,
        vectors: &[f64],
        width: usize,
        scratch: &mut Scratch,
        scores: &mut Vec<Score>,
    ) -> Result<(), BlockError> {
        if width == 0 || !vectors.len().is_multiple_of(width) {
            return Err(BlockError::Width { found: vectors.len(), width });
        }
        let read = |feature: usize, block: Range<usize>| {
            let place = self.places()[feature];
            vectors
                .chunks_exact(width)
                .skip(block.start)
                .take(block.len())
                .map(move |vector| value(vector, place))
        };
        self.score_blocks(0..vectors.len() / width, scratch, scores, read);
        Ok(())
    }

    /// Scores rows whose features `read` answers, a block at a time.
    fn score_blocks<I: Iterator<Item = f64>>(
        &self,
        rows: Range<usize>,
        scratch: &mut Scratch,
        scores: &mut Vec<Score>,
        read: impl Fn(usize, Range<usize>) -> I,
    ) {
        scores.reserve(rows.len());
        if let Some(ranked) = self.forest().ranked().filter(|_| rows.len() >= MANY) {
            self.ranked_blocks(ranked, rows, scratch, scores, read);
            return;
        }
        match self.forest().row_size() {
            RowSize::Short => self.blocks::<{ RowSize::SHORT }, I>(rows, scratch, scores, read),
            RowSize::Long => self.blocks::<{ RowSize::LONG }, I>(rows, scratch, scores, read),
            RowSize::Longest => self.blocks::<{ RowSize::LONGEST }, I>(rows, scratch, scores, read),
        }
    }

    fn ranked_blocks<I: Iterator<Item = f64>>(
        &self,
        ranked: &Ranked,
        rows: Range<usize>,
        scratch: &mut Scratch,
        scores: &mut Vec<Score>,
        read: impl Fn(usize, Range<usize>) -> I,
    ) {
        let (ranks, leaves) = (&mut scratch.ranks, scratch.leaves.get_or_insert_with(leaves));
        ranked.make_ranks(ranks);
        for start in rows.clone().step_by(LANES) {
            let block = start..rows.end.min(start + LANES);
            let mut sums = [self.forest().base(); LANES];
            ranked.fill(ranks, |feature| read(feature, block.clone()));
            ranked.add(ranks, leaves, &mut sums);
            scores.extend(sums.iter().take(block.len()).map(|raw| self.calibrated(*raw)));
        }
    }

    fn blocks<const SIZE: usize, I: Iterator<Item = f64>>(
        &self,
        rows: Range<usize>,
        scratch: &mut Scratch,
        scores: &mut Vec<Score>,
        read: impl Fn(usize, Range<usize>) -> I,
    ) {
        let most = rows.len().min(BLOCK);
        if scratch.values.len() < most * SIZE {
            scratch.values.resize(most * SIZE, 0.0);
        }
        let (values, _) = scratch.values.as_chunks_mut::<SIZE>();
        for start in rows.clone().step_by(BLOCK) {
            let block = start..rows.end.min(start + BLOCK);
            let (values, mut sums) = (&mut values[..block.len()], [0.0; BLOCK]);
            let sums = &mut sums[..block.len()];
            self.forest().fill(values, |feature| read(feature, block.clone()));
            self.forest().sum(values, sums);
            scores.extend(sums.iter().map(|raw| self.calibrated(*raw)));
        }
    }

    /// Raw score of one vector. Memory is taken for models of thousands of features alone.
    pub(crate) fn raw(&self, vector: &[f64]) -> f64 {
        match self.forest().row_size() {
            RowSize::Short => self.raw_in(&mut [[0.0; RowSize::SHORT]], vector),
            RowSize::Long => self.raw_in(&mut [[0.0; RowSize::LONG]], vector),
            RowSize::Longest => {
                let mut values = vec![0.0; RowSize::LONGEST];
                self.raw_in(values.as_chunks_mut::<{ RowSize::LONGEST }>().0, vector)
            }
        }
    }

    fn raw_in<const SIZE: usize>(&self, row: &mut [Row<SIZE>], vector: &[f64]) -> f64 {
        let mut sum = [0.0];
        self.forest().fill(row, |feature| std::iter::once(value(vector, self.places()[feature])));
        self.forest().sum(row, &mut sum);
        sum[0]
    }
}

/// Values that are not there count as missing.
fn value(vector: &[f64], place: usize) -> f64 {
    vector.get(place).copied().unwrap_or(f64::NAN)
}
