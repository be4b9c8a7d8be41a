//! Batches of transactions.

use serde_json::json;
use weir_events::{DeadLetterReason, Mark, ModelRole, Outcome};
use weir_score::{BatchResult, dead_letters, handle_transactions};

use crate::support::{Deployment, order, raw};

#[tokio::test]
async fn a_batch_is_decided_and_a_decision_holds_what_took_part() {
    let deployment = Deployment::new();
    let context = deployment.context();
    let record = deployment.record(7, order("order-1", "customer-1", "shop", 1, 5_000)).await;
    assert_eq!(handle_transactions(std::slice::from_ref(&record), &context).await, BatchResult::default());
    let decision = deployment.decision("order-1").await.unwrap();
    assert_eq!(decision.outcome, Outcome::Approve);
    assert_eq!(decision.position, record.position);
    assert_eq!(decision.arrived_at, record.arrived_at);
    assert_eq!(decision.vector.0.len(), context.features().features().len());
    assert_eq!(decision.versions.feature_set, context.features().version());
    assert_eq!(decision.versions.build, "test");
    let roles: Vec<_> = decision.scores.iter().map(|score| (score.role, score.model.as_str())).collect();
    assert_eq!(roles, [(ModelRole::Champion, "by-amount"), (ModelRole::Challenger, "beside")]);
    assert!(decision.ordinals.iter().all(|read| read.ordinal == 1 && read.folded));
    assert_eq!(deployment.outbox().await.0, [decision]);
}

#[tokio::test]
async fn reasons_are_given_for_review_and_decline_only() {
    let deployment = Deployment::new();
    let context = deployment.context();
    let mut batch = Vec::new();
    for (index, amount_minor) in [5_000, 50_000, 500_000].into_iter().enumerate() {
        let id = format!("order-{index}");
        batch.push(
            deployment.record(index as u64 + 1, order(&id, "customer-1", "shop", 9, amount_minor)).await,
        );
    }
    assert_eq!(handle_transactions(&batch, &context).await, BatchResult::default());
    for (index, outcome) in [Outcome::Approve, Outcome::Review, Outcome::Decline].into_iter().enumerate() {
        let decision = deployment.decision(&format!("order-{index}")).await.unwrap();
        assert_eq!(decision.outcome, outcome);
        assert_eq!(decision.reasons.is_empty(), outcome == Outcome::Approve);
    }
    let counted = context.metrics().counted();
    assert_eq!((counted.decided, counted.approved, counted.reviewed, counted.declined), (3, 1, 1, 1));
}

#[tokio::test]
async fn the_same_batch_twice_and_with_another_end_changes_nothing_that_was_done() {
    let deployment = Deployment::new();
    let mut batch = Vec::new();
    for sequence in 1..=6 {
        let id = format!("order-{sequence}");
        batch.push(
            deployment.record(sequence, order(&id, "customer-1", "shop", 60 - sequence as i64, 5_000)).await,
        );
    }
    assert_eq!(handle_transactions(&batch[..4], &deployment.context()).await, BatchResult::default());
    let first = deployment.outbox().await;
    let context = deployment.context();
    assert_eq!(handle_transactions(&batch[..4], &context).await, BatchResult::default());
    assert_eq!(deployment.outbox().await, first);
    assert_eq!(context.metrics().counted().repeated, 4);
    assert_eq!(handle_transactions(&batch, &deployment.context()).await, BatchResult::default());
    let (decisions, _) = deployment.outbox().await;
    assert_eq!(decisions.len(), 6);
    assert_eq!(decisions[..4], first.0);
    assert_eq!(deployment.dead_letter_records().await, 0);
}

#[tokio::test]
async fn an_id_used_again_for_other_content_keeps_its_first_decision_and_is_set_aside() {
    let deployment = Deployment::new();
    let context = deployment.context();
    let batch = [
        deployment.record(1, order("order-1", "customer-1", "shop", 9, 5_000)).await,
        deployment.record(2, order("order-1", "customer-1", "shop", 8, 9_900)).await,
        deployment.record(3, order("order-2", "customer-1", "shop", 7, 5_000)).await,
    ];
    assert_eq!(handle_transactions(&batch, &context).await, BatchResult::default());
    let again = [deployment.record(4, order("order-1", "customer-1", "shop", 6, 7_700)).await];
    assert_eq!(handle_transactions(&again, &context).await, BatchResult::default());
    assert_eq!(deployment.decision("order-1").await.unwrap().amount_minor, 5_000);
    assert_eq!(deployment.outbox().await.0.len(), 2);
    let listed = dead_letters::list(&context).await.unwrap();
    let reasons: Vec<_> = listed.iter().map(|letter| (letter.reason, letter.id.as_str())).collect();
    let reused = DeadLetterReason::IdReused;
    assert_eq!(reasons, [(reused, "transactions/0/2.0"), (reused, "transactions/0/4.0")]);
    assert_eq!(context.metrics().counted().id_reused, 2);
}

