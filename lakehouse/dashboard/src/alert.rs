//! A review or decline as the page lists it.

use serde::Serialize;
use weir_events::{Decision, Outcome, Timestamp};

use crate::words;

/// Reasons shown in the list; the detail page has them all.
const SHOWN_REASONS: usize = 4;

/// One alert. It holds no personal data: the customer is a shortened pseudonym.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alert {
    /// Place among the alerts of this board, from 1.
    pub sequence: u64,
    /// The transaction.
    pub transaction_id: String,
    /// When it was placed.
    pub occurred_at: Timestamp,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// Review or decline.
    pub outcome: Outcome,
    /// The champion's probability of fraud, 0 to 1; `None` if no model took part.
    pub score: Option<f64>,
    /// Amount in major units with its currency.
    pub amount: String,
    /// The customer's pseudonym, shortened.
    pub customer: String,
    /// Strongest reasons first.
    pub reasons: Vec<AlertReason>,
    /// Names of the rules that applied.
    pub rules: Vec<String>,
}

/// One reason in the list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AlertReason {
    /// In words.
    pub text: String,
    /// What it added to the score, in log odds.
    pub contribution: f64,
}

impl Alert {
    /// The alert of a decision.
    pub(crate) fn new(sequence: u64, decision: &Decision) -> Self {
        let reason = |reason: &weir_events::Reason| AlertReason {
            text: reason.text.clone(),
            contribution: reason.contribution,
        };
        Self {
            sequence,
            transaction_id: decision.transaction_id.clone(),
            occurred_at: decision.occurred_at,
            decided_at: decision.decided_at,
            outcome: decision.outcome,
            score: decision.scores.first().map(|score| score.calibrated),
            amount: words::money(decision.amount_minor, decision.currency),
            customer: words::short_key(&decision.customer_key),
            reasons: decision.reasons.iter().take(SHOWN_REASONS).map(reason).collect(),
            rules: decision.rule_hits.iter().map(|hit| hit.rule.clone()).collect(),
        }
    }
}
