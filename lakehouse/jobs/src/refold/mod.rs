//! Folds every stored decision again from the lake and compares the vectors, bit for bit.
//!
//! The order is the recorded one: an event is folded when all the ordinals that it took are next. What comes out is
//! `replay_mismatches` of the design, whose target is 0, and, on the way, whether every entity's ordinals are 1 to n,
//! each once.

mod order;
mod read;

use std::collections::BTreeMap;

use serde::Serialize;
use weir_engine::Lake;
use weir_events::{Decision, EntityKey, LabelEffect};
use weir_features::{FeatureSet, States, apply_label, observe};

use order::{Graph, Node};
use read::Received;

/// Ids that are named at most.
const NAMED: usize = 10;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RefoldMetrics {
    /// Vectors that were folded again.
    pub vectors: u64,
    /// Of these, those that differ from what is stored.
    pub mismatched: u64,
    /// Decisions of another feature set; they are folded and not compared.
    pub of_other_sets: u64,
    /// Decisions whose transaction is not in the lake.
    pub without_transaction: u64,
    /// Entities that anything was folded into.
    pub entities: u64,
    /// Ordinals that two events took.
    pub ordinals_twice: u64,
    /// Ordinals that no event took, though a later one was taken.
    pub ordinals_missing: u64,
    /// Events that could not be reached because of the two.
    pub unreached: u64,
    /// Transactions of the first mismatches.
    pub examples: Vec<String>,
}

/// Reads decisions, label effects and the transactions behind them, and folds them again.
///
/// # Errors
/// If the lake cannot be read.
pub async fn run(lake: &Lake, set: &FeatureSet) -> anyhow::Result<RefoldMetrics> {
    let names: Vec<&str> = set.features().iter().map(|feature| feature.name.as_str()).collect();
    let (decisions, effects) = (read::decisions(lake, &names).await?, read::effects(lake).await?);
    let received = read::transactions(lake, &decisions).await?;
    Ok(refold(&decisions, &effects, &received, set))
}

fn refold(
    decisions: &[Decision],
    effects: &[LabelEffect],
    received: &BTreeMap<String, Received>,
    set: &FeatureSet,
) -> RefoldMetrics {
    let graph = Graph::new(decisions, effects);
    let mut metrics = RefoldMetrics {
        entities: graph.entities() as u64,
        ordinals_twice: graph.taken_twice,
        ordinals_missing: graph.missing_ordinals(),
        ..RefoldMetrics::default()
    };
    let mut states = States::new();
    let total = decisions.len() + effects.len();
    let mut reached = 0;
    graph.walk(|node| {
        reached += 1;
        match node {
            Node::Decision(index) => {
                if let Some(decision) = decisions.get(index) {
                    again(decision, received, set, &mut states, &mut metrics);
                }
            }
            Node::Effect(index) => {
                if let Some(effect) = effects.get(index) {
                    apply(effect, received, &mut states);
                }
            }
        }
    });
    metrics.unreached = (total - reached) as u64;
    metrics
}

fn again(
    decision: &Decision,
    received: &BTreeMap<String, Received>,
    set: &FeatureSet,
    states: &mut States,
    metrics: &mut RefoldMetrics,
) {
    let Some(transaction) = received.get(&decision.transaction_id) else {
        metrics.without_transaction += 1;
        return;
    };
    let Received { order, entities, received_at } = transaction;
    let seen = observe(set, order, entities, *received_at, states);
    if decision.versions.feature_set != set.version() {
        metrics.of_other_sets += 1;
        return;
    }
    metrics.vectors += 1;
    if seen.vector != decision.vector || seen.ordinals != decision.ordinals {
        metrics.mismatched += 1;
        if metrics.examples.len() < NAMED {
            metrics.examples.push(decision.transaction_id.clone());
        }
    }
}

fn apply(effect: &LabelEffect, received: &BTreeMap<String, Received>, states: &mut States) {
    let Some(transaction) = received.get(&effect.transaction_id) else { return };
    if let Some(state) = states.get_mut(&effect.entity) {
        // A label that changes nothing here changed something there; the vectors after it will say so.
        let _ = apply_label(state, &effect.transaction_id, transaction.order.occurred_at, effect.is_fraud);
    }
}

/// An entity and an ordinal in its state.
type Place = (EntityKey, u64);
