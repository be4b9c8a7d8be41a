//! The loop: load items and states, fold, score, commit; again if somebody else wrote in between.

use std::collections::BTreeSet;
use std::sync::Arc;

use weir_events::{ContentHash, Decision, EntityKey};
use weir_features::{StatePart, missing};
use weir_store::StoreError;

use crate::attempt::Attempts;
use crate::incoming::Incoming;
use crate::judge::judge;
use crate::turns::Wanted;
use crate::working::Working;
use crate::{Context, ScoreError};

/// What came of one transaction.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It was decided by this call.
    Decided(Arc<Decision>),
    /// The same content had its decision already.
    Repeated(Box<Decision>),
    /// The id had its decision already, for other content.
    Reused(Box<Decision>),
}

impl Verdict {
    /// The decision, if this call made it.
    fn decided_here(&self) -> Option<&Decision> {
        match self {
            Self::Decided(decision) => Some(decision),
            Self::Repeated(_) | Self::Reused(_) => None,
        }
    }
}

/// Decides transactions in their order and commits everything at once; answers a verdict for each.
///
/// What was decided already takes no turn: a stream that delivers what a sender waits for, or waited for, does not stand
/// in the way of those who wait now.
pub(crate) async fn settle(context: &Context, batch: &[Incoming<'_>]) -> Result<Vec<Verdict>, ScoreError> {
    let read = load_items(context, batch).await?;
    let mut wanted = Wanted::default();
    for incoming in batch.iter().filter(|incoming| read.is_undecided(incoming.id())) {
        wanted.transaction(incoming.id());
        entities(context, incoming).for_each(|entity| wanted.entity(&entity));
    }
    let turn = context.turns.take(&wanted).await;
    let mut read = Some(read).filter(|_| !turn.has_waited);
    let mut attempts = Attempts::new();
    loop {
        match settle_once(context, batch, read.take()).await {
            Err(StoreError::Conflict) => attempts.again(context).await?,
            result => return Ok(result?),
        }
    }
}

/// Decides with the items that were read, or reads them.
async fn settle_once(
    context: &Context,
    batch: &[Incoming<'_>],
    read: Option<Working>,
) -> Result<Vec<Verdict>, StoreError> {
    let read = match read {
        Some(read) => read,
        None => load_items(context, batch).await?,
    };
    let mut working = load(context, batch, read).await?;
    let mut verdicts = Vec::with_capacity(batch.len());
    for incoming in batch {
        // Nothing as a rule: only what the events before it in the batch have changed.
        let needed = missing_parts(context, std::slice::from_ref(incoming), &working);
        working.load_parts(context.store(), needed).await?;
        verdicts.push(decide_in(context, incoming, &mut working));
    }
    let changes = working.into_changes();
    if !changes.is_empty() {
        let effects = changes.effects.clone();
        context.store().commit(changes).await?;
        let decisions: Vec<&Decision> = verdicts.iter().filter_map(Verdict::decided_here).collect();
        context.metrics().decided(&decisions);
        context.metrics().labelled(0, effects.len());
        context.tell(&decisions, &effects);
    }
    Ok(verdicts)
}

async fn load_items(context: &Context, batch: &[Incoming<'_>]) -> Result<Working, StoreError> {
    let ids: BTreeSet<&str> = batch.iter().map(Incoming::id).collect();
    Working::load_items(context.store(), &ids).await
}

/// States of those that wait for their decision: their heads, then the pieces that the batch needs.
async fn load(
    context: &Context,
    batch: &[Incoming<'_>],
    mut working: Working,
) -> Result<Working, StoreError> {
    let undecided = batch.iter().filter(|incoming| working.is_undecided(incoming.id()));
    let needed: BTreeSet<EntityKey> = undecided.flat_map(|incoming| entities(context, incoming)).collect();
    working.load_states(context.store(), needed).await?;
    let parts = missing_parts(context, batch, &working);
    working.load_parts(context.store(), parts).await?;
    Ok(working)
}

/// Pieces of states that these transactions need and that are not loaded.
fn missing_parts(context: &Context, batch: &[Incoming<'_>], working: &Working) -> BTreeSet<StatePart> {
    let undecided = batch.iter().filter(|incoming| working.is_undecided(incoming.id()));
    let named = undecided.map(|incoming| &incoming.transaction);
    named
        .flat_map(|named| missing(context.features(), &named.order, &named.entities, &working.states))
        .collect()
}

/// Entities whose states the feature set reads.
fn entities<'a>(context: &'a Context, incoming: &'a Incoming<'_>) -> impl Iterator<Item = EntityKey> + 'a {
    let named = &incoming.transaction.entities;
    context.features().kinds().iter().filter_map(|kind| named.get(*kind).copied())
}

fn decide_in(context: &Context, incoming: &Incoming<'_>, working: &mut Working) -> Verdict {
    if let Some(first) = working.decision(incoming.id()) {
        return verdict_of_first(first, incoming.transaction.content_hash);
    }
    let decision = Arc::new(judge(context, incoming, &mut working.states));
    working.decide(Arc::clone(&decision));
    Verdict::Decided(decision)
}

fn verdict_of_first(first: &Decision, content: ContentHash) -> Verdict {
    let is_same = first.content_hash == content;
    let first = Box::new(first.clone());
    if is_same { Verdict::Repeated(first) } else { Verdict::Reused(first) }
}
