//! Many vectors at once.

use std::ops::Range;

use crate::error::BlockError;
use crate::scorer::{Score, Scorer};

/// Working memory of one thread; reused, so that nothing is allocated for a block.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    vector: Vec<f64>,
}

impl Scorer {
    /// Scores rows of columns and appends them to `scores`: the bits that [`Scorer::score`] gives.
    ///
    /// One column for each of [`Scorer::features`], in their order; missing values are NaN. Calls for 64 rows or
    /// more pay best.
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
        if let Some(place) = columns.iter().position(|column| column.len() < rows.end) {
            return Err(BlockError::Rows { place, found: columns[place].len(), expected: rows.end });
        }
        let width = self.places().iter().max().map_or(0, |place| place + 1);
        scratch.vector.resize(width, f64::NAN);
        for row in rows {
            for (column, place) in columns.iter().zip(self.places()) {
                scratch.vector[*place] = column[row];
            }
            scores.push(self.score(&scratch.vector));
        }
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
        let _ = scratch;
        if width == 0 || !vectors.len().is_multiple_of(width) {
            return Err(BlockError::Width { found: vectors.len(), width });
        }
        scores.extend(vectors.chunks_exact(width).map(|vector| self.score(vector)));
        Ok(())
    }
}
