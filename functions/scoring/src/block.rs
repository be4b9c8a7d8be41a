//! Many vectors at once.

use std::ops::Range;

use crate::error::BlockError;
use crate::forest::{Grid, Width};
use crate::scorer::{Score, Scorer};

/// Working memory of one thread, reused from call to call, so that nothing is allocated for a row.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    values: Vec<f64>,
}

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
        match self.forest().width() {
            Width::Narrow => self.blocks::<{ Width::NARROW }, 64, I>(rows, scratch, scores, read),
            Width::Middle => self.blocks::<{ Width::MIDDLE }, 32, I>(rows, scratch, scores, read),
            Width::Wide => self.blocks::<{ Width::WIDE }, 8, I>(rows, scratch, scores, read),
        }
    }

    fn blocks<const WIDTH: usize, const LANES: usize, I: Iterator<Item = f64>>(
        &self,
        rows: Range<usize>,
        scratch: &mut Scratch,
        scores: &mut Vec<Score>,
        read: impl Fn(usize, Range<usize>) -> I,
    ) {
        if scratch.values.len() < WIDTH * LANES {
            scratch.values.resize(WIDTH * LANES, 0.0);
        }
        let (lanes, _) = scratch.values.as_chunks_mut::<LANES>();
        let Some(grid) = lanes.first_chunk_mut::<WIDTH>() else { return };
        for start in rows.clone().step_by(LANES) {
            let block = start..rows.end.min(start + LANES);
            let mut sums = [0.0; LANES];
            let sums = &mut sums[..block.len()];
            self.forest().fill(grid, |feature| read(feature, block.clone()));
            self.forest().sum(grid, sums);
            scores.extend(sums.iter().map(|raw| self.calibrated(*raw)));
        }
    }

    /// Scores one vector.
    pub(crate) fn score_one(&self, vector: &[f64]) -> f64 {
        match self.forest().width() {
            Width::Narrow => self.one::<{ Width::NARROW }>(&mut [[0.0]; Width::NARROW], vector),
            Width::Middle => self.one::<{ Width::MIDDLE }>(&mut [[0.0]; Width::MIDDLE], vector),
            Width::Wide => {
                let mut values = vec![[0.0]; Width::WIDE];
                values.first_chunk_mut().map_or(f64::NAN, |grid| self.one::<{ Width::WIDE }>(grid, vector))
            }
        }
    }

    fn one<const WIDTH: usize>(&self, grid: &mut Grid<WIDTH, 1>, vector: &[f64]) -> f64 {
        let mut sum = [0.0];
        self.forest().fill(grid, |feature| std::iter::once(value(vector, self.places()[feature])));
        self.forest().sum(grid, &mut sum);
        sum[0]
    }
}

/// Values that are not there count as missing.
fn value(vector: &[f64], place: usize) -> f64 {
    vector.get(place).copied().unwrap_or(f64::NAN)
}
