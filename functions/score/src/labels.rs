//! Batches of the stream `labels`.

use std::collections::BTreeSet;

use tracing::debug;
use weir_events::{EntityKey, Label, RawRecord};
use weir_features::StatePart;
use weir_store::StoreError;

use crate::attempt::Attempts;
use crate::dead_letters::set_aside;
use crate::incoming::{Rejected, label};
use crate::transactions::{BatchResult, Summary, failed_from};
use crate::turns::Wanted;
use crate::working::{Working, labelled_entities};
use crate::{Context, ScoreError};

/// Stores the labels of a batch and, where the transaction is decided, applies them to its states in the same
/// commit. A label that comes before its transaction waits in the item. Delivered again it changes nothing.
pub async fn handle_labels(records: &[RawRecord], context: &Context) -> BatchResult {
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
        batch.stored = summary.done,
        batch.repeated = summary.repeated,
        batch.dead_letters = summary.dead_letters,
        batch.failed = result.failed.len(),
        batch.elapsed_us = context.now().micros() - started.micros(),
        "handled a batch of labels"
    );
    result
}

async fn handle_chunk(
    records: &[RawRecord],
    context: &Context,
    summary: &mut Summary,
) -> Result<(), ScoreError> {
    let mut labels: Vec<Label> = Vec::with_capacity(records.len());
    let mut rejected: Vec<Rejected<'_>> = Vec::new();
    for record in records {
        match label(record) {
            Ok(label) => labels.push(label),
            Err(wrong) => rejected.push(wrong),
        }
    }
    let stored = store_labels(context, &labels).await?;
    summary.done += stored;
    summary.repeated += labels.len() - stored;
    summary.dead_letters += rejected.len();
    set_aside(context, &rejected).await
}

/// Stores labels in their order; answers how many changed something.
async fn store_labels(context: &Context, labels: &[Label]) -> Result<usize, ScoreError> {
    let ids: BTreeSet<&str> = labels.iter().map(|label| label.transaction_id.as_str()).collect();
    // Read once without a turn, to know which entities the turn is about.
    let glance = Working::load_items(context.store(), &ids).await?;
    let mut wanted = Wanted::default();
    ids.iter().for_each(|id| wanted.transaction(id));
    entities(&glance, &ids).iter().for_each(|entity| wanted.entity(entity));
    let _turn = context.turns.take(&wanted).await;
    let mut attempts = Attempts::new();
    loop {
        match store_once(context, labels, &ids).await {
            Err(StoreError::Conflict) => attempts.again(context).await?,
            result => return Ok(result?),
        }
    }
}

async fn store_once(context: &Context, labels: &[Label], ids: &BTreeSet<&str>) -> Result<usize, StoreError> {
    let mut working = Working::load_items(context.store(), ids).await?;
    let needed = entities(&working, ids);
    // A label that finds nothing to change writes no state: an old one would lose its effect without anybody noticing.
    working.load_newest_states(context.store(), needed).await?;
    let parts = missing_parts(&working, ids);
    working.load_parts(context.store(), parts).await?;
    let now = context.now();
    let stored = labels.iter().filter(|label| working.label(label, now)).count();
    let changes = working.into_changes();
    if !changes.is_empty() {
        let effects = changes.effects.clone();
        context.store().commit(changes).await?;
        context.metrics().labelled(stored, effects.len());
        context.tell(&[], &effects);
    }
    Ok(stored)
}

/// Entities whose states these labels may change.
fn entities(working: &Working, ids: &BTreeSet<&str>) -> BTreeSet<EntityKey> {
    ids.iter().filter_map(|id| working.decision(id)).flat_map(labelled_entities).collect()
}

/// Pieces of states that these labels need.
fn missing_parts(working: &Working, ids: &BTreeSet<&str>) -> BTreeSet<StatePart> {
    let mut parts = BTreeSet::new();
    for decision in ids.iter().filter_map(|id| working.decision(id)) {
        for entity in labelled_entities(decision) {
            let state = working.states.get(&entity);
            let numbers = state.into_iter().flat_map(|state| state.missing_for_label(decision.occurred_at));
            parts.extend(numbers.map(|number| StatePart { entity, number }));
        }
    }
    parts
}