#[tokio::test]
async fn the_same_content_twice_in_one_batch_is_decided_once() {
    let deployment = Deployment::new();
    let batch = [
        deployment.record(1, order("order-1", "customer-1", "shop", 9, 5_000)).await,
        deployment.record(2, order("order-1", "customer-1", "shop", 9, 5_000)).await,
    ];
    assert_eq!(handle_transactions(&batch, &deployment.context()).await, BatchResult::default());
    assert_eq!(deployment.outbox().await.0.len(), 1);
    assert_eq!(deployment.decision("order-1").await.unwrap().position.sequence, 1.into());
    assert_eq!(deployment.dead_letter_records().await, 0);
}

#[tokio::test]
async fn what_cannot_be_decoded_and_other_currencies_are_set_aside_and_the_batch_moves_on() {
    let deployment = Deployment::new();
    let context = deployment.context();
    let mut dollars = order("order-9", "customer-1", "shop", 9, 5_000);
    dollars["currency"] = json!("USD");
    let deep = "[".repeat(100_000).into_bytes();
    let batch = [
        raw("transactions", 1, "", Vec::new()),
        raw("transactions", 2, "", b"\xff\xfe garbage".to_vec()),
        raw("transactions", 3, "", deep),
        deployment.record(4, dollars).await,
        deployment.record(5, order("order-1", "customer-1", "shop", 9, 5_000)).await,
    ];
    assert_eq!(handle_transactions(&batch, &context).await, BatchResult::default());
    assert!(deployment.decision("order-1").await.is_some());
    assert!(deployment.decision("order-9").await.is_none());
    let listed = dead_letters::list(&context).await.unwrap();
    let reasons: Vec<_> = listed.iter().map(|letter| letter.reason).collect();
    assert_eq!(reasons[..3], [DeadLetterReason::Undecodable; 3]);
    assert_eq!(reasons[3], DeadLetterReason::Currency);
    assert!(listed.iter().all(|letter| !letter.detail.contains("garbage")));
}

#[tokio::test]
async fn far_ahead_and_long_ago_are_decided_with_a_mark_and_not_folded() {
    let deployment = Deployment::new();
    let mut ahead = order("order-1", "customer-1", "shop", 9, 5_000);
    ahead["occurred_at"] = json!("2099-01-01T00:00:00Z");
    let mut past = order("order-2", "customer-1", "shop", 9, 5_000);
    past["occurred_at"] = json!("1970-01-01T00:00:01Z");
    let batch = [deployment.record(1, ahead).await, deployment.record(2, past).await];
    assert_eq!(handle_transactions(&batch, &deployment.context()).await, BatchResult::default());
    for (id, mark) in [("order-1", Mark::Clock), ("order-2", Mark::Late)] {
        let decision = deployment.decision(id).await.unwrap();
        assert_eq!(decision.marks, [mark]);
        assert!(decision.ordinals.iter().all(|read| !read.folded && read.ordinal == 0));
    }
}

#[tokio::test]
async fn a_large_batch_is_committed_in_parts_and_refolds_to_the_same_vectors() {
    let deployment = Deployment::new();
    let mut parts = deployment.parts();
    parts.settings.commit_size = 7;
    let context = weir_score::Context::new(parts);
    let (mut batch, mut sealed) = (Vec::new(), Vec::new());
    for sequence in 1..=40_u64 {
        let customer = format!("customer-{}", sequence % 3);
        let placed = order(&format!("order-{sequence}"), &customer, "shop", 100 - sequence as i64, 5_000);
        sealed.push(deployment.sealed(placed.clone()).await);
        batch.push(deployment.record(sequence, placed).await);
    }
    assert_eq!(handle_transactions(&batch, &context).await, BatchResult::default());
    let (decisions, effects) = deployment.outbox().await;
    assert_eq!(crate::refold::check(&sealed, &decisions, &effects), 40);
}

#[tokio::test]
async fn an_empty_batch_is_done() {
    let deployment = Deployment::new();
    assert_eq!(handle_transactions(&[], &deployment.context()).await, BatchResult::default());
}
