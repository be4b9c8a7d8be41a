//! Rows of a period whose truth was known in time.

use crate::history::History;
use crate::{Bounds, TrainError, Unlabelled};

/// Least number of frauds and of legitimate rows that a period must hold.
const LEAST: usize = 10;

/// Rows of a period, in order of time.
pub(crate) struct Split {
    /// Transactions in the period, known or not.
    pub(crate) transactions: usize,
    /// Those whose truth was known: place in the history,
    pub(crate) rows: Vec<usize>,
    /// and whether it was fraud.
    pub(crate) truths: Vec<bool>,
}

impl Split {
    pub(crate) fn new(history: &History<'_>, bounds: &Bounds, unlabelled: Unlabelled) -> Self {
        let mut split = Self { transactions: 0, rows: Vec::new(), truths: Vec::new() };
        for row in 0..history.len() {
            let occurred_at = history.occurred_at(row);
            if occurred_at < bounds.from || occurred_at >= bounds.until {
                continue;
            }
            split.transactions += 1;
            let otherwise = (unlabelled == Unlabelled::Legit).then_some(false);
            if let Some(is_fraud) = history.verdict(row, bounds.as_of).or(otherwise) {
                split.rows.push(row);
                split.truths.push(is_fraud);
            }
        }
        split
    }

    pub(crate) fn frauds(&self) -> usize {
        self.truths.iter().filter(|is_fraud| **is_fraud).count()
    }

    /// Refuses a period that holds too little of either.
    pub(crate) fn check(&self, period: &'static str) -> Result<(), TrainError> {
        let frauds = self.frauds();
        let legits = self.rows.len() - frauds;
        if frauds.min(legits) < LEAST {
            return Err(TrainError::TooFewLabels { period, frauds, legits, least: LEAST });
        }
        Ok(())
    }
}
