//! One transaction after the other, in one process.

use std::path::Path;

use weir_datasets::Block;
use weir_events::{Currency, Outcome, Transaction};
use weir_features::FeatureSet;
use weir_keyring::Pseudonyms;
use weir_scoring::{Policy, Scorer};

use crate::BulkScoreError;
use crate::decide::Judge;
use crate::folding::Folding;
use crate::plan::Plan;
use crate::prepare::{Hashers, Prepared, Words};

/// What a desk works by.
pub struct Rulebook {
    plan: Plan,
    scorer: Scorer,
    policy: Policy,
    pseudonyms: Pseudonyms,
    currency: Currency,
    hashers: Hashers,
}

/// Scores transactions one by one against states in memory: the numbers that [`score`](crate::score()) gives.
pub struct Desk<'a> {
    rulebook: &'a Rulebook,
    folding: Folding,
    judge: Judge<'a>,
    words: Words,
    prepared: Prepared,
}

/// What was decided about one transaction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// Calibrated probability of fraud.
    pub score: f64,
    /// What happens to the order.
    pub outcome: Outcome,
}

impl Rulebook {
    /// A model that is bound to the full feature set, a policy, what tells values apart, and the one currency.
    ///
    /// # Errors
    /// A policy that asks for an unknown feature.
    pub fn new(
        scorer: Scorer,
        policy: Policy,
        pseudonyms: Pseudonyms,
        currency: Currency,
    ) -> Result<Self, BulkScoreError> {
        let set = FeatureSet::full();
        policy.check(&set)?;
        let plan = Plan::new(set, &scorer, &policy, false);
        Ok(Self { plan, scorer, policy, pseudonyms, currency, hashers: Hashers::default() })
    }
}

impl<'a> Desk<'a> {
    /// A desk that has seen nothing.
    pub fn new(rulebook: &'a Rulebook) -> Self {
        let Rulebook { plan, scorer, policy, pseudonyms, currency, hashers } = rulebook;
        Self {
            rulebook,
            folding: Folding::new(plan, Path::new(""), *currency, 0, pseudonyms, hashers),
            judge: Judge::new(plan, scorer, policy, false),
            words: Words::default(),
            prepared: Prepared::default(),
        }
    }

    /// Folds a transaction, scores it and decides; `None` if its id came before, or if it is in another currency.
    ///
    /// # Errors
    /// Faults of this program.
    pub fn judge(&mut self, transaction: &Transaction) -> Result<Option<Judged>, BulkScoreError> {
        let (_, mut block): (_, Block) = std::mem::take(&mut self.prepared.block).recycle();
        block.push_transaction(transaction, None, 1);
        let Rulebook { plan, currency, hashers, .. } = self.rulebook;
        self.prepared.fill(block, plan, *currency, hashers, &mut self.words, Path::new(""));
        self.folding.fold(&mut self.prepared)?;
        let mut judged = None;
        self.judge.decide(&self.prepared, |verdict| {
            judged = Some(Judged { score: verdict.score, outcome: verdict.outcome });
        })?;
        Ok(judged)
    }
}
