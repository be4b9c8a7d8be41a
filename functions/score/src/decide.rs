//! One transaction, decided while its sender waits.

use std::sync::Arc;

use weir_events::{Decision, RawRecord};

use crate::incoming::transaction;
use crate::settle::{Verdict, settle};
use crate::{Context, ScoreError};

/// The answer to a sender who waits.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The decision that stands.
    pub decision: Decision,
    /// Whether it was made for an earlier record of the same content.
    pub repeated: bool,
}

/// Decides a record that stands on the stream already, and answers when the decision is committed. When the stream
/// delivers the record, its decision is found.
///
/// # Errors
/// [`ScoreError::IdReused`] with the decision that stands; [`ScoreError::Rejected`] if it is no transaction in the
/// deployment's currency. Neither makes a dead letter here: the stream's own delivery does.
pub async fn decide(context: &Context, record: RawRecord) -> Result<Answer, ScoreError> {
    let deciding = context.answered.begin(&record.position);
    let incoming = transaction(&record, context.settings().currency)
        .map_err(|wrong| ScoreError::Rejected { reason: wrong.reason, detail: wrong.detail })?;
    let verdict = settle(context, std::slice::from_ref(&incoming)).await?.pop();
    match verdict {
        Some(Verdict::Decided(decision)) => {
            deciding.done();
            Ok(Answer { decision: Arc::unwrap_or_clone(decision), repeated: false })
        }
        Some(Verdict::Repeated(decision)) => {
            deciding.done();
            // The stream may have been faster with this very record.
            let repeated = decision.position != record.position;
            Ok(Answer { decision: *decision, repeated })
        }
        Some(Verdict::Reused(first)) => Err(ScoreError::IdReused { first }),
        None => Err(ScoreError::Contended { attempts: 0 }),
    }
}
