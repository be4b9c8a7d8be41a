//! One transaction becomes one decision.

use weir_events::{Decision, ModelRole, ModelScore, Outcome, Reason, SCHEMA_VERSION, Vector, Versions};
use weir_features::{Observation, States, observe};
use weir_scoring::Scorer;

use crate::Context;
use crate::incoming::Incoming;

/// Folds the transaction into the states, scores the vector of that moment and decides.
pub(crate) fn judge(context: &Context, incoming: &Incoming<'_>, states: &mut States) -> Decision {
    let (transaction, parts) = (&incoming.transaction, &context.parts);
    let order = &transaction.order;
    let Observation { vector, ordinals, marks } =
        observe(&parts.features, order, &transaction.entities, transaction.received_at, states);
    let scores = scores(context, &vector);
    let calibrated = scores.first().map_or(f64::NAN, |champion| champion.calibrated);
    let (outcome, rule_hits) = parts.policy.decide(calibrated, &vector.0, &parts.features);
    Decision {
        schema_version: SCHEMA_VERSION,
        transaction_id: order.transaction_id.clone(),
        occurred_at: order.occurred_at,
        arrived_at: incoming.record.arrived_at,
        decided_at: context.now(),
        amount_minor: order.amount_minor,
        currency: order.currency,
        customer_key: transaction.entities.customer,
        outcome,
        reasons: reasons(context, outcome, &vector),
        rule_hits,
        scores,
        vector,
        ordinals,
        versions: versions(context, transaction.entities.customer.key_id),
        position: incoming.record.position.clone(),
        marks,
        content_hash: transaction.content_hash,
    }
}

/// Every model's score, the champion's first.
fn scores(context: &Context, vector: &Vector) -> Vec<ModelScore> {
    let score = |scorer: &Scorer, role| {
        let score = scorer.score(&vector.0);
        ModelScore {
            model: scorer.model().name().to_owned(),
            digest: scorer.model().digest().to_owned(),
            role,
            raw: score.raw,
            calibrated: score.calibrated,
        }
    };
    let champion = score(&context.parts.champion, ModelRole::Champion);
    let challengers = context.parts.challengers.iter().map(|scorer| score(scorer, ModelRole::Challenger));
    std::iter::once(champion).chain(challengers).collect()
}

/// Why, for what a person will look at; an approval is explained from its stored vector when somebody asks.
fn reasons(context: &Context, outcome: Outcome, vector: &Vector) -> Vec<Reason> {
    let champion = &context.parts.champion;
    match outcome {
        Outcome::Approve => Vec::new(),
        Outcome::Review | Outcome::Decline => champion.reasons(&vector.0, &champion.explain(&vector.0)),
    }
}

fn versions(context: &Context, key_id: u16) -> Versions {
    Versions {
        feature_set: context.features().version().to_owned(),
        policy: context.parts.policy.version().to_owned(),
        build: context.settings().build.clone(),
        key_id,
    }
}
