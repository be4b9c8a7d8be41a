//! Batches of the stream `transactions`.

use tracing::{debug, error};
use weir_events::{DeadLetterReason, Position, RawRecord};

use crate::dead_letters::set_aside;
use crate::incoming::{Incoming, Rejected, transaction};
use crate::settle::{Verdict, settle};
use crate::{Context, ScoreError};

/// What became of a batch. Everything that is not named here is done for good.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "records named here must be delivered again"]
pub struct BatchResult {
    /// Records to deliver again, from the first that failed, in order.
    pub failed: Vec<Position>,
}

/// What the summary line of a batch says.
#[derive(Default)]
pub(crate) struct Summary {
    pub(crate) done: usize,
    pub(crate) repeated: usize,
    pub(crate) dead_letters: usize,
}

/// Decides the transactions of a batch in order, at most `commit_size` a commit. A record delivered again changes
/// nothing. What cannot be decided becomes a dead letter before the batch is reported done.
pub async fn handle_transactions(records: &[RawRecord], context: &Context) -> BatchResult {
    let started = context.now();
    let mut summary = Summary::default();
    let mut result = BatchResult::default();
    let size = context.settings().commit_size.max(1);
    for (index, chunk) in records.chunks(size).enumerate() {
        if let Err(failure) = handle_chunk(chunk, context, &mut summary).await {
            result = failed_from(records, index * size, &failure, context);
            break;
        }
    }
    debug!(
        batch.records = records.len(),
        batch.decided = summary.done,
        batch.repeated = summary.repeated,
        batch.dead_letters = summary.dead_letters,
        batch.failed = result.failed.len(),
        batch.elapsed_us = context.now().micros() - started.micros(),
        "handled a batch of transactions"
    );
    result
}

/// Logs a failure and names every record from there on.
pub(crate) fn failed_from(
    records: &[RawRecord],
    first: usize,
    failure: &ScoreError,
    context: &Context,
) -> BatchResult {
    context.metrics().failed_batch();
    let failed: Vec<Position> = records.iter().skip(first).map(|record| record.position.clone()).collect();
    error!(
        error = failure as &dyn std::error::Error,
        batch.failed = failed.len(),
        "a batch failed, it is to be delivered again"
    );
    BatchResult { failed }
}

async fn handle_chunk(
    records: &[RawRecord],
    context: &Context,
    summary: &mut Summary,
) -> Result<(), ScoreError> {
    let mut batch: Vec<Incoming<'_>> = Vec::with_capacity(records.len());
    let mut rejected: Vec<Rejected<'_>> = Vec::new();
    let mut answered = 0;
    for record in records {
        if context.answered.is_done(&record.position).await {
            answered += 1;
            continue;
        }
        match transaction(record, context.settings().currency) {
            Ok(incoming) => batch.push(incoming),
            Err(wrong) => rejected.push(wrong),
        }
    }
    let verdicts = settle(context, &batch).await?;
    for (incoming, verdict) in batch.iter().zip(&verdicts) {
        match verdict {
            Verdict::Decided(_) => summary.done += 1,
            Verdict::Repeated(_) => summary.repeated += 1,
            Verdict::Reused(_) => rejected.push(id_reused(incoming.record)),
        }
    }
    summary.repeated += answered;
    let repeated = verdicts.iter().filter(|one| matches!(one, Verdict::Repeated(_))).count();
    context.metrics().repeated(repeated + answered);
    summary.dead_letters += rejected.len();
    set_aside(context, &rejected).await
}

fn id_reused(record: &RawRecord) -> Rejected<'_> {
    let detail = "`transaction_id`: expected an id that was not used before with other content".to_owned();
    Rejected { record, reason: DeadLetterReason::IdReused, detail }
}
