//! From columns to scores, outcomes and reasons: done on any thread, in any order.

use weir_events::Outcome;
use weir_scoring::{Policy, Score, Scorer, Scratch};

use crate::BulkScoreError;
use crate::plan::Plan;
use crate::prepare::Prepared;

/// Fewer rows than this are scored one by one.
const FEW: usize = 8;

/// What is decided with, and the working memory of one thread.
pub(crate) struct Judge<'a> {
    plan: &'a Plan,
    scorer: &'a Scorer,
    policy: &'a Policy,
    with_reasons: bool,
    /// By feature of the model: its place among the needed ones.
    places: Vec<Option<usize>>,
    scratch: Scratch,
    scores: Vec<Score>,
    missing: Vec<f64>,
    vector: Vec<f64>,
}

/// What was decided about one row.
pub(crate) struct Verdict<'a> {
    pub(crate) row: usize,
    /// Calibrated probability of fraud.
    pub(crate) score: f64,
    pub(crate) outcome: Outcome,
    /// In words, strongest first.
    pub(crate) reasons: &'a [String],
}

impl<'a> Judge<'a> {
    pub(crate) fn new(plan: &'a Plan, scorer: &'a Scorer, policy: &'a Policy, with_reasons: bool) -> Self {
        let place = |position: &usize| plan.needed.iter().position(|needed| needed == position);
        Self {
            plan,
            scorer,
            policy,
            with_reasons,
            places: scorer.places().iter().map(place).collect(),
            scratch: Scratch::default(),
            scores: Vec::new(),
            missing: Vec::new(),
            vector: vec![f64::NAN; plan.set.features().len()],
        }
    }

    /// Decides the rows of a block and gives each, in order, to `visit`.
    pub(crate) fn decide(
        &mut self,
        prepared: &Prepared,
        mut visit: impl FnMut(Verdict<'_>),
    ) -> Result<(), BulkScoreError> {
        let rows = prepared.len();
        self.score(prepared)?;
        let has_rules = !self.policy.rules().is_empty();
        for row in 0..rows {
            let Some(score) = self.scores.get(row).map(|score| score.calibrated) else { break };
            if has_rules {
                self.fill(prepared, row);
            }
            let (outcome, _) = self.policy.decide(score, &self.vector, &self.plan.set);
            let mut reasons = Vec::new();
            if self.with_reasons && outcome != Outcome::Approve {
                self.fill(prepared, row);
                let found = self.scorer.reasons(&self.vector, &self.scorer.explain(&self.vector));
                reasons.extend(found.into_iter().map(|reason| reason.text));
            }
            visit(Verdict { row, score, outcome, reasons: &reasons });
        }
        Ok(())
    }

    /// Scores all rows; few of them one by one, since blocks are made for many. Both give the same bits.
    fn score(&mut self, prepared: &Prepared) -> Result<(), BulkScoreError> {
        let rows = prepared.len();
        self.scores.clear();
        if rows < FEW {
            for row in 0..rows {
                self.fill(prepared, row);
                self.scores.push(self.scorer.score(&self.vector));
            }
            return Ok(());
        }
        self.missing.resize(self.missing.len().max(rows), f64::NAN);
        let column = |place: &Option<usize>| {
            place.and_then(|place| prepared.columns.get(place)).unwrap_or(&self.missing).as_slice()
        };
        let columns: Vec<&[f64]> = self.places.iter().map(column).collect();
        Ok(self.scorer.score_columns(&columns, 0..rows, &mut self.scratch, &mut self.scores)?)
    }

    /// The vector of a row, as far as it is needed.
    fn fill(&mut self, prepared: &Prepared, row: usize) {
        for (position, column) in self.plan.needed.iter().zip(&prepared.columns) {
            if let Some(value) = self.vector.get_mut(*position) {
                *value = column.get(row).copied().unwrap_or(f64::NAN);
            }
        }
    }
}
